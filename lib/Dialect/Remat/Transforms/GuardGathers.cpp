//===- GuardGathers.cpp - No index leaves its table ----------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An index that is read from an array outside all loops is checked there, once,
// with a message that says where in the array it stands. Any other index that
// might lie outside its table is clamped where it is used: a loop over a million
// steps has no good place to stop at, and reads nothing it must not read.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"

#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace remat {
#define GEN_PASS_DEF_GUARDGATHERSPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

//===----------------------------------------------------------------------===//
// What is known of an index
//===----------------------------------------------------------------------===//

/// True if \p index is below \p size by construction.
static bool isKnownInside(Value index, int64_t size) {
  if (std::optional<int64_t> constant = getConstantIntValue(index))
    return *constant >= 0 && *constant < size;
  if (auto loopIndex = index.getDefiningOp<linalg::IndexOp>()) {
    SmallVector<int64_t> ranges = cast<linalg::LinalgOp>(loopIndex->getParentOp()).getStaticLoopRanges();
    int64_t range = ranges[loopIndex.getDim()];
    return !ShapedType::isDynamic(range) && range <= size;
  }
  // What this pass emits.
  if (auto minimum = index.getDefiningOp<arith::MinSIOp>()) {
    std::optional<int64_t> upper = getConstantIntValue(minimum.getRhs());
    auto maximum = minimum.getLhs().getDefiningOp<arith::MaxSIOp>();
    std::optional<int64_t> lower = maximum ? getConstantIntValue(maximum.getRhs()) : std::nullopt;
    return upper && *upper < size && lower && *lower >= 0;
  }
  return false;
}

/// The integer that \p index is a sign-preserving conversion of.
static Value skipConversions(Value index) {
  while (Operation *op = index.getDefiningOp()) {
    if (!isa<arith::IndexCastOp, arith::ExtSIOp>(op))
      break;
    index = op->getOperand(0);
  }
  return index;
}

namespace {
/// An array that holds indices, and the place where it is known for the first
/// time: outside all recurrences.
struct IndexArray {
  Value array;
  Operation *before;
};
} // namespace

/// The array of indices, outside all recurrences, that \p index is read from at
/// every point of the operation in whose body it is used.
static std::optional<IndexArray> findIndexArray(Value index, linalg::LinalgOp op) {
  auto element = dyn_cast<BlockArgument>(skipConversions(index));
  if (!element || element.getOwner() != op.getBlock())
    return std::nullopt;
  OpOperand &operand = op->getOpOperand(element.getArgNumber());
  if (!op.isDpsInput(&operand) || !op.getMatchingIndexingMap(&operand).isProjectedPermutation())
    return std::nullopt;

  Value array = operand.get();
  Operation *user = op;
  while (true) {
    auto recurrence = dyn_cast<RecurrenceOp>(user->getParentOp());
    if (!recurrence)
      break;
    // A scan element stands for the scan; a value from outside stands for itself.
    if (auto argument = dyn_cast<BlockArgument>(array); argument && argument.getOwner() == &recurrence.getStep()) {
      unsigned number = argument.getArgNumber(), first = 1 + recurrence.getInits().size();
      if (number < first)
        return std::nullopt;
      array = recurrence.getScans()[number - first];
    } else if (recurrence.getBody().isAncestor(array.getParentRegion())) {
      return std::nullopt;
    }
    user = recurrence;
  }
  auto type = dyn_cast<RankedTensorType>(array.getType());
  if (!type || type.getRank() == 0 || !isa<FunctionOpInterface>(user->getParentOp()))
    return std::nullopt;
  Type integer = type.getElementType();
  if (!integer.isIndex() && !llvm::is_contained({8u, 16u, 32u, 64u}, integer.getIntOrFloatBitWidth()))
    return std::nullopt;
  return IndexArray{array, user};
}

//===----------------------------------------------------------------------===//
// Guards
//===----------------------------------------------------------------------===//

namespace {
/// Guards the indices of one function.
class Guards {
public:
  /// Makes sure that \p index, an operand of \p op, lies below the extent of \p
  /// table in \p dim less \p extent - 1.
  void guard(OpOperand &index, Value table, int64_t dim, OpFoldResult extent);

private:
  bool checkBefore(OpOperand &index, Value table, int64_t dim);
  void clamp(OpOperand &index, Value table, int64_t dim, OpFoldResult extent);

  /// The checks that are there already: place, array, limit.
  SmallVector<std::tuple<Operation *, Value, int64_t>> checks;
};

struct GuardGathersPass final : remat::impl::GuardGathersPassBase<GuardGathersPass> {
  using Base::Base;

  void runOnOperation() override {
    for (auto function : getOperation().getOps<FunctionOpInterface>()) {
      Guards guards;
      function->walk([&](Operation *op) { guardIn(op, guards); });
    }
  }

private:
  static void guardIn(Operation *op, Guards &guards);
};
} // namespace

/// Checks the whole array that the index is read from. Only for tables of a
/// static size: the size of any other may not be known there.
bool Guards::checkBefore(OpOperand &index, Value table, int64_t dim) {
  auto op = dyn_cast<linalg::LinalgOp>(index.getOwner()->getParentOp());
  int64_t limit = cast<RankedTensorType>(table.getType()).getDimSize(dim);
  if (!op || ShapedType::isDynamic(limit))
    return false;
  std::optional<IndexArray> source = findIndexArray(index.get(), op);
  if (!source)
    return false;
  if (llvm::is_contained(checks, std::make_tuple(source->before, source->array, limit)))
    return true;
  OpBuilder builder(source->before);
  Location loc = index.getOwner()->getLoc();
  CheckIndicesOp::create(builder, loc, source->array, arith::ConstantIndexOp::create(builder, loc, limit));
  checks.emplace_back(source->before, source->array, limit);
  return true;
}

void Guards::clamp(OpOperand &index, Value table, int64_t dim, OpFoldResult extent) {
  OpBuilder builder(index.getOwner());
  Location loc = index.getOwner()->getLoc();
  Value size = builder.createOrFold<tensor::DimOp>(loc, table, dim);
  Value last = builder.createOrFold<arith::SubIOp>(loc, size, getValueOrCreateConstantIndexOp(builder, loc, extent));
  Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
  Value notNegative = arith::MaxSIOp::create(builder, loc, index.get(), zero);
  index.set(arith::MinSIOp::create(builder, loc, notNegative, last));
}

void Guards::guard(OpOperand &index, Value table, int64_t dim, OpFoldResult extent) {
  int64_t size = cast<RankedTensorType>(table.getType()).getDimSize(dim);
  std::optional<int64_t> taken = getConstantIntValue(extent);
  if (!ShapedType::isDynamic(size) && taken && isKnownInside(index.get(), size - *taken + 1))
    return;
  if (taken != 1 || !checkBefore(index, table, dim))
    clamp(index, table, dim, extent);
}

/// Guards the dynamic offsets of a slice of \p whole.
template <typename OpT>
static void guardSlice(OpT slice, Value whole, Guards &guards) {
  unsigned number = slice.getOffsetSizeAndStrideStartOperandIndex();
  for (auto [dim, offset] : llvm::enumerate(slice.getStaticOffsets()))
    if (ShapedType::isDynamic(offset)) {
      // A stride spreads the slice: it reaches (size - 1) * stride + 1 elements.
      OpFoldResult extent = slice.getMixedSizes()[dim];
      std::optional<int64_t> size = getConstantIntValue(extent);
      std::optional<int64_t> stride = getConstantIntValue(slice.getMixedStrides()[dim]);
      if (size && stride)
        extent = OpBuilder(slice).getIndexAttr((*size - 1) * *stride + 1);
      guards.guard(slice->getOpOperand(number++), whole, dim, extent);
    }
}

void GuardGathersPass::guardIn(Operation *op, Guards &guards) {
  OpFoldResult one = OpBuilder(op->getContext()).getIndexAttr(1);
  if (auto extract = dyn_cast<tensor::ExtractOp>(op)) {
    for (auto [dim, index] : llvm::enumerate(extract.getIndicesMutable()))
      guards.guard(index, extract.getTensor(), dim, one);
  } else if (auto insert = dyn_cast<tensor::InsertOp>(op)) {
    for (auto [dim, index] : llvm::enumerate(insert.getIndicesMutable()))
      guards.guard(index, insert.getDest(), dim, one);
  } else if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op)) {
    guardSlice(slice, slice.getSource(), guards);
  } else if (auto slice = dyn_cast<tensor::InsertSliceOp>(op)) {
    guardSlice(slice, slice.getDest(), guards);
  }
}
