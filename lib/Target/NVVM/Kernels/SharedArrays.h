//===- SharedArrays.h - Where arrays of a block lie -----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel of one operation declares its arrays one by one. The operations of an island
// come one after the other, and their arrays take the same bytes: every kernel may have 48
// KiB, and an island has as many operations as it likes.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_NVVM_KERNELS_SHAREDARRAYS_H
#define REMAT_LIB_TARGET_NVVM_KERNELS_SHAREDARRAYS_H

#include "KernelForm.h"

namespace remat {

/// Arrays with names of their own.
class DeclaredArrays final : public SharedMemory {
public:
  explicit DeclaredArrays(gpu::GPUFuncOp kernel) : kernel(kernel) {}
  Value addArray(KernelBuilder &b, ArrayRef<int64_t> shape, Type elementType) override;

private:
  gpu::GPUFuncOp kernel;
};

/// Arrays in one block of bytes, from its start for each operation.
class PooledArrays final : public SharedMemory {
public:
  explicit PooledArrays(gpu::GPUFuncOp kernel) : kernel(kernel) {}
  /// The arrays so far are no longer used.
  void reset() { used = 0; }
  Value addArray(KernelBuilder &b, ArrayRef<int64_t> shape, Type elementType) override;

private:
  void grow(int64_t bytes);

  gpu::GPUFuncOp kernel;
  /// The block, as long as anyone needed so far; null as long as nobody did.
  BlockArgument pool;
  int64_t used = 0;
};

} // namespace remat

#endif // REMAT_LIB_TARGET_NVVM_KERNELS_SHAREDARRAYS_H
