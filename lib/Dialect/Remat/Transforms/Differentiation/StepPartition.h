//===- StepPartition.h - From a joint step to its forms ----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The joint step is one block with a step and its adjoint in it:
//
//   ^joint(t, carries, elements, cotangents of carries, of emits, accumulators):
//     step, adjoint
//     remat.yield carry(next carries) emit(emitted values)
//                 tape(cotangents of carries, of elements, accumulators)
//
// Splitting it at the tape gives the regions of a `remat.bptt`.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_STEPPARTITION_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_STEPPARTITION_H

#include "remat/Dialect/Remat/IR/Remat.h"

namespace remat {

/// Splits \p joint into the regions of \p op, which are empty and whose operands
/// and active values are those of the joint step.
LogicalResult partitionStep(Block &joint, BpttOp op);

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_STEPPARTITION_H
