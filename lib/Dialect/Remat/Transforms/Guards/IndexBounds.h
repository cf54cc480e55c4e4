//===- IndexBounds.h - What is known of an index -------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_INDEXBOUNDS_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_INDEXBOUNDS_H

#include "remat/Support/LLVM.h"

#include "mlir/IR/Value.h"

#include <optional>

namespace remat {

/// Bounds that a value keeps by construction, both inclusive, as far as there are any.
struct IndexBounds {
  std::optional<int64_t> least, most;
};

/// The constant bounds of \p index, a signed integer or index: of constants, numbers
/// of loops, and of what arith.minsi and arith.maxsi make of them.
IndexBounds getBounds(Value index);

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_INDEXBOUNDS_H
