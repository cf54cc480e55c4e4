//===- SumLoops.cpp - The loops of a reduction --------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SumLoops.h"

#include "remat/Dialect/Linalg/SumOrder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace remat;

Value SumLoops::emitCombine(const Combiner &combiner, Value lhs, Value rhs) {
  OperationState state(b.getLoc(), combiner.combine->getName());
  state.addAttributes(combiner.combine->getDiscardableAttrDictionary().getValue());
  state.propertiesAttr = combiner.combine->getPropertiesAsAttribute();
  state.addOperands({lhs, rhs});
  state.addTypes(lhs.getType());
  return b.create(state)->getResult(0);
}

SmallVector<Value> SumLoops::emitCombineAll(ArrayRef<Value> lhs, ArrayRef<Value> rhs) {
  SmallVector<Value> result;
  for (auto [combiner, left, right] : llvm::zip_equal(reduction.combiners, lhs, rhs))
    result.push_back(emitCombine(combiner, left, right));
  return result;
}

SmallVector<Value> SumLoops::createNeutral(int64_t lanes) {
  SmallVector<Value> result;
  for (const Combiner &combiner : reduction.combiners) {
    TypedAttr value = combiner.neutral;
    if (lanes > 0)
      value = DenseElementsAttr::get(VectorType::get({lanes}, combiner.value.getType()), Attribute(combiner.neutral));
    result.push_back(arith::ConstantOp::create(b, value));
  }
  return result;
}

SmallVector<Value> SumLoops::sumOver(ArrayRef<unsigned> dims, int64_t lanes, ValueRange init, Body body) {
  if (dims.empty())
    return body(init);
  unsigned dim = dims.front();
  OpFoldResult extent = extents[dim];
  auto iterate = [&](OpFoldResult from, OpFoldResult to, ValueRange start) {
    return b.loop(from, to, 1, start, [&](Value iv, ValueRange carried) {
      point[dim] = iv;
      return sumOver(dims.drop_front(), lanes, carried, body);
    });
  };
  int64_t size = getSize(dim).value_or(-1);
  if (!reduction.isSum || !startsFromZero(size))
    return iterate(b.getIndexAttr(0), extent, init);
  // One loop if it is one block.
  if (size >= 0 && size <= sumBlock)
    return emitCombineAll(llvm::to_vector(init), iterate(b.getIndexAttr(0), extent, createNeutral(lanes)));
  return b.loop(b.getIndexAttr(0), extent, sumBlock, init, [&](Value start, ValueRange carried) {
    Value end = b.min(b.add(start, sumBlock), b.index(extent));
    return emitCombineAll(llvm::to_vector(carried), iterate(start, end, createNeutral(lanes)));
  });
}

SmallVector<Value> SumLoops::sumAlongVector(int64_t lanes, ValueRange init, LaneBody body) {
  OpFoldResult extent = extents[*reduction.vectorDim];
  constexpr int64_t blockSize = sumBlock * reductionLanes;
  int64_t size = getSize(*reduction.vectorDim).value_or(-1);
  if (!reduction.isSum || !startsFromZero(size < 0 ? size : (size + reductionLanes - 1) / reductionLanes))
    return body(b.getIndexAttr(0), extent, init);
  OpFoldResult full = b.floorTo(extent, blockSize);
  SmallVector<Value> sums = b.loop(b.getIndexAttr(0), full, blockSize, init, [&](Value start, ValueRange carried) {
    SmallVector<Value> block = body(start, b.getIndexAttr(blockSize), createNeutral(lanes));
    return emitCombineAll(llvm::to_vector(carried), block);
  });
  if (size >= 0 && size % blockSize == 0)
    return sums;
  OpFoldResult rest =
      size >= 0 ? OpFoldResult(b.getIndexAttr(size % blockSize)) : b.sub(b.index(extent), b.index(full));
  return emitCombineAll(sums, body(full, rest, createNeutral(lanes)));
}

SmallVector<Value> SumLoops::emitScalarBody(ValueRange carried) {
  SmallVector<Value> arguments(op.getBody()->getNumArguments());
  for (OpOperand *input : op.getDpsInputOperands())
    arguments[op.getMatchingBlockArgument(input).getArgNumber()] =
        b.loadScalar(input->get(), b.indices(op.getMatchingIndexingMap(input), point));
  for (auto [combiner, value] : llvm::zip_equal(reduction.combiners, carried))
    arguments[combiner.argument] = value;
  return b.inlineBody(op, point, arguments);
}
