//===- KnownZeros.h - Tensors that are zero ------------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Adjoints start sums from zeros and build cotangents up from slices. What is
// known to be zero need not be added or written. Only the sums of an adjoint may
// leave it out: x + 0 is not x where x is a negative zero.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_INTERFACES_KNOWNZEROS_H
#define REMAT_INTERFACES_KNOWNZEROS_H

#include "mlir/Interfaces/ViewLikeInterface.h"

namespace remat {

/// A slice of static offsets and sizes, with unit stride.
class SliceBox {
public:
  /// Nothing for a slice of any other kind.
  static std::optional<SliceBox> get(mlir::OffsetSizeAndStrideOpInterface slice);

  int64_t getNumElements() const;
  bool isDisjointFrom(const SliceBox &other) const;

private:
  llvm::SmallVector<int64_t> offsets, sizes;
};

/// True if every element of the float or tensor of floats \p value is known to be
/// zero, of either sign. Looks through slices and through insertions beside them.
bool isKnownZero(mlir::Value value);

} // namespace remat

#endif // REMAT_INTERFACES_KNOWNZEROS_H
