//===- DynamicOffsets.cpp - Memrefs that lie anywhere -------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DynamicOffsets.h"

#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace remat;

MemRefType remat::getDynamicOffset(MemRefType type) {
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(type.getStridesAndOffset(strides, offset)))
    return type;
  auto layout = StridedLayoutAttr::get(type.getContext(), ShapedType::kDynamic, strides);
  return MemRefType::get(type.getShape(), type.getElementType(), layout, type.getMemorySpace());
}

MemRefType remat::getElementAddressType(MemRefType type) {
  auto layout = StridedLayoutAttr::get(type.getContext(), ShapedType::kDynamic, {});
  return MemRefType::get({}, type.getElementType(), layout, type.getMemorySpace());
}

static void openOffset(Value value) {
  if (auto type = dyn_cast<MemRefType>(value.getType()))
    value.setType(getDynamicOffset(type));
}

/// Whether the results of \p op have the types that they have, not ones that follow from
/// what it is given.
static bool hasFixedTypes(Operation *op) {
  return isa<memref::GetGlobalOp, memref::ViewOp, memref::ExtractStridedMetadataOp>(op);
}

/// Whether \p op takes memrefs of any layout, and has no result whose type follows from it.
static bool takesAnyLayout(Operation *op) {
  return isa<linalg::LinalgOp, memref::LoadOp, memref::StoreOp, memref::DimOp, memref::ReinterpretCastOp,
             memref::ExtractStridedMetadataOp, CountOp, ResetCountersOp, CheckIndicesOp>(op);
}

/// Gives \p operand of \p op the type that all memrefs have.
static void castOperand(Operation *op, OpOperand &operand) {
  auto type = dyn_cast<MemRefType>(operand.get().getType());
  if (!type)
    return;
  Type wanted = getDynamicOffset(type);
  // Bytes begin where the kernel's argument does.
  if (isa<memref::ViewOp>(op))
    wanted =
        MemRefType::get(type.getShape(), type.getElementType(), MemRefLayoutAttrInterface(), type.getMemorySpace());
  if (wanted == type)
    return;
  OpBuilder builder(op);
  operand.set(memref::CastOp::create(builder, op->getLoc(), wanted, operand.get()));
}

void remat::makeOffsetsDynamic(gpu::GPUFuncOp kernel) {
  SmallVector<Operation *> users;
  kernel.walk([&](Operation *op) {
    if (op == kernel)
      return;
    if (!hasFixedTypes(op))
      for (Value result : op->getResults())
        openOffset(result);
    for (Region &region : op->getRegions())
      for (Block &block : region)
        for (Value argument : block.getArguments())
          openOffset(argument);
    if (!takesAnyLayout(op))
      users.push_back(op);
  });
  for (Operation *op : users)
    for (OpOperand &operand : op->getOpOperands())
      castOperand(op, operand);
}
