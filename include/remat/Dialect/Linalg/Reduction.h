//===- Reduction.h - What a reduction is ----------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A linalg.generic whose body combines each result with a value that does not depend on
// it, and the loops that this goes along. What kernels of all targets share: it decides
// the order of the sums.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_LINALG_REDUCTION_H
#define REMAT_DIALECT_LINALG_REDUCTION_H

#include "remat/Support/LLVM.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace remat {

/// One result of a reduction: init = combine(init, value).
struct Combiner {
  OpOperand *init;
  unsigned argument; ///< number of the block argument of init
  Operation *combine;
  Value value;
  TypedAttr neutral;
};

/// How a reduction goes, decided by its structure.
struct Reduction {
  SmallVector<Combiner> combiners;
  SmallVector<unsigned> parallel, sequential; ///< in loop order, with the vector dimension
  std::optional<unsigned> vectorDim;          ///< none if no input ends in a loop of its own
  bool isSum = false;                         ///< some result is a sum of floats, which rounds
  bool inLanes = false;                       ///< `reductionLanes` lanes go along the vector dimension

  /// The loops of \p dims but for the vector dimension.
  SmallVector<unsigned> getOthers(ArrayRef<unsigned> dims) const;

  /// The reduction that \p op is. Fails if some result depends on another one, or on
  /// itself in another way.
  static FailureOr<Reduction> match(linalg::GenericOp op);
};

} // namespace remat

#endif // REMAT_DIALECT_LINALG_REDUCTION_H
