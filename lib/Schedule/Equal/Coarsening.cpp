//===- Coarsening.cpp - plan in a coarser unit ------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A unit that divides the state, or the tape, loses nothing on that one. So the
// candidates are the quotients of both that lie between the smallest unit
// allowed and four times that; the one that wastes least on the worse of the
// two wins.
//
//===----------------------------------------------------------------------===//

#include "Equal/Coarsening.h"

#include "Table/CheckedMath.h"

#include <algorithm>

using namespace remat::schedule;

static double waste(int64_t size, int64_t unit) {
  return static_cast<double>(ceilDiv(size, unit)) * static_cast<double>(unit) / static_cast<double>(size);
}

CoarseSizes remat::schedule::coarsen(const UnitSizes &sizes, int64_t maxRows) {
  int64_t least = ceilDiv(sizes.freeWithoutStart, maxRows / 2 - 2);
  int64_t unit = least;
  double bestWaste = waste(sizes.state, unit) * waste(sizes.tape, unit);
  for (int64_t size : {sizes.state, sizes.tape}) {
    int64_t most = std::max<int64_t>(size / least, 1);
    for (int64_t parts = most; parts > 0 && parts > most - 4096; --parts) {
      int64_t candidate = ceilDiv(size, parts);
      if (candidate < least || candidate > 4 * least)
        continue;
      double candidateWaste = waste(sizes.state, candidate) * waste(sizes.tape, candidate);
      if (candidateWaste < bestWaste) {
        unit = candidate;
        bestWaste = candidateWaste;
      }
    }
  }

  CoarseSizes result;
  result.unit = unit;
  result.roundedUp = {ceilDiv(sizes.state, unit), ceilDiv(sizes.tape, unit), sizes.free / unit,
                      sizes.freeWithoutStart / unit};
  result.roundedDown = result.roundedUp;
  result.roundedDown.state = sizes.state / unit;
  result.roundedDown.tape = sizes.tape / unit;
  return result;
}
