//===- GuardExtents.cpp - Extents agree where memory is read --- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A type with a dynamic extent promises nothing: two arrays of one type may have as
// many elements as they like. Every operation that would read or write outside of an
// operand if its extents disagreed gets a check in front, once per call or where the
// extent becomes known. An extent is followed to where it comes from, so that what is
// computed from one array is not compared with itself.
//
//===----------------------------------------------------------------------===//

#include "../Source/ExtentOrigin.h"
#include "../Source/GuardSteps.h"
#include "../Source/WrittenName.h"
#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"

#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/ADT/SmallBitVector.h"
#include "llvm/Support/MathExtras.h"

namespace remat {
#define GEN_PASS_DEF_GUARDEXTENTSPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

static constexpr int64_t unlimited = std::numeric_limits<int64_t>::max();

namespace {
/// Writes the checks of one operation in front of it.
class ExtentGuard {
public:
  explicit ExtentGuard(Operation *op)
      : op(op), builder(op), loc(op->getLoc()), name("'" + getWrittenName(op).str() + "'") {
    if (auto loop = op->getParentOfType<RecurrenceOp>())
      step = loop.getStep().getArgument(0);
  }

  void run();

private:
  void guardStructured(linalg::LinalgOp structured);
  void guardComputedPlaces(linalg::LinalgOp structured, ArrayRef<std::optional<ExtentOrigin>> ranges);
  void guardElementwise();
  void guardCast(tensor::CastOp cast);
  void guardExpansion(tensor::ExpandShapeOp expand);
  void expectProduct(ArrayRef<OpFoldResult> sizes, OpFoldResult total, const Twine &what);
  void guardReshape(tensor::ReshapeOp reshape);
  void guardConcat(tensor::ConcatOp concat);
  void guardLoop(RecurrenceOp loop);
  template <typename OpT>
  void guardSlice(OpT slice, Value whole);
  template <typename OpT>
  void replaceOutside(OpT slice, Value whole);
  void guardSizes(ValueRange sizes, StringRef what);

  /// Checks that extents of two places are the same.
  void expectEqual(ExtentOrigin got, ExtentOrigin expected, const Twine &what);
  void expectSameShape(Value got, Value expected, const Twine &what);
  void expectInRange(OpFoldResult got, OpFoldResult least, OpFoldResult most, const Twine &what);

  Value materialize(OpFoldResult value) { return getValueOrCreateConstantIndexOp(builder, loc, value); }
  Value constant(int64_t value) { return arith::ConstantIndexOp::create(builder, loc, value); }
  std::string describeOperand(OpOperand &operand, int64_t axis) const {
    return ("extent " + Twine(axis) + " of operand #" + Twine(operand.getOperandNumber()) + " of " + name).str();
  }

  Operation *op;
  OpBuilder builder;
  Location loc;
  std::string name;
  Value step;
};
} // namespace

void ExtentGuard::expectInRange(OpFoldResult got, OpFoldResult least, OpFoldResult most, const Twine &what) {
  std::optional<int64_t> value = getConstantIntValue(got), low = getConstantIntValue(least),
                         high = getConstantIntValue(most);
  if (value && low && high && *value >= *low && *value <= *high)
    return;
  CheckRangeOp::create(builder, loc, materialize(got), materialize(least), materialize(most), step, what.str());
}

void ExtentGuard::expectEqual(ExtentOrigin got, ExtentOrigin expected, const Twine &what) {
  if (got == expected)
    return;
  OpFoldResult bound = expected.materialize(builder, loc);
  expectInRange(got.materialize(builder, loc), bound, bound, what);
}

void ExtentGuard::expectSameShape(Value got, Value expected, const Twine &what) {
  auto type = cast<RankedTensorType>(got.getType());
  for (int64_t axis = 0; axis < type.getRank(); ++axis)
    expectEqual(ExtentOrigin::of(got, axis), ExtentOrigin::of(expected, axis), "extent " + Twine(axis) + " of " + what);
}

/// Every operand has as many elements along a loop as the first one that has an axis
/// for it.
void ExtentGuard::guardStructured(linalg::LinalgOp structured) {
  if (!structured.hasPureTensorSemantics())
    return;
  SmallVector<std::optional<ExtentOrigin>> ranges(structured.getNumLoops());
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<RankedTensorType>(operand.get().getType()))
      continue;
    for (auto [axis, place] : llvm::enumerate(structured.getMatchingIndexingMap(&operand).getResults())) {
      auto loop = dyn_cast<AffineDimExpr>(place);
      if (!loop)
        continue;
      ExtentOrigin extent = ExtentOrigin::of(operand.get(), axis);
      std::optional<ExtentOrigin> &range = ranges[loop.getPosition()];
      if (!range)
        range = extent;
      else
        expectEqual(extent, *range, describeOperand(operand, axis));
    }
  }
  guardComputedPlaces(structured, ranges);
}

/// Where a place is computed from several loops, as in a convolution, its first and its
/// last one have to lie inside.
void ExtentGuard::guardComputedPlaces(linalg::LinalgOp structured, ArrayRef<std::optional<ExtentOrigin>> ranges) {
  auto getRange = [&](unsigned loop) {
    return ranges[loop] ? ranges[loop]->materialize(builder, loc) : OpFoldResult(builder.getIndexAttr(1));
  };
  auto isFixed = [&](OpOperand &operand, int64_t axis, AffineExpr place) {
    if (structured.getShape(&operand)[axis] == ShapedType::kDynamic)
      return false;
    return llvm::all_of(llvm::seq<unsigned>(ranges.size()), [&](unsigned loop) {
      return !place.isFunctionOfDim(loop) || structured.getStaticLoopRanges()[loop] != ShapedType::kDynamic;
    });
  };
  Value zero = constant(0), one = constant(1);
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<RankedTensorType>(operand.get().getType()))
      continue;
    for (auto [axis, place] : llvm::enumerate(structured.getMatchingIndexingMap(&operand).getResults())) {
      if (isa<AffineDimExpr>(place) || isFixed(operand, axis, place))
        continue;
      // No place is read where a loop has no turn.
      Value isRun = arith::ConstantIntOp::create(builder, loc, 1, /*width=*/1);
      SmallVector<Value> begins(ranges.size(), zero), ends;
      for (unsigned loop = 0; loop < ranges.size(); ++loop) {
        Value range = materialize(getRange(loop));
        ends.push_back(builder.createOrFold<arith::SubIOp>(loc, range, one));
        Value hasTurn = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::sgt, range, zero);
        isRun = builder.createOrFold<arith::AndIOp>(loc, isRun, hasTurn);
      }
      Value extent = materialize(ExtentOrigin::of(operand.get(), axis).materialize(builder, loc));
      Value last = builder.createOrFold<arith::SubIOp>(loc, extent, one);
      Value most = arith::SelectOp::create(builder, loc, isRun, last, zero);
      for (ArrayRef<Value> point : {ArrayRef<Value>(begins), ArrayRef<Value>(ends)}) {
        Value read = affine::expandAffineExpr(builder, loc, place, point, {});
        Value got = arith::SelectOp::create(builder, loc, isRun, read, zero);
        expectInRange(got, zero, most,
                      "place along axis " + Twine(axis) + " of operand #" + Twine(operand.getOperandNumber()) + " of " +
                          name);
      }
    }
  }
}

void ExtentGuard::guardElementwise() {
  Value first;
  for (OpOperand &operand : op->getOpOperands()) {
    auto type = dyn_cast<RankedTensorType>(operand.get().getType());
    if (!type)
      continue;
    if (!first)
      first = operand.get();
    else
      for (int64_t axis = 0; axis < type.getRank(); ++axis)
        expectEqual(ExtentOrigin::of(operand.get(), axis), ExtentOrigin::of(first, axis),
                    describeOperand(operand, axis));
  }
}

void ExtentGuard::guardCast(tensor::CastOp cast) {
  auto source = dyn_cast<RankedTensorType>(cast.getSource().getType());
  auto result = dyn_cast<RankedTensorType>(cast.getType());
  if (!source || !result)
    return;
  for (int64_t axis = 0; axis < result.getRank(); ++axis)
    if (!result.isDynamicDim(axis))
      expectEqual(ExtentOrigin::of(cast.getSource(), axis),
                  ExtentOrigin::of(OpFoldResult(builder.getIndexAttr(result.getDimSize(axis)))),
                  "extent " + Twine(axis) + " of the operand of " + name);
}

/// Checks that \p sizes, which are positive or zero, have \p total elements together.
/// Each is small enough for the product not to overflow.
void ExtentGuard::expectProduct(ArrayRef<OpFoldResult> sizes, OpFoldResult total, const Twine &what) {
  int64_t numDynamic = llvm::count_if(sizes, [](OpFoldResult size) { return !getConstantIntValue(size); });
  int64_t bits = 62;
  for (OpFoldResult size : sizes)
    if (std::optional<int64_t> constant = getConstantIntValue(size))
      bits -= llvm::Log2_64_Ceil(std::max<int64_t>(*constant, 1));
  int64_t most = int64_t(1) << std::max<int64_t>(bits / std::max<int64_t>(numDynamic, 1), 0);
  Value product = constant(1);
  for (auto [number, size] : llvm::enumerate(sizes)) {
    expectInRange(size, builder.getIndexAttr(0), builder.getIndexAttr(most),
                  "extent " + Twine(number) + " of the shape of " + name);
    product = builder.createOrFold<arith::MulIOp>(loc, product, materialize(size));
  }
  expectInRange(product, total, total, what);
}

/// Each group has as many elements as the extent that it stands for.
void ExtentGuard::guardExpansion(tensor::ExpandShapeOp expand) {
  SmallVector<OpFoldResult> sizes = getMixedValues(expand.getStaticOutputShape(), expand.getOutputShape(), builder);
  for (auto [axis, group] : llvm::enumerate(expand.getReassociationIndices())) {
    ExtentOrigin whole = ExtentOrigin::of(expand.getSrc(), axis);
    if (group.size() == 1) {
      expectEqual(ExtentOrigin::of(sizes[group[0]]), whole, "extent " + Twine(group[0]) + " of the result of " + name);
      continue;
    }
    auto parts = llvm::map_to_vector(group, [&](int64_t part) { return sizes[part]; });
    expectProduct(parts, whole.materialize(builder, loc),
                  "number of elements that " + name + " makes of axis " + Twine(axis));
  }
}

void ExtentGuard::guardReshape(tensor::ReshapeOp reshape) {
  auto source = dyn_cast<RankedTensorType>(reshape.getSource().getType());
  auto result = dyn_cast<RankedTensorType>(reshape.getResult().getType());
  if (!source || !result)
    return;
  Value total = constant(1);
  for (int64_t axis = 0; axis < source.getRank(); ++axis) {
    Value extent = materialize(ExtentOrigin::of(reshape.getSource(), axis).materialize(builder, loc));
    total = builder.createOrFold<arith::MulIOp>(loc, total, extent);
  }
  SmallVector<OpFoldResult> sizes;
  for (int64_t axis = 0; axis < result.getRank(); ++axis) {
    Value size = tensor::ExtractOp::create(builder, loc, reshape.getShape(), constant(axis));
    if (!size.getType().isIndex())
      size = arith::IndexCastOp::create(builder, loc, builder.getIndexType(), size);
    sizes.push_back(size);
    if (!result.isDynamicDim(axis))
      expectEqual(ExtentOrigin::of(OpFoldResult(size)),
                  ExtentOrigin::of(OpFoldResult(builder.getIndexAttr(result.getDimSize(axis)))),
                  "extent " + Twine(axis) + " of the result of " + name);
  }
  expectProduct(sizes, total, "number of elements of the result of " + name);
}

void ExtentGuard::guardConcat(tensor::ConcatOp concat) {
  for (OpOperand &operand : op->getOpOperands().drop_front())
    for (int64_t axis = 0; axis < concat.getResultType().getRank(); ++axis)
      if (axis != int64_t(concat.getDim()))
        expectEqual(ExtentOrigin::of(operand.get(), axis), ExtentOrigin::of(concat.getInputs()[0], axis),
                    describeOperand(operand, axis));
}

void ExtentGuard::guardLoop(RecurrenceOp loop) {
  ExtentOrigin count = ExtentOrigin::of(OpFoldResult(loop.getCount()));
  for (auto [number, scan] : llvm::enumerate(loop.getScans()))
    expectEqual(ExtentOrigin::of(scan, 0), count, "extent 0 of scan #" + Twine(number) + " of " + name);
}

/// A slice whose size or stride is known at run time only. One of which only the
/// offset is dynamic is the business of remat-guard-gathers, which checks all steps of
/// a loop at once.
/// Whether elements of a slice are among \p extent; none may begin behind the last one.
static bool isInside(int64_t offset, int64_t size, int64_t stride, int64_t extent) {
  if (size < 0 || stride < 1 || offset < 0 || offset > extent || size > extent)
    return false;
  __extension__ using Wide = __int128;
  return size == 0 || Wide(offset) + Wide(size - 1) * stride < extent;
}

template <typename OpT>
void ExtentGuard::guardSlice(OpT slice, Value whole) {
  if constexpr (std::is_same_v<OpT, tensor::InsertSliceOp>) {
    // What is put there has the size that is said.
    llvm::SmallBitVector dropped = slice.getDroppedDims();
    int64_t axis = 0;
    for (auto [dim, size] : llvm::enumerate(slice.getMixedSizes()))
      if (!dropped.test(dim)) {
        expectEqual(ExtentOrigin::of(slice.getSource(), axis), ExtentOrigin::of(size),
                    "extent " + Twine(axis) + " of the source of " + name);
        ++axis;
      }
  }
  Value one = constant(1), zero = constant(0);
  bool isOutside = false;
  for (int64_t dim = 0; dim < int64_t(slice.getMixedSizes().size()); ++dim) {
    OpFoldResult size = slice.getMixedSizes()[dim], stride = slice.getMixedStrides()[dim],
                 offset = slice.getMixedOffsets()[dim];
    ExtentOrigin origin = ExtentOrigin::of(whole, dim);
    bool isStatic = getConstantIntValue(size) && getConstantIntValue(stride);
    bool isWhole = getConstantIntValue(offset) == 0 && getConstantIntValue(stride) == 1;
    bool isKnown = isStatic && getConstantIntValue(offset) && origin.getConstant();
    // Wherever such a slice begins.
    bool isNone = isStatic && (*getConstantIntValue(size) < 0 || *getConstantIntValue(stride) < 1);
    if (isKnown)
      isOutside |= !isInside(*getConstantIntValue(offset), *getConstantIntValue(size), *getConstantIntValue(stride),
                             *origin.getConstant());
    isOutside |= isNone;
    if ((isWhole && ExtentOrigin::of(size) == origin) || (isKnown && !isOutside) ||
        (isStatic && !isNone && !getConstantIntValue(offset)))
      continue;
    std::string of = (" " + Twine(dim) + " of " + name).str();
    Value extent = materialize(origin.materialize(builder, loc)), taken = materialize(size);
    auto subtract = [&](Value left, Value right) { return builder.createOrFold<arith::SubIOp>(loc, left, right); };
    auto select = [&](Value condition, Value yes, Value no) {
      return builder.createOrFold<arith::SelectOp>(loc, condition, yes, no);
    };
    auto compare = [&](arith::CmpIPredicate predicate, Value left, Value right) {
      return builder.createOrFold<arith::CmpIOp>(loc, predicate, left, right);
    };
    expectInRange(size, zero, extent, "size" + of);
    // One element needs no stride, and nothing divides by zero.
    Value gaps = subtract(taken, one), last = subtract(extent, one);
    Value isSpread = compare(arith::CmpIPredicate::sgt, gaps, zero);
    if (getConstantIntValue(stride) != 1) {
      Value most = builder.createOrFold<arith::DivSIOp>(loc, last, select(isSpread, gaps, one));
      expectInRange(stride, one, select(isSpread, most, constant(unlimited)), "stride" + of);
    }
    Value reach = builder.createOrFold<arith::MulIOp>(loc, gaps, materialize(stride));
    // Nothing may begin behind the last element.
    Value end = select(compare(arith::CmpIPredicate::eq, taken, zero), extent, last);
    expectInRange(offset, zero, subtract(end, select(isSpread, reach, zero)), "offset" + of);
  }
  if (isOutside)
    replaceOutside(slice, whole);
}

/// Numbers say that \p slice is outside of its tensor. A check fails in front of it, and no simplification
/// may take it for a slice: of one that MLIR would refuse if the numbers were attributes, its patterns make invalid
/// ones.
template <typename OpT>
void ExtentGuard::replaceOutside(OpT slice, Value whole) {
  Value replacement = whole;
  if constexpr (std::is_same_v<OpT, tensor::ExtractSliceOp>) {
    llvm::SmallBitVector dropped = slice.getDroppedDims();
    SmallVector<OpFoldResult> sizes;
    for (auto [dim, size] : llvm::enumerate(slice.getMixedSizes()))
      if (!dropped.test(dim))
        sizes.push_back(getConstantIntValue(size).value_or(0) < 0 ? OpFoldResult(builder.getIndexAttr(0)) : size);
    Value empty = tensor::EmptyOp::create(builder, loc, sizes, slice.getType().getElementType());
    replacement = builder.createOrFold<tensor::CastOp>(loc, slice.getType(), empty);
  }
  slice.replaceAllUsesWith(replacement);
  slice.erase();
}

void ExtentGuard::guardSizes(ValueRange sizes, StringRef what) {
  for (auto [number, size] : llvm::enumerate(sizes))
    // An extent of an array is never negative.
    if (!ExtentOrigin::of(OpFoldResult(size)).isAxis())
      expectInRange(size, builder.getIndexAttr(0), builder.getIndexAttr(unlimited),
                    what + " #" + Twine(number) + " of " + name);
}

/// True if all that \p op reads and writes has extents that its types say.
static bool isStatic(Operation *op) {
  auto known = [](Type type) {
    auto shaped = dyn_cast<RankedTensorType>(type);
    return !shaped || shaped.hasStaticShape();
  };
  auto slice = dyn_cast<OffsetSizeAndStrideOpInterface>(op);
  bool isKnown = !slice || (slice.getSizes().empty() && slice.getStrides().empty());
  return isKnown && llvm::all_of(op->getOperandTypes(), known) && llvm::all_of(op->getResultTypes(), known);
}

void ExtentGuard::run() {
  if (auto structured = dyn_cast<linalg::LinalgOp>(op))
    return guardStructured(structured);
  if (auto cast = dyn_cast<tensor::CastOp>(op))
    return guardCast(cast);
  if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op))
    return guardExpansion(expand);
  if (auto reshape = dyn_cast<tensor::ReshapeOp>(op))
    return guardReshape(reshape);
  if (auto concat = dyn_cast<tensor::ConcatOp>(op))
    return guardConcat(concat);
  if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op))
    return guardSlice(slice, slice.getSource());
  if (auto slice = dyn_cast<tensor::InsertSliceOp>(op))
    return guardSlice(slice, slice.getDest());
  if (auto empty = dyn_cast<tensor::EmptyOp>(op))
    return guardSizes(empty.getDynamicSizes(), "extent");
  if (auto splat = dyn_cast<tensor::SplatOp>(op))
    return guardSizes(splat.getDynamicSizes(), "extent");
  if (auto generate = dyn_cast<tensor::GenerateOp>(op))
    return guardSizes(generate.getDynamicExtents(), "extent");
  if (auto pad = dyn_cast<tensor::PadOp>(op)) {
    guardSizes(pad.getLow(), "low padding");
    return guardSizes(pad.getHigh(), "high padding");
  }
  if (auto softmax = dyn_cast<linalg::SoftmaxOp>(op))
    return expectSameShape(softmax.getInput(), softmax.getOutput(), "the operand of " + Twine(name));
  if (auto loop = dyn_cast<RecurrenceOp>(op))
    return guardLoop(loop);
  if (OpTrait::hasElementwiseMappableTraits(op))
    guardElementwise();
}

namespace {
struct GuardExtentsPass final : remat::impl::GuardExtentsPassBase<GuardExtentsPass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<Operation *> guarded;
    getOperation().walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (isStatic(op))
        op->removeDiscardableAttr(writtenAsAttrName);
      else
        guarded.push_back(op);
      // What a body of a structured operation computes on are elements.
      return isa<linalg::LinalgOp>(op) ? WalkResult::skip() : WalkResult::advance();
    });
    SmallVector<LoopLikeOpInterface> loops;
    getOperation().walk([&](LoopLikeOpInterface loop) { loops.push_back(loop); });
    for (LoopLikeOpInterface loop : loops)
      if (failed(guardSteps(loop)))
        return signalPassFailure();
    for (Operation *op : guarded) {
      ExtentGuard guard(op);
      op->removeDiscardableAttr(writtenAsAttrName);
      guard.run();
    }
  }
};
} // namespace
