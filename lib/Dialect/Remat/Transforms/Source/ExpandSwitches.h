//===- ExpandSwitches.h - Switches between arrays -------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_SOURCE_EXPANDSWITCHES_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_SOURCE_EXPANDSWITCHES_H

#include "remat/Support/LLVM.h"

#include "mlir/IR/Operation.h"

namespace remat {

/// Makes chains of scf.if of all scf.index_switch in \p root that yield tensors or floats.
void expandSwitches(Operation *root);

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_SOURCE_EXPANDSWITCHES_H
