//===- Descriptors.h - Arrays as compiled code takes them -----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The C interface of MLIR passes a memref as a pointer to a descriptor
//
//   { allocated pointer, aligned pointer, offset, extents[rank], strides[rank] }
//
// of 64-bit words, and a scalar by value. The packed functions of MachineCode take
// a pointer to each of these.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_EXECUTION_DESCRIPTORS_H
#define REMAT_LIB_EXECUTION_DESCRIPTORS_H

#include "remat/Execution/Signature.h"

#include <deque>
#include <vector>

namespace remat {

/// The arguments of one packed call.
class PackedArguments {
public:
  /// Appends an array as a memref with the identity layout.
  void addMemRef(const ArrayView &view);
  /// Appends a scalar that lives at \p address.
  void addScalar(void *address) { pointers.push_back(address); }

  /// What the packed function takes; valid until the next addition.
  llvm::ArrayRef<void *> getPointers() const { return pointers; }

private:
  /// Descriptors, and the pointers to them that the callee loads. The elements of
  /// a deque do not move.
  std::deque<std::vector<int64_t>> descriptors;
  std::deque<void *> descriptorAddresses;
  std::vector<void *> pointers;
};

} // namespace remat

#endif // REMAT_LIB_EXECUTION_DESCRIPTORS_H
