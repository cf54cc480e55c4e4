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

#include "GatherAdjoint.h"
#include "LinalgAdjoint.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace remat;

namespace {
/// Emits the loops for one extraction.
class ScatterAdd {
public:
  ScatterAdd(linalg::LinalgOp op, Value element, Value cotangents, OpBuilder &builder)
      : op(op), cotangents(cotangents), builder(builder), loc(element.getLoc()) {
    SmallVector<Block *> branches;
    extract = getGuardedExtract(element, branches);
    blocks.push_back(op.getBlock());
    llvm::append_range(blocks, branches);
    rowDims = countRowDimensions();
    slice = collectSlice(rowDims);
  }

  Value emit(Value accumulator);

private:
  /// What of the body and of the branches the extraction needs: operations, operands
  /// first, and arguments.
  struct Slice {
    SetVector<Operation *> operations;
    SetVector<BlockArgument> arguments;
  };

  Slice collectSlice(unsigned rowDims);
  unsigned countRowDimensions();
  /// The condition that the block at \p depth stands under.
  Value getCondition(size_t depth) { return cast<scf::IfOp>(blocks[depth]->getParentOp()).getCondition(); }
  void emitOperations(size_t depth, IRMapping &mapping, ArrayRef<Value> dims);
  Value emitPoint(size_t depth, IRMapping &mapping, ArrayRef<Value> point, ArrayRef<Value> dims, Value current);
  Value emitUpdate(IRMapping &mapping, ArrayRef<Value> point, Value current);

  linalg::LinalgOp op;
  tensor::ExtractOp extract;
  Value cotangents;
  OpBuilder &builder;
  Location loc;
  /// The body, and the branches around the extraction, outermost first.
  SmallVector<Block *> blocks;
  /// How many trailing dimensions are a row.
  unsigned rowDims;
  Slice slice;
};
} // namespace

/// What the conditions and the indices without the trailing \p rowDims depend on.
ScatterAdd::Slice ScatterAdd::collectSlice(unsigned rowDims) {
  Slice collected;
  auto visit = [&](auto &self, Value value) -> void {
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      if (argument.getOwner() == blocks.front())
        collected.arguments.insert(argument);
      return;
    }
    Operation *definition = value.getDefiningOp();
    if (!llvm::is_contained(blocks, definition->getBlock()) || collected.operations.contains(definition))
      return;
    for (Value input : getInputs(definition))
      self(self, input);
    collected.operations.insert(definition);
  };
  for (size_t depth = 1; depth < blocks.size(); ++depth)
    visit(visit, getCondition(depth));
  for (Value index : extract.getIndices().drop_back(rowDims))
    visit(visit, index);
  return collected;
}

/// How many trailing indices are `linalg.index` of the trailing dimensions of the
/// iteration space, over the whole of the table's dimension, while the other indices
/// and the conditions do not depend on these dimensions.
unsigned ScatterAdd::countRowDimensions() {
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
    Slice rest = collectSlice(count);
    unsigned firstDim = ranges.size() - count;
    bool isIndependent = llvm::all_of(rest.operations, [&](Operation *needed) {
      auto index = dyn_cast<linalg::IndexOp>(needed);
      return !index || index.getDim() < firstDim;
    });
    for (BlockArgument argument : rest.arguments) {
      AffineMap map = op.getMatchingIndexingMap(&op->getOpOperand(argument.getArgNumber()));
      for (unsigned dim = firstDim; dim < ranges.size(); ++dim)
        isIndependent &= !map.isFunctionOfDim(dim);
    }
    if (isIndependent)
      break;
  }
  return count;
}

/// Copies what is needed of the block at \p depth, at the point \p dims.
void ScatterAdd::emitOperations(size_t depth, IRMapping &mapping, ArrayRef<Value> dims) {
  for (Operation *needed : slice.operations) {
    if (needed->getBlock() != blocks[depth])
      continue;
    if (auto index = dyn_cast<linalg::IndexOp>(needed))
      mapping.map(index.getResult(), dims[index.getDim()]);
    else
      builder.clone(*needed, mapping);
  }
}

/// Adds what \p point contributes: the element or row, where the conditions hold.
Value ScatterAdd::emitPoint(size_t depth, IRMapping &mapping, ArrayRef<Value> point, ArrayRef<Value> dims,
                            Value current) {
  emitOperations(depth, mapping, dims);
  if (depth + 1 == blocks.size())
    return emitUpdate(mapping, point, current);
  Value condition = mapping.lookupOrDefault(getCondition(depth + 1));
  auto guarded = scf::IfOp::create(builder, loc, current.getType(), condition, /*addThenBlock=*/true,
                                   /*addElseBlock=*/true);
  Block *taken = guarded.thenBlock(), *other = guarded.elseBlock();
  if (blocks[depth + 1] != cast<scf::IfOp>(blocks[depth + 1]->getParentOp()).thenBlock())
    std::swap(taken, other);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(other);
  scf::YieldOp::create(builder, loc, current);
  builder.setInsertionPointToEnd(taken);
  scf::YieldOp::create(builder, loc, emitPoint(depth + 1, mapping, point, dims, current));
  return guarded.getResult(0);
}

Value ScatterAdd::emitUpdate(IRMapping &mapping, ArrayRef<Value> point, Value current) {
  auto tableType = cast<RankedTensorType>(current.getType());
  SmallVector<Value> indices = llvm::map_to_vector(extract.getIndices().drop_back(rowDims),
                                                   [&](Value index) { return mapping.lookupOrDefault(index); });
  if (rowDims == 0) {
    Value old = tensor::ExtractOp::create(builder, loc, current, indices);
    Value cotangent = tensor::ExtractOp::create(builder, loc, cotangents, point);
    Value sum = arith::AddFOp::create(builder, loc, old, cotangent);
    return tensor::InsertOp::create(builder, loc, sum, current, indices);
  }
  // A check stands in front of the read and fails, so nothing comes here; the slice would not even be valid.
  for (auto [index, extent] : llvm::zip(indices, tableType.getShape()))
    if (std::optional<int64_t> row = getConstantIntValue(index);
        row && (*row < 0 || (!ShapedType::isDynamic(extent) && *row >= extent)))
      return current;
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
  SmallVector<OpFoldResult> pointStrides(point.size() + rowDims, builder.getIndexAttr(1));
  auto [tableOffsets, tableSizes] = offsetsAndSizes(indices);
  auto [pointOffsets, pointSizes] = offsetsAndSizes(point);
  Value old = tensor::ExtractSliceOp::create(builder, loc, rowType, current, tableOffsets, tableSizes, tableStrides);
  Value cotangent =
      tensor::ExtractSliceOp::create(builder, loc, rowType, cotangents, pointOffsets, pointSizes, pointStrides);
  Value sum = arith::AddFOp::create(builder, loc, old, cotangent);
  return tensor::InsertSliceOp::create(builder, loc, sum, current, tableOffsets, tableSizes, tableStrides);
}

Value ScatterAdd::emit(Value accumulator) {
  OpBuilder::InsertionGuard guard(builder);
  SmallVector<Range> ranges = op.createLoopRanges(builder, loc);
  SmallVector<Value> point;
  Value current = accumulator;
  scf::ForOp outermost;
  for (Range range : ArrayRef(ranges).drop_back(rowDims)) {
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

  // A row dimension is not looked at: any value serves for it.
  SmallVector<Value> dims(point);
  if (rowDims != 0)
    dims.append(rowDims, arith::ConstantIndexOp::create(builder, loc, 0));
  IRMapping mapping;
  for (BlockArgument argument : slice.arguments) {
    OpOperand &operand = op->getOpOperand(argument.getArgNumber());
    if (!isa<RankedTensorType>(operand.get().getType())) {
      mapping.map(argument, operand.get());
      continue;
    }
    SmallVector<Value> position;
    for (AffineExpr result : op.getMatchingIndexingMap(&operand).getResults())
      position.push_back(affine::expandAffineExpr(builder, loc, result, dims, {}));
    mapping.map(argument, tensor::ExtractOp::create(builder, loc, operand.get(), position).getResult());
  }
  Value updated = emitPoint(/*depth=*/0, mapping, point, dims, current);
  if (!outermost)
    return updated;
  scf::YieldOp::create(builder, loc, updated);
  outermost->setAttr(gatherAdjointAttrName, builder.getUnitAttr());
  return outermost.getResult(0);
}

Value remat::emitScatterAdd(linalg::LinalgOp op, Value element, Value cotangents, Value accumulator,
                            OpBuilder &builder) {
  return ScatterAdd(op, element, cotangents, builder).emit(accumulator);
}
