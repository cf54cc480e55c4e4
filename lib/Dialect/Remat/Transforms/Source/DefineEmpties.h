//===- DefineEmpties.h - What nobody wrote is zero -----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_TRANSFORMS_DEFINEEMPTIES_H
#define REMAT_DIALECT_REMAT_TRANSFORMS_DEFINEEMPTIES_H

#include "mlir/IR/Operation.h"

namespace remat {

/// Fills each `tensor.empty` in \p root with zeros of which an element may be read
/// before it is written.
void defineEmpties(mlir::Operation *root);

} // namespace remat

#endif // REMAT_DIALECT_REMAT_TRANSFORMS_DEFINEEMPTIES_H
