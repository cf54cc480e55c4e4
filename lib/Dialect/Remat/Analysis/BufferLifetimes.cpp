//===- BufferLifetimes.cpp - When the buffers of a function live -- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Analysis/BufferLifetimes.h"

#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "llvm/Support/CheckedArithmetic.h"

using namespace mlir;
using namespace remat;

std::optional<int64_t> remat::getStaticBytes(MemRefType type) {
  if (!type.hasStaticShape() || !type.getLayout().isIdentity())
    return std::nullopt;
  Type element = type.getElementType();
  std::optional<int64_t> bytes;
  if (element.isInteger(1))
    bytes = 1;
  else if (element.isIndex())
    bytes = 8;
  else if (element.isIntOrFloat() && element.getIntOrFloatBitWidth() % 8 == 0)
    bytes = element.getIntOrFloatBitWidth() / 8;
  for (int64_t size : type.getShape())
    if (bytes)
      bytes = llvm::checkedMul(*bytes, size);
  return bytes;
}

FailureOr<SmallVector<BufferLifetime>> remat::computeBufferLifetimes(func::FuncOp function) {
  Block &entry = function.getBody().front();
  DenseMap<Operation *, int64_t> position;
  for (auto [index, op] : llvm::enumerate(entry))
    position[&op] = index;

  BufferViewFlowAnalysis views(function);
  SmallVector<BufferLifetime> lifetimes;
  WalkResult result = function.walk([&](memref::AllocOp alloc) {
    int64_t at = position.lookup(entry.findAncestorOpInBlock(*alloc));
    BufferLifetime lifetime = {alloc, at, at};
    bool used = false;
    for (Value alias : views.resolve(alloc.getResult())) {
      if (!alloc->getParentRegion()->isAncestor(alias.getParentRegion())) {
        alloc.emitOpError("is kept beyond the region it stands in, which has no place in a static layout")
                .attachNote(alias.getLoc())
            << "lives on here";
        return WalkResult::interrupt();
      }
      for (Operation *user : alias.getUsers()) {
        int64_t point = position.lookup(entry.findAncestorOpInBlock(*user));
        lifetime.first = used ? std::min(lifetime.first, point) : point;
        lifetime.last = used ? std::max(lifetime.last, point) : point;
        used = true;
      }
    }
    lifetimes.push_back(lifetime);
    return WalkResult::advance();
  });
  if (result.wasInterrupted())
    return failure();
  return lifetimes;
}
