//===- VectorLoop.cpp - The loop along which lanes lie -------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Linalg/VectorLoop.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace remat;

std::optional<unsigned> remat::getVectorLoop(linalg::LinalgOp op) {
  if (auto loop = op->getAttrOfType<IntegerAttr>(vectorLoopAttrName))
    return loop.getInt();
  AffineMap widest;
  for (OpOperand *input : op.getDpsInputOperands()) {
    AffineMap map = op.getMatchingIndexingMap(input);
    if (!widest || map.getNumResults() > widest.getNumResults())
      widest = map;
  }
  if (!widest || widest.getNumResults() == 0)
    return std::nullopt;
  auto last = dyn_cast<AffineDimExpr>(widest.getResults().back());
  return last ? std::optional<unsigned>(last.getPosition()) : std::nullopt;
}

bool remat::hasVectorForm(Operation &op) {
  if (op.hasTrait<OpTrait::ConstantLike>())
    return true;
  bool divides = isa<arith::DivSIOp, arith::DivUIOp, arith::RemSIOp, arith::RemUIOp, arith::CeilDivSIOp,
                     arith::CeilDivUIOp, arith::FloorDivSIOp>(op);
  auto isLane = [](Type type) { return VectorType::isValidElementType(getElementTypeOrSelf(type)); };
  return OpTrait::hasElementwiseMappableTraits(&op) && !divides && !isa<math::FPowIOp>(op) &&
         llvm::all_of(op.getOperandTypes(), isLane) && llvm::all_of(op.getResultTypes(), isLane);
}

/// Whether \p load reads neighbours, or a row at any places: only its last index varies.
static bool isVectorizableLoad(memref::LoadOp load, const llvm::DenseSet<Value> &varying) {
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(load.getMemRefType().getStridesAndOffset(strides, offset)) || strides.empty() || strides.back() != 1)
    return false;
  return llvm::none_of(load.getIndices().drop_back(), [&](Value index) { return varying.contains(index); });
}

VectorBody::VectorBody(linalg::GenericOp op, unsigned vectorLoop) {
  for (OpOperand &operand : op->getOpOperands())
    if (op.getMatchingIndexingMap(&operand).isFunctionOfDim(vectorLoop))
      varying.insert(op.getMatchingBlockArgument(&operand));
  for (Operation &operation : op.getBody()->without_terminator()) {
    auto index = dyn_cast<linalg::IndexOp>(operation);
    bool varies = index ? index.getDim() == vectorLoop
                        : llvm::any_of(operation.getOperands(), [&](Value value) { return varying.contains(value); });
    auto load = dyn_cast<memref::LoadOp>(operation);
    // Ops with regions or effects stay scalar loops, but for reads.
    if (operation.getNumRegions() != 0 || (!isMemoryEffectFree(&operation) && !load))
      isVectorizable = false;
    if (!varies)
      continue;
    varying.insert(operation.result_begin(), operation.result_end());
    if (!index)
      isVectorizable &= load ? isVectorizableLoad(load, varying) : hasVectorForm(operation);
  }
}
