//===- ExtentBounds.h - How large a dynamic extent can be ------ -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Memory is planned before anything runs. An extent that a step computes is not
// known then, but what can be taken of an array is no larger than the array.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_ANALYSIS_EXTENTBOUNDS_H
#define REMAT_DIALECT_REMAT_ANALYSIS_EXTENTBOUNDS_H

#include "remat/Support/LLVM.h"

#include <optional>

namespace remat {

/// What \p alloc, an allocation of memref, takes at most, rounded up to the alignment;
/// nothing if an extent has no bound, or the size overflows. An extent is at most that of
/// an array of static shape that a slice of this extent is taken of whenever \p alloc
/// is made, or the constant of an `arith.minsi`.
std::optional<int64_t> getLargestBytes(Operation *alloc);

} // namespace remat

#endif // REMAT_DIALECT_REMAT_ANALYSIS_EXTENTBOUNDS_H
