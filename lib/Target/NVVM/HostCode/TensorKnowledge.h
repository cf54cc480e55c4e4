//===- TensorKnowledge.h - What the host will know ------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// HostKnowledge for values that still are tensors: a scalar is known unless it follows from an
// element of an array; a tensor, unless such a scalar decides which buffer it will be, or
// which part of one.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_NVVM_HOSTCODE_TENSORKNOWLEDGE_H
#define REMAT_LIB_TARGET_NVVM_HOSTCODE_TENSORKNOWLEDGE_H

#include "remat/Support/LLVM.h"

#include "mlir/IR/Operation.h"
#include "mlir/IR/Value.h"

namespace remat {

class TensorKnowledge {
public:
  bool isKnown(Value value);
  /// Whether \p scalar can be read or computed anywhere: from elements of arrays of the caller, which
  /// nobody writes.
  bool isReadableAnywhere(Value scalar);
  /// Whether all elements of \p tensor are one scalar that cannot be read anywhere.
  bool isFilledWithLost(Value tensor);

private:
  bool isKnownScalar(Operation *op);
  bool isKnownTensor(Operation *op, unsigned result);
  bool areKnown(OperandRange values) {
    return llvm::all_of(values, [&](Value value) { return isKnown(value); });
  }

  llvm::DenseMap<Value, bool> known;
};

/// Whether \p scalar is an element, at indices that are constants, of an array of the caller.
bool isElementOfArgument(Value scalar);

} // namespace remat

#endif // REMAT_LIB_TARGET_NVVM_HOSTCODE_TENSORKNOWLEDGE_H
