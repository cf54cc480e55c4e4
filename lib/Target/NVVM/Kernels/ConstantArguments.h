//===- ConstantArguments.h - Constant arrays as arguments -----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kernels have copies of constant arrays, whose addresses the host does not know. So a
// function on the host that is given such an array, in some calls or as its caller chooses,
// has to know that it is: it is told so by a flag, and uses the array itself.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_NVVM_KERNELS_CONSTANTARGUMENTS_H
#define REMAT_LIB_TARGET_NVVM_KERNELS_CONSTANTARGUMENTS_H

#include "remat/Support/LLVM.h"

#include "mlir/IR/BuiltinOps.h"

namespace remat {

/// Lets private functions of \p module use constant arrays themselves that they are given.
LogicalResult passConstantsDown(ModuleOp module);

} // namespace remat

#endif // REMAT_LIB_TARGET_NVVM_KERNELS_CONSTANTARGUMENTS_H
