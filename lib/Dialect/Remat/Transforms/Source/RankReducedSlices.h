//===- RankReducedSlices.h - Which extents a slice drops ---------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A slice whose result has a lower rank does not say which of its extents of one the
// result lacks. When MLIR's canonicalization makes an offset constant, it takes the
// first ones, computes another type of the same number of elements, and so reads or
// writes other elements than the program says.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_RANKREDUCEDSLICES_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_RANKREDUCEDSLICES_H

#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"
#include "llvm/ADT/SmallBitVector.h"

namespace remat {

/// How a reshape drops the extents of one in \p dropped: each extent that is kept with the
/// dropped ones behind it, and those in front of the first one with that; no group if
/// none is kept.
llvm::SmallVector<mlir::ReassociationIndices> groupDroppedExtents(const llvm::SmallBitVector &dropped);

/// Gives each tensor.extract_slice and tensor.insert_slice in \p root whose type is not
/// the one that canonicalization would take its full rank; a reshape drops or adds
/// the extents of one.
void keepRankOfAmbiguousSlices(mlir::Operation *root);

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_RANKREDUCEDSLICES_H
