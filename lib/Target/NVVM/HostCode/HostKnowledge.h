//===- HostKnowledge.h - What the host knows ------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Memory is the device's, but for the plan, the walk, what lies on the stack and constants.
// What is loaded from it is not known to the host, and neither is what follows from that:
// numbers, views at such an offset, choices between buffers, and what a loop carries.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_NVVM_HOSTCODE_HOSTKNOWLEDGE_H
#define REMAT_LIB_TARGET_NVVM_HOSTCODE_HOSTKNOWLEDGE_H

#include "remat/Support/LLVM.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace remat {

class HostKnowledge {
public:
  explicit HostKnowledge(func::FuncOp function);

  /// Whether \p memref can only be memory of the host.
  bool isHostMemory(Value memref) const;

  /// Whether \p memref may be memory that the host was given: the plan or the walk.
  bool isHostArgument(Value memref) const;

  /// Whether the host knows \p value.
  bool isKnown(Value value) const { return !unknown.contains(value); }
  bool areKnown(ValueRange values) const {
    return llvm::all_of(values, [&](Value value) { return isKnown(value); });
  }

  /// Whether the host knows which regions of \p op are executed, and how often. True for
  /// operations without regions, and for those whose regions are no control flow.
  bool hasKnownControl(Operation *op) const;

  /// Whether the device executes \p op, though it is not in one of its regions yet: what
  /// reads or writes its memory to some effect, and checks of what only it knows.
  bool isDeviceEffect(Operation *op) const;
  /// Whether \p op has an effect that must not be repeated, or holds an operation that has.
  bool hasEffects(Operation *op) const;

private:
  void mark(Value value);
  void follow(Operation *user);
  void markResults(Operation *op);

  /// Arguments that are memory of the host.
  llvm::SmallDenseSet<Value> hostArguments;
  llvm::DenseSet<Value> unknown;
  SmallVector<Value> worklist;
};

/// Whether \p op calls a function, or holds an operation that does.
bool hasCalls(Operation *op);

} // namespace remat

#endif // REMAT_LIB_TARGET_NVVM_HOSTCODE_HOSTKNOWLEDGE_H
