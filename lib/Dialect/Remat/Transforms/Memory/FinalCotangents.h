//===- FinalCotangents.h - Where a gradient carry begins -------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_FINALCOTANGENTS_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_FINALCOTANGENTS_H

#include "remat/Dialect/Remat/IR/Remat.h"

namespace remat {

/// Lets the cotangents of final carries be computed where \p sweep updates them in place,
/// where nothing else is in the way.
LogicalResult placeFinalCotangents(BackwardSweepOp sweep, ChainOp chain);

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_FINALCOTANGENTS_H
