//===- HostValues.h - What the host can compute of a region ---------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The host counts the blocks of a kernel, so extents of operations in a region have to be
// made of what it knows: sizes of views, and arithmetic on numbers from outside.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_NVVM_KERNELS_HOSTVALUES_H
#define REMAT_LIB_TARGET_NVVM_KERNELS_HOSTVALUES_H

#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Support/LLVM.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"

namespace remat {

class HostValues {
public:
  explicit HostValues(OnDeviceOp region) : region(region), builder(region) {}

  /// \p value, of the region, computed in front of it; null if only the device can.
  Value find(Value value);

private:
  Value compute(Value value);
  /// Dimension \p dim of \p memref.
  Value findSize(Value memref, int64_t dim);
  Value toValue(OpFoldResult size);
  Value createIndex(int64_t value);
  bool isOutside(Value value) { return !region->isAncestor(value.getParentBlock()->getParentOp()); }

  OnDeviceOp region;
  OpBuilder builder;
  /// Null for what the host cannot compute.
  llvm::DenseMap<Value, Value> known;
};

} // namespace remat

#endif // REMAT_LIB_TARGET_NVVM_KERNELS_HOSTVALUES_H
