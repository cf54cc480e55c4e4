//===- DeviceForms.h - What kernels can compute ---------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The list of operations that have a form on the device with the bits of the CPU. What is
// not in it is refused in front of LLVM, which ends the process over some of the rest,
// rounds some of it wrongly, and calls functions that no GPU has.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_NVVM_KERNELS_DEVICEFORMS_H
#define REMAT_LIB_TARGET_NVVM_KERNELS_DEVICEFORMS_H

#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Support/LLVM.h"

namespace remat {

/// Checks that all of \p region has a form on the device; says where something has not.
LogicalResult checkDeviceForms(OnDeviceOp region);

} // namespace remat

#endif // REMAT_LIB_TARGET_NVVM_KERNELS_DEVICEFORMS_H
