//===- SharedArrays.cpp - Where arrays of a block lie -------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SharedArrays.h"

#include "remat/Dialect/Remat/IR/BufferBytes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/Support/MathExtras.h"

using namespace remat;

/// What every element type is aligned to.
static constexpr int64_t poolAlignment = 16;

static MemRefType getSharedType(gpu::GPUFuncOp kernel, ArrayRef<int64_t> shape, Type elementType) {
  auto space = gpu::AddressSpaceAttr::get(kernel.getContext(), gpu::GPUDialect::getWorkgroupAddressSpace());
  return MemRefType::get(shape, elementType, MemRefLayoutAttrInterface(), space);
}

Value DeclaredArrays::addArray(KernelBuilder &, ArrayRef<int64_t> shape, Type elementType) {
  return kernel.addWorkgroupAttribution(getSharedType(kernel, shape, elementType), kernel.getLoc());
}

void PooledArrays::grow(int64_t bytes) {
  Builder builder(kernel.getContext());
  MemRefType type = getSharedType(kernel, {bytes}, builder.getI8Type());
  if (pool) {
    if (cast<MemRefType>(pool.getType()).getDimSize(0) < bytes)
      pool.setType(type);
    return;
  }
  pool = kernel.addWorkgroupAttribution(type, kernel.getLoc());
  kernel.setWorkgroupAttributionAttr(kernel.getNumWorkgroupAttributions() - 1, LLVM::LLVMDialect::getAlignAttrName(),
                                     builder.getI64IntegerAttr(poolAlignment));
}

Value PooledArrays::addArray(KernelBuilder &b, ArrayRef<int64_t> shape, Type elementType) {
  MemRefType type = getSharedType(kernel, shape, elementType);
  int64_t first = used, elements = llvm::product_of(shape);
  used = llvm::alignTo(used + elements * getElementBytes(elementType).value_or(8), poolAlignment);
  grow(used);
  return memref::ViewOp::create(b, type, pool, b.index(first), ValueRange());
}
