//===- Islands.h - What one block of threads executes in order ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An island is a range of operations of one block that go to the device together, because
// numbers are handed from one to another there: a loop that the device controls, a store of
// a number, a check, and everything between a load and a use of what it read if something
// between them may overwrite it.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_NVVM_HOSTCODE_ISLANDS_H
#define REMAT_LIB_TARGET_NVVM_HOSTCODE_ISLANDS_H

#include "HostKnowledge.h"

namespace remat {

/// From the first to the last operation, in one block.
struct Island {
  Operation *first;
  Operation *last;
};

/// The islands of \p block, in order and apart. Not those of blocks of its operations.
SmallVector<Island> findIslands(Block &block, const HostKnowledge &knowledge);

/// Whether the host computes \p result, of an operation with effects on the device, without those: which buffer
/// a branch chooses, say, that the host takes.
bool staysOnHost(OpResult result, const HostKnowledge &knowledge);

/// Whether each operation with an effect in \p op can be a kernel that asks first whether it is
/// its turn.
bool isPredicable(Operation *op, const HostKnowledge &knowledge);

} // namespace remat

#endif // REMAT_LIB_TARGET_NVVM_HOSTCODE_ISLANDS_H
