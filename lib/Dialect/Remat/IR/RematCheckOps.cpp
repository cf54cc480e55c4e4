//===- RematCheckOps.cpp - Checks while a program runs -------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"

using namespace mlir;
using namespace mlir::bufferization;
using namespace remat;

LogicalResult CheckIndicesOp::verify() {
  // check_indices_c1
  auto type = cast<ShapedType>(getIndices().getType());
  auto memory = dyn_cast<MemRefType>(getIndices().getType());
  Type element = type.getElementType();
  bool isIndex = element.isIndex() || element.isSignlessInteger(8) || element.isSignlessInteger(16) ||
                 element.isSignlessInteger(32) || element.isSignlessInteger(64);
  if (!isIndex || (memory && !memory.getLayout().isIdentity()))
    return emitOpError("expects a tensor or contiguous memref with i8, i16, i32, i64 or index elements, but got ")
           << type;
  // check_indices_c2
  if (getPerStep() && (type.getRank() == 0 || getStep()))
    return emitOpError("expects 'per_step' with a rank of at least 1 and without 'at', but got ")
           << (getStep() ? "both" : "rank 0");
  // check_indices_c3
  if (getReversed() && !getPerStep())
    return emitOpError("expects 'reversed' with 'per_step' only");
  return success();
}

void CheckIndicesOp::getEffects(SmallVectorImpl<MemoryEffects::EffectInstance> &effects) {
  // The write stands for ending the run.
  effects.emplace_back(MemoryEffects::Write::get());
  if (isa<MemRefType>(getIndices().getType()))
    effects.emplace_back(MemoryEffects::Read::get(), &getIndicesMutable());
}

bool CheckIndicesOp::bufferizesToMemoryRead(OpOperand &operand, const AnalysisState &state) { return true; }

bool CheckIndicesOp::bufferizesToMemoryWrite(OpOperand &operand, const AnalysisState &state) { return false; }

AliasingValueList CheckIndicesOp::getAliasingValues(OpOperand &operand, const AnalysisState &state) { return {}; }

LogicalResult CheckIndicesOp::bufferize(RewriterBase &rewriter, const BufferizationOptions &options,
                                        BufferizationState &state) {
  FailureOr<Value> buffer = getBuffer(rewriter, getIndices(), options, state);
  if (failed(buffer))
    return failure();
  auto type = cast<MemRefType>(buffer->getType());
  Value indices = *buffer;
  if (!type.getLayout().isIdentity()) {
    SmallVector<Value> sizes;
    for (auto [dim, size] : llvm::enumerate(type.getShape()))
      if (ShapedType::isDynamic(size))
        sizes.push_back(memref::DimOp::create(rewriter, getLoc(), indices, dim));
    auto contiguous = MemRefType::get(type.getShape(), type.getElementType());
    Value copy = memref::AllocOp::create(rewriter, getLoc(), contiguous, sizes);
    memref::CopyOp::create(rewriter, getLoc(), indices, copy);
    indices = copy;
  }
  replaceOpWithNewBufferizedOp<CheckIndicesOp>(rewriter, *this, indices, getLimit(), getStep(), getPerStep(),
                                               getReversed());
  return success();
}

LogicalResult CheckRangeOp::verify() {
  // check_range_c1
  if (getWhat().empty())
    return emitOpError("expects text that says what is checked, but got \"\"");
  return success();
}

void CheckRangeOp::getEffects(SmallVectorImpl<MemoryEffects::EffectInstance> &effects) {
  // As above.
  effects.emplace_back(MemoryEffects::Write::get());
}
