//===- BufferChoices.h - Which buffer a branch yields ---------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel that is given a buffer which the host chose in a branch repeats the choice if one of
// the buffers may be a constant array, of which it has its own. It can repeat a selection
// between addresses, which reads nothing, but no branch, in which kernels are launched.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_NVVM_KERNELS_BUFFERCHOICES_H
#define REMAT_LIB_TARGET_NVVM_KERNELS_BUFFERCHOICES_H

#include "mlir/IR/BuiltinOps.h"

namespace remat {

/// Lets branches of the host in \p module yield no buffers, but selections in front of them, wherever addresses are
/// computed without reading memory.
void selectBuffers(mlir::ModuleOp module);

} // namespace remat

#endif // REMAT_LIB_TARGET_NVVM_KERNELS_BUFFERCHOICES_H
