//===- Counting.h - Steps count themselves on the device ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_NVVM_KERNELS_COUNTING_H
#define REMAT_LIB_TARGET_NVVM_KERNELS_COUNTING_H

#include "DeviceChecks.h"

namespace remat {

/// Makes of \p op, which counts or begins to count, what the thread does for which
/// \p condition is true. Who begins to count has not failed yet.
void emitCounting(Operation *op, Value condition, const DeviceChecks &checks);

} // namespace remat

#endif // REMAT_LIB_TARGET_NVVM_KERNELS_COUNTING_H
