//===- LaunchArguments.h - What kernels are given, in memory --------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The driver takes a pointer to the value of each parameter. A function has room for the
// parameters of one launch on its stack: words for the values, behind them the pointers
// to these, which are written once. So a launch costs no more than the stores of its
// values, and loops do not make the stack grow.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_NVVM_LAUNCH_LAUNCHARGUMENTS_H
#define REMAT_LIB_TARGET_NVVM_LAUNCH_LAUNCHARGUMENTS_H

#include "remat/Support/LLVM.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace remat {

class LaunchArguments {
public:
  /// Room in \p function for the arguments of each of \p launches, which it holds.
  LaunchArguments(func::FuncOp function, ArrayRef<gpu::LaunchFuncOp> launches);

  /// Stores what the kernel of \p launch is given, and returns the address of the pointers.
  Value store(gpu::LaunchFuncOp launch);

private:
  /// The words, and the pointers to them.
  Value words;
  Value pointers;
};

} // namespace remat

#endif // REMAT_LIB_TARGET_NVVM_LAUNCH_LAUNCHARGUMENTS_H
