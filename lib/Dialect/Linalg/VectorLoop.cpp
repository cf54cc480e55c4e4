//===- VectorLoop.cpp - The loop along which lanes lie -------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Linalg/VectorLoop.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

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
