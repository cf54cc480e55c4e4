//===- Island.h - One block that does all of a region ---------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What decides on device memory what to do, over and over, is one kernel of one block. All
// its threads compute the same numbers and take the same branches, as they read the same
// memory. They share out linalg ops among them, as blocks and threads of a kernel do, block
// after block; what is stored apart from that, the first one stores. Between a write and
// whatever else there is of memory stands a barrier.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_NVVM_KERNELS_ISLAND_H
#define REMAT_LIB_TARGET_NVVM_KERNELS_ISLAND_H

#include "DeviceChecks.h"
#include "SharedArrays.h"

namespace remat {

class Island {
public:
  Island(gpu::GPUFuncOp kernel, const DeviceChecks &checks) : kernel(kernel), checks(checks), shared(kernel) {}

  /// Makes of \p kernel, which has the operations of a region, what each thread does.
  void emit();

private:
  /// Each returns whether all of memory may be written behind it: whether there was a barrier
  /// since the last access. \p isClean says so of the place in front.
  bool emitBlock(Block &block, bool isClean);
  bool emitOp(Operation *op, bool isClean);
  bool emitRegions(Operation *op, bool isClean);
  /// Leaves \p op to the first thread.
  void emitAlone(Operation *op);
  void emitLinalg(linalg::GenericOp op);

  gpu::GPUFuncOp kernel;
  const DeviceChecks &checks;
  PooledArrays shared;
  Value isFirstThread;
};

} // namespace remat

#endif // REMAT_LIB_TARGET_NVVM_KERNELS_ISLAND_H
