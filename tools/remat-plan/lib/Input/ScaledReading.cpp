//===- ScaledReading.cpp - Problems whose times may be fractions ----------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScaledReading.h"

using namespace remat;
using namespace remat::plantool;

std::string plantool::describeRounding(const TimeUnit &unit) {
  if (unit.needed <= unit.fraction)
    return "";
  std::string text = "times are rounded to multiples of ";
  text += unit.fraction == 0 ? "1" : "1e-" + std::to_string(unit.fraction);
  text += ", with which their sums fit in 64 bits";
  if (unit.vanished > 0)
    text +=
        "; " + formatMany(unit.vanished, "time") + (unit.vanished == 1 ? " that is" : " that are") + " not 0 became 0";
  return text;
}
