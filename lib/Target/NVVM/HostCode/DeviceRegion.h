//===- DeviceRegion.h - Code copied to the device -------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Builds a remat.on_device in front of an operation. What the host does not know is computed
// in it once more, from loads on. Operations with effects are never copied along.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_NVVM_HOSTCODE_DEVICEREGION_H
#define REMAT_LIB_TARGET_NVVM_HOSTCODE_DEVICEREGION_H

#include "HostKnowledge.h"

#include "mlir/IR/IRMapping.h"

namespace remat {

class OnDeviceOp;

class DeviceRegion {
public:
  /// In front of \p place.
  DeviceRegion(const HostKnowledge &knowledge, Operation *place);

  /// Copies \p op with its effects, and what it needs.
  void add(Operation *op);
  /// What is added from now on is executed if the branches of \p op, an scf.if, that hold \p inner
  /// are taken.
  void enterBranch(Operation *choice, Operation *inner);

private:
  /// Makes what \p op uses from outside available.
  void provideUses(Operation *op);
  void provide(Value value);
  /// Whether the host can hand over \p value.
  bool isHandedOver(Value value) const;

  const HostKnowledge &knowledge;
  Operation *place;
  OpBuilder builder;
  IRMapping mapping;
};

/// Erases what has effects in \p op, whose results may still be needed.
void eraseEffects(Operation *op, const HostKnowledge &knowledge);

} // namespace remat

#endif // REMAT_LIB_TARGET_NVVM_HOSTCODE_DEVICEREGION_H
