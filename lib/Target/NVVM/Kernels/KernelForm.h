//===- KernelForm.h - How threads share an operation ----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A form says which part of an operation a block and a thread compute. It is chosen by the
// operation alone, and the same for the operation on the host, which counts its blocks, and
// for the copy of it in the kernel.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_NVVM_KERNELS_KERNELFORM_H
#define REMAT_LIB_TARGET_NVVM_KERNELS_KERNELFORM_H

#include "../../Kernels/KernelBuilder.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

#include <memory>

namespace remat {

/// Threads of a block, in every form.
inline constexpr int64_t threadsPerBlock = 128;

/// The memory that the threads of a block share.
class SharedMemory {
public:
  virtual ~SharedMemory() = default;
  /// An array of \p shape elements. All of one operation lie apart.
  virtual Value addArray(KernelBuilder &b, ArrayRef<int64_t> shape, Type elementType) = 0;
};

class KernelForm {
public:
  explicit KernelForm(linalg::GenericOp op) : op(op) {}
  virtual ~KernelForm() = default;

  /// What kernels of this form are called.
  virtual llvm::StringRef getName() = 0;
  /// The number of blocks, at least one.
  virtual Value countBlocks(KernelBuilder &b) = 0;
  /// Emits what thread number \p thread of block number \p block does. All threads come there
  /// together, and nobody reads or writes arrays of \p shared.
  virtual void emit(KernelBuilder &b, Value block, Value thread, SharedMemory &shared) = 0;

protected:
  linalg::GenericOp op;
};

/// A tile of the result per block; null if the operation is no contraction.
std::unique_ptr<KernelForm> matchContractionForm(linalg::GenericOp op);
/// Sixteen threads per element of the result; null if the operation is no reduction in lanes.
std::unique_ptr<KernelForm> matchLaneForm(linalg::GenericOp op);
/// A thread for what the plain dimensions of all results select; every operation has it.
std::unique_ptr<KernelForm> createThreadForm(linalg::GenericOp op);

/// The form of \p op.
std::unique_ptr<KernelForm> chooseForm(linalg::GenericOp op);

//===--- What forms are made of ------------------------------------------------===//

/// How many points the loops \p dims have.
Value countPoints(KernelBuilder &b, ArrayRef<unsigned> dims, ArrayRef<OpFoldResult> extents);
/// \p value / \p divisor, rounded up.
Value ceilDiv(KernelBuilder &b, Value value, int64_t divisor);
/// Point number \p number of the loops \p dims, of which the last one goes fastest.
void setPoint(KernelBuilder &b, Value number, ArrayRef<unsigned> dims, ArrayRef<OpFoldResult> extents,
              MutableArrayRef<Value> point);
/// if (condition) body(), without the question if there is no condition.
void emitIf(KernelBuilder &b, Value condition, function_ref<void()> body);
/// The same for values: those of \p body, else \p otherwise.
SmallVector<Value> emitIf(KernelBuilder &b, Value condition, ArrayRef<Value> otherwise,
                          function_ref<SmallVector<Value>()> body);
/// lhs < rhs, of numbers that are not negative.
Value isLess(KernelBuilder &b, Value lhs, Value rhs);

} // namespace remat

#endif // REMAT_LIB_TARGET_NVVM_KERNELS_KERNELFORM_H
