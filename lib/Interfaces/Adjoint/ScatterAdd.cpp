//===- ScatterAdd.cpp - The adjoint of a gather --------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two points may gather the same element, so the adjoint is a sequential loop: it
// adds in the order of the points, whatever the indices are.
//
//===----------------------------------------------------------------------===//

#include "LinalgAdjoint.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace remat;

namespace {
/// What of the body \p values need: operations in their order, and arguments.
struct Slice {
  SmallVector<Operation *> operations;
  SetVector<BlockArgument> arguments;
};
} // namespace

static Slice collectSlice(Block &body, ValueRange values) {
  Slice slice;
  DenseSet<Operation *> needed;
  auto visit = [&](Value value) {
    if (auto argument = dyn_cast<BlockArgument>(value); argument && argument.getOwner() == &body)
      slice.arguments.insert(argument);
    else if (Operation *op = value.getDefiningOp(); op && op->getBlock() == &body)
      needed.insert(op);
  };
  llvm::for_each(values, visit);
  for (Operation &op : llvm::reverse(body)) {
    if (!needed.contains(&op))
      continue;
    slice.operations.push_back(&op);
    llvm::for_each(getInputs(&op), visit);
  }
  std::reverse(slice.operations.begin(), slice.operations.end());
  return slice;
}

/// How many trailing indices of \p extract are `linalg.index` of the trailing
/// dimensions of the iteration space, over the whole of the table's dimension,
/// while the other indices do not depend on these dimensions.
static unsigned countRowDimensions(linalg::LinalgOp op, tensor::ExtractOp extract) {
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  auto table = cast<RankedTensorType>(extract.getTensor().getType());
  unsigned count = 0;
  while (count < std::min<size_t>(ranges.size(), table.getRank())) {
    unsigned dim = ranges.size() - 1 - count, position = table.getRank() - 1 - count;
    auto index = extract.getIndices()[position].getDefiningOp<linalg::IndexOp>();
    if (!index || index.getDim() != dim || ShapedType::isDynamic(ranges[dim]) ||
        table.getDimSize(position) != ranges[dim])
      break;
    ++count;
  }
  // Shrink until nothing else depends on the dimensions taken as a row.
  for (; count > 0; --count) {
    Slice slice = collectSlice(*op.getBlock(), extract.getIndices().drop_back(count));
    unsigned firstDim = ranges.size() - count;
    bool isIndependent = llvm::all_of(slice.operations, [&](Operation *needed) {
      auto index = dyn_cast<linalg::IndexOp>(needed);
      return !index || index.getDim() < firstDim;
    });
    for (BlockArgument argument : slice.arguments) {
      AffineMap map = op.getMatchingIndexingMap(&op->getOpOperand(argument.getArgNumber()));
      for (unsigned dim = firstDim; dim < ranges.size(); ++dim)
        isIndependent &= !map.isFunctionOfDim(dim);
    }
    if (isIndependent)
      break;
  }
  return count;
}

/// Inside the loops: the indices at which the point reads the table, without the
/// trailing \p rowDims.
static SmallVector<Value> emitIndices(linalg::LinalgOp op, tensor::ExtractOp extract, ValueRange point,
                                      unsigned rowDims, OpBuilder &builder) {
  Location loc = extract.getLoc();
  Block &body = *op.getBlock();
  ValueRange indices = extract.getIndices().drop_back(rowDims);
  Slice slice = collectSlice(body, indices);
  // A row dimension is not looked at: any value serves for it.
  SmallVector<Value> dims(point);
  if (dims.size() < op.getNumLoops())
    dims.append(op.getNumLoops() - dims.size(), arith::ConstantIndexOp::create(builder, loc, 0));
  IRMapping mapping;
  for (BlockArgument argument : slice.arguments) {
    OpOperand &operand = op->getOpOperand(argument.getArgNumber());
    if (!isa<RankedTensorType>(operand.get().getType())) {
      mapping.map(argument, operand.get());
      continue;
    }
    AffineMap map = op.getMatchingIndexingMap(&operand);
    SmallVector<Value> position;
    for (AffineExpr result : map.getResults())
      position.push_back(affine::expandAffineExpr(builder, loc, result, dims, {}));
    mapping.map(argument, tensor::ExtractOp::create(builder, loc, operand.get(), position).getResult());
  }
  for (Operation *needed : slice.operations) {
    if (auto index = dyn_cast<linalg::IndexOp>(needed))
      mapping.map(index.getResult(), dims[index.getDim()]);
    else
      builder.clone(*needed, mapping);
  }
  return llvm::map_to_vector(indices, [&](Value index) { return mapping.lookupOrDefault(index); });
}

Value remat::emitScatterAdd(linalg::LinalgOp op, tensor::ExtractOp extract, Value cotangents, Value accumulator,
                            OpBuilder &builder) {
  OpBuilder::InsertionGuard guard(builder);
  Location loc = extract.getLoc();
  unsigned rowDims = countRowDimensions(op, extract);
  SmallVector<Range> ranges = op.createLoopRanges(builder, loc);
  unsigned loopDims = ranges.size() - rowDims;
  auto tableType = cast<RankedTensorType>(accumulator.getType());

  SmallVector<Value> point;
  Value current = accumulator;
  scf::ForOp outermost;
  for (Range range : ArrayRef(ranges).take_front(loopDims)) {
    Value lower = getValueOrCreateConstantIndexOp(builder, loc, range.offset);
    Value upper = getValueOrCreateConstantIndexOp(builder, loc, range.size);
    Value step = getValueOrCreateConstantIndexOp(builder, loc, range.stride);
    auto loop = scf::ForOp::create(builder, loc, lower, upper, step, current);
    if (outermost)
      scf::YieldOp::create(builder, loc, loop.getResults());
    else
      outermost = loop;
    point.push_back(loop.getInductionVar());
    current = loop.getRegionIterArg(0);
    builder.setInsertionPointToStart(loop.getBody());
  }

  SmallVector<Value> indices = emitIndices(op, extract, point, rowDims, builder);
  Value updated;
  if (rowDims == 0) {
    Value old = tensor::ExtractOp::create(builder, loc, current, indices);
    Value cotangent = tensor::ExtractOp::create(builder, loc, cotangents, point);
    Value sum = arith::AddFOp::create(builder, loc, old, cotangent);
    updated = tensor::InsertOp::create(builder, loc, sum, current, indices);
  } else {
    ArrayRef<int64_t> rowShape = tableType.getShape().take_back(rowDims);
    auto rowType = RankedTensorType::get(rowShape, tableType.getElementType());
    auto offsetsAndSizes = [&](ValueRange leading) {
      std::pair<SmallVector<OpFoldResult>, SmallVector<OpFoldResult>> slice;
      slice.first = getAsOpFoldResult(leading);
      slice.second.assign(leading.size(), builder.getIndexAttr(1));
      slice.first.append(rowDims, builder.getIndexAttr(0));
      llvm::append_range(slice.second, getAsIndexOpFoldResult(builder.getContext(), rowShape));
      return slice;
    };
    SmallVector<OpFoldResult> tableStrides(tableType.getRank(), builder.getIndexAttr(1));
    SmallVector<OpFoldResult> pointStrides(ranges.size(), builder.getIndexAttr(1));
    auto [tableOffsets, tableSizes] = offsetsAndSizes(indices);
    auto [pointOffsets, pointSizes] = offsetsAndSizes(point);
    Value old = tensor::ExtractSliceOp::create(builder, loc, rowType, current, tableOffsets, tableSizes, tableStrides);
    Value cotangent =
        tensor::ExtractSliceOp::create(builder, loc, rowType, cotangents, pointOffsets, pointSizes, pointStrides);
    Value sum = arith::AddFOp::create(builder, loc, old, cotangent);
    updated = tensor::InsertSliceOp::create(builder, loc, sum, current, tableOffsets, tableSizes, tableStrides);
  }
  if (!outermost)
    return updated;
  scf::YieldOp::create(builder, loc, updated);
  return outermost.getResult(0);
}
