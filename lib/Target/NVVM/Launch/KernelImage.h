//===- KernelImage.h - Where the code of kernels is ------------ ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_NVVM_LAUNCH_KERNELIMAGE_H
#define REMAT_LIB_TARGET_NVVM_LAUNCH_KERNELIMAGE_H

#include "mlir/IR/BuiltinOps.h"

#include <optional>
#include <string>

namespace remat {

/// PTX or a cubin, as convert-gpu-launch-to-runtime left it in \p module; nothing if there are no
/// kernels.
std::optional<std::string> getKernelImage(mlir::ModuleOp module);

} // namespace remat

#endif // REMAT_LIB_TARGET_NVVM_LAUNCH_KERNELIMAGE_H
