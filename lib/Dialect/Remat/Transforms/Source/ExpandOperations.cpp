//===- ExpandOperations.cpp - Without a rule or a buffer form --- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Some operations of the dialects that programs are written in say no more than a few
// simpler ones. They are written out before anything else looks at the program, so
// that guards, rules, fusion and kernels see what they know already. What has a rule of
// its own is decomposed after differentiation (DecomposeOperations.cpp).
//
//===----------------------------------------------------------------------===//

#include "DefineEmpties.h"
#include "ExpandSwitches.h"
#include "RankReducedSlices.h"
#include "WrittenName.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace remat {
#define GEN_PASS_DEF_EXPANDOPERATIONSPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

/// \p scalar, a number of the element type of \p like, in each of its elements; null for
/// a tensor whose extents only run time knows.
static TypedAttr getSplat(Type like, TypedAttr scalar) {
  auto shaped = dyn_cast<ShapedType>(like);
  if (!shaped)
    return scalar;
  return DenseElementsAttr::get(shaped, ArrayRef<Attribute>(scalar));
}

static Value createConstant(OpBuilder &builder, Location loc, Type like, TypedAttr scalar) {
  return arith::ConstantOp::create(builder, loc, getSplat(like, scalar));
}

static Value createInteger(OpBuilder &builder, Location loc, Type like, int64_t number) {
  return createConstant(builder, loc, like, builder.getIntegerAttr(getElementTypeOrSelf(like), number));
}

static bool hasStaticShape(Type type) {
  auto shaped = dyn_cast<ShapedType>(type);
  return !shaped || shaped.hasStaticShape();
}

/// An operation on whole tensors with a dynamic extent has no constants of their shape:
/// it becomes the same operation on elements first. So do comparisons and exclusive or, which upstream folds to
/// such a constant where the operands are equal; the extent would be lost.
static bool needsElements(Operation *op) { return !hasStaticShape(op->getOperand(0).getType()); }

namespace {
/// Writes an element-wise operation on tensors as the same operation on their elements.
template <typename OpT>
struct MoveIntoBody final : OpRewritePattern<OpT> {
  MoveIntoBody(MLIRContext *context, bool onlyDynamic)
      : OpRewritePattern<OpT>(context, /*benefit=*/2), onlyDynamic(onlyDynamic) {}

  LogicalResult matchAndRewrite(OpT op, PatternRewriter &rewriter) const override {
    auto type = dyn_cast<RankedTensorType>(op->getOperand(0).getType());
    if (!type || (onlyDynamic && !needsElements(op)))
      return rewriter.notifyMatchFailure(op, "is left on whole tensors");
    Location loc = op.getLoc();
    SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(rewriter, loc, op->getOperand(0));
    SmallVector<Value> inits;
    SmallVector<Type> elementTypes;
    for (Type result : op->getResultTypes()) {
      elementTypes.push_back(getElementTypeOrSelf(result));
      inits.push_back(tensor::EmptyOp::create(rewriter, loc, sizes, elementTypes.back()));
    }
    SmallVector<AffineMap> maps(op->getNumOperands() + inits.size(), rewriter.getMultiDimIdentityMap(type.getRank()));
    SmallVector<utils::IteratorType> iterators(type.getRank(), utils::IteratorType::parallel);
    auto generic = linalg::GenericOp::create(
        rewriter, loc, op->getResultTypes(), op->getOperands(), inits, maps, iterators,
        [&](OpBuilder &body, Location place, ValueRange elements) {
          OperationState state(place, op->getName(), elements.take_front(op->getNumOperands()), elementTypes);
          state.propertiesAttr = op->getPropertiesAsAttribute();
          linalg::YieldOp::create(body, place, body.create(state)->getResults());
        });
    setWrittenName(generic, op);
    rewriter.replaceOp(op, generic.getResults());
    return success();
  }

private:
  bool onlyDynamic;
};
} // namespace

//===----------------------------------------------------------------------===//
// Classes of floats
//===----------------------------------------------------------------------===//

/// Writes a question about a float as the comparison that `compare` makes.
template <typename OpT, Value (*compare)(OpBuilder &, Location, Value, const llvm::fltSemantics &)>
static LogicalResult expandClass(OpT op, PatternRewriter &rewriter) {
  if (needsElements(op))
    return rewriter.notifyMatchFailure(op, "has an extent that only run time knows");
  auto element = cast<FloatType>(getElementTypeOrSelf(op.getOperand().getType()));
  rewriter.replaceOp(op, compare(rewriter, op.getLoc(), op.getOperand(), element.getFloatSemantics()));
  return success();
}

static Value createFloat(OpBuilder &builder, Location loc, Value like, const APFloat &number) {
  return createConstant(builder, loc, like.getType(),
                        builder.getFloatAttr(getElementTypeOrSelf(like.getType()), number));
}

static Value compareMagnitude(OpBuilder &builder, Location loc, arith::CmpFPredicate predicate, Value x,
                              const APFloat &limit) {
  Value magnitude = math::AbsFOp::create(builder, loc, x);
  return arith::CmpFOp::create(builder, loc, predicate, magnitude, createFloat(builder, loc, x, limit));
}

static Value isNaN(OpBuilder &builder, Location loc, Value x, const llvm::fltSemantics &) {
  return arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::UNO, x, x);
}

static Value isInfinite(OpBuilder &builder, Location loc, Value x, const llvm::fltSemantics &semantics) {
  return compareMagnitude(builder, loc, arith::CmpFPredicate::OEQ, x, APFloat::getInf(semantics));
}

static Value isFinite(OpBuilder &builder, Location loc, Value x, const llvm::fltSemantics &semantics) {
  return compareMagnitude(builder, loc, arith::CmpFPredicate::OLT, x, APFloat::getInf(semantics));
}

static Value isNormal(OpBuilder &builder, Location loc, Value x, const llvm::fltSemantics &semantics) {
  Value large = compareMagnitude(builder, loc, arith::CmpFPredicate::OGE, x, APFloat::getSmallestNormalized(semantics));
  return arith::AndIOp::create(builder, loc, large, isFinite(builder, loc, x, semantics));
}

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

static LogicalResult expandAddExtended(arith::AddUIExtendedOp op, PatternRewriter &rewriter) {
  Location loc = op.getLoc();
  Value sum = arith::AddIOp::create(rewriter, loc, op.getLhs(), op.getRhs());
  Value overflow = arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::ult, sum, op.getLhs());
  rewriter.replaceOp(op, {sum, overflow});
  return success();
}

static unsigned getWidth(Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
}

/// The upper half of the product of two unsigned numbers, from the products of halves.
static Value emitHighProduct(OpBuilder &builder, Location loc, Value a, Value b) {
  unsigned half = getWidth(a.getType()) / 2;
  Value shift = createInteger(builder, loc, a.getType(), half);
  Value mask = createInteger(builder, loc, a.getType(), half == 32 ? 0xffffffff : (int64_t(1) << half) - 1);
  auto low = [&](Value x) { return arith::AndIOp::create(builder, loc, x, mask).getResult(); };
  auto high = [&](Value x) { return arith::ShRUIOp::create(builder, loc, x, shift).getResult(); };
  auto multiply = [&](Value x, Value y) { return arith::MulIOp::create(builder, loc, x, y).getResult(); };
  auto add = [&](Value x, Value y) { return arith::AddIOp::create(builder, loc, x, y).getResult(); };
  // None of these sums overflows: (2^h - 1)^2 + 2 (2^h - 1) < 2^2h.
  Value carry = high(multiply(low(a), low(b)));
  Value left = add(multiply(high(a), low(b)), carry);
  Value right = add(multiply(low(a), high(b)), low(left));
  return add(multiply(high(a), high(b)), add(high(left), high(right)));
}

template <typename OpT>
static LogicalResult expandMulExtended(OpT op, PatternRewriter &rewriter) {
  unsigned width = getWidth(op.getLhs().getType());
  if (needsElements(op) || width % 2 != 0 || width > 64)
    return rewriter.notifyMatchFailure(op, "has an extent that only run time knows, or no halves");
  Location loc = op.getLoc();
  Value a = op.getLhs(), b = op.getRhs();
  Value low = arith::MulIOp::create(rewriter, loc, a, b);
  Value high = emitHighProduct(rewriter, loc, a, b);
  if (isa<arith::MulSIExtendedOp>(op.getOperation())) {
    // A negative number is 2^width more as an unsigned one.
    Value zero = createInteger(rewriter, loc, a.getType(), 0);
    for (auto [factor, other] : {std::pair(a, b), std::pair(b, a)}) {
      Value isNegative = arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::slt, factor, zero);
      Value excess = arith::SelectOp::create(rewriter, loc, isNegative, other, zero);
      high = arith::SubIOp::create(rewriter, loc, high, excess);
    }
  }
  rewriter.replaceOp(op, {low, high});
  return success();
}

/// Powers of integers by squaring. One with a negative exponent is 1 divided by the power,
/// rounded towards zero; for a base of zero what a division by zero gives.
static LogicalResult expandPower(math::IPowIOp op, PatternRewriter &rewriter) {
  if (isa<ShapedType>(op.getType()))
    return rewriter.notifyMatchFailure(op, "is no scalar yet");
  Location loc = op.getLoc();
  Type type = op.getType();
  Value base = op.getLhs(), exponent = op.getRhs();
  Value zero = createInteger(rewriter, loc, type, 0), one = createInteger(rewriter, loc, type, 1);
  Value minusOne = createInteger(rewriter, loc, type, -1);
  auto select = [&](Value condition, Value taken, Value other) {
    return arith::SelectOp::create(rewriter, loc, condition, taken, other).getResult();
  };
  auto equals = [&](Value x, Value y) {
    return arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::eq, x, y).getResult();
  };

  SmallVector<Value> inits = {one, base, exponent};
  auto loop = scf::WhileOp::create(
      rewriter, loc, TypeRange(ValueRange(inits)), inits,
      [&](OpBuilder &before, Location place, ValueRange values) {
        Value isPositive = arith::CmpIOp::create(before, place, arith::CmpIPredicate::sgt, values[2], zero);
        scf::ConditionOp::create(before, place, isPositive, values);
      },
      [&](OpBuilder &after, Location place, ValueRange values) {
        Value bit = arith::AndIOp::create(after, place, values[2], one);
        Value isOdd = arith::CmpIOp::create(after, place, arith::CmpIPredicate::ne, bit, zero);
        Value product = arith::MulIOp::create(after, place, values[0], values[1]);
        Value result = arith::SelectOp::create(after, place, isOdd, product, values[0]);
        Value square = arith::MulIOp::create(after, place, values[1], values[1]);
        Value rest = arith::ShRUIOp::create(after, place, values[2], one);
        scf::YieldOp::create(after, place, ValueRange{result, square, rest});
      });
  Value isEven = equals(arith::AndIOp::create(rewriter, loc, exponent, one), zero);
  Value inverse =
      select(equals(base, one), one,
             select(equals(base, minusOne), select(isEven, one, minusOne), select(equals(base, zero), minusOne, zero)));
  Value isNegative = arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::slt, exponent, zero);
  rewriter.replaceOp(op, select(isNegative, inverse, loop.getResult(0)));
  return success();
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

/// Other bits in the same places; extents that only one of the types knows are those of a cast.
static LogicalResult expandBitcast(tensor::BitcastOp op, PatternRewriter &rewriter) {
  Value source = op.getSource();
  auto from = dyn_cast<RankedTensorType>(source.getType()), to = dyn_cast<RankedTensorType>(op.getType());
  if (!from || !to)
    return rewriter.notifyMatchFailure(op, "has no rank");
  if (from.getShape() != to.getShape()) {
    auto cast = tensor::CastOp::create(rewriter, op.getLoc(), to.clone(from.getElementType()), source);
    setWrittenName(cast, op);
    source = cast;
  }
  if (from.getElementType() != to.getElementType())
    source = arith::BitcastOp::create(rewriter, op.getLoc(), to, source);
  rewriter.replaceOp(op, source);
  return success();
}

static bool hasNegative(ArrayRef<int64_t> values) {
  return llvm::any_of(values, [](int64_t value) { return !ShapedType::isDynamic(value) && value < 0; });
}

/// Padding by less than nothing cuts off.
static LogicalResult expandNegativePad(tensor::PadOp op, PatternRewriter &rewriter) {
  RankedTensorType sourceType = op.getSourceType();
  if (!hasNegative(op.getStaticLow()) && !hasNegative(op.getStaticHigh()))
    return rewriter.notifyMatchFailure(op, "only pads");
  Value padding = op.getConstantPaddingValue();
  if (!padding || !sourceType.hasStaticShape() || ShapedType::isDynamicShape(op.getStaticLow()) ||
      ShapedType::isDynamicShape(op.getStaticHigh()))
    return rewriter.notifyMatchFailure(op, "is padded by a value or amount that only run time knows");
  Location loc = op.getLoc();
  SmallVector<OpFoldResult> offsets, sizes, low, high, strides(sourceType.getRank(), rewriter.getIndexAttr(1));
  SmallVector<int64_t> cutShape;
  for (auto [size, before, after] : llvm::zip_equal(sourceType.getShape(), op.getStaticLow(), op.getStaticHigh())) {
    int64_t begin = std::min(std::max<int64_t>(-before, 0), size);
    int64_t end = std::max(size - std::max<int64_t>(-after, 0), begin);
    cutShape.push_back(end - begin);
    offsets.push_back(rewriter.getIndexAttr(begin));
    sizes.push_back(rewriter.getIndexAttr(end - begin));
    // Where nothing is left the padding meets itself.
    low.push_back(rewriter.getIndexAttr(std::max<int64_t>(before, 0)));
    high.push_back(rewriter.getIndexAttr(size + before + after - (end - begin) - std::max<int64_t>(before, 0)));
  }
  if (llvm::is_contained(cutShape, 0)) {
    Value empty = tensor::EmptyOp::create(rewriter, loc, op.getResultType().getShape(), sourceType.getElementType());
    rewriter.replaceOp(op, linalg::FillOp::create(rewriter, loc, padding, empty).getResults());
    return success();
  }
  Value cut =
      tensor::ExtractSliceOp::create(rewriter, loc, RankedTensorType::get(cutShape, sourceType.getElementType()),
                                     op.getSource(), offsets, sizes, strides);
  rewriter.replaceOp(op, tensor::PadOp::create(rewriter, loc, op.getResultType(), cut, low, high, padding));
  return success();
}

/// A tensor whose elements a body computes is an operation over positions.
static LogicalResult expandGenerate(tensor::GenerateOp op, PatternRewriter &rewriter) {
  auto type = cast<RankedTensorType>(op.getType());
  Value empty = tensor::EmptyOp::create(rewriter, op.getLoc(), type, op.getDynamicExtents());
  SmallVector<utils::IteratorType> iterators(type.getRank(), utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      rewriter, op.getLoc(), type, ValueRange(), empty, rewriter.getMultiDimIdentityMap(type.getRank()), iterators,
      [&](OpBuilder &body, Location place, ValueRange) {
        SmallVector<Value> position;
        for (int64_t dim = 0; dim < type.getRank(); ++dim)
          position.push_back(linalg::IndexOp::create(body, place, dim));
        auto yield = cast<tensor::YieldOp>(op.getBody().front().getTerminator());
        IRMapping mapping;
        mapping.map(op.getBody().getArguments(), position);
        for (Operation &nested : op.getBody().front().without_terminator())
          body.clone(nested, mapping);
        linalg::YieldOp::create(body, place, mapping.lookupOrDefault(yield.getValue()));
      });
  rewriter.replaceOp(op, generic.getResults());
  return success();
}

/// Padding that depends on the position is a tensor of its own, and what is padded is put into it. It is
/// computed behind what is padded too, where nobody reads it and nothing can fail: indices that it reads at are
/// checked in front, or need no check.
static LogicalResult expandComputedPad(tensor::PadOp op, PatternRewriter &rewriter) {
  if (op.getConstantPaddingValue() || !op.getResultType().hasStaticShape() || hasNegative(op.getStaticLow()) ||
      hasNegative(op.getStaticHigh()))
    return rewriter.notifyMatchFailure(op, "is padded by one value, or by less than nothing");
  Location loc = op.getLoc();
  auto padding = tensor::GenerateOp::create(rewriter, loc, op.getResultType(), ValueRange());
  rewriter.inlineRegionBefore(op.getRegion(), padding.getBody(), padding.getBody().end());
  SmallVector<OpFoldResult> strides(op.getSourceType().getRank(), rewriter.getIndexAttr(1));
  SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(rewriter, loc, op.getSource());
  rewriter.replaceOp(
      op, tensor::InsertSliceOp::create(rewriter, loc, op.getSource(), padding, op.getMixedLowPad(), sizes, strides));
  return success();
}

/// The coordinates of a gather are its trailing dimension of indices; the result has the
/// other dimensions of the indices and then those of a slice.
static LogicalResult expandGather(tensor::GatherOp op, PatternRewriter &rewriter) {
  RankedTensorType type = op.getResultType(), indicesType = op.getIndicesType(), sourceType = op.getSourceType();
  if (!type.hasStaticShape())
    return rewriter.notifyMatchFailure(op, "has an extent that only run time knows");
  ArrayRef<int64_t> gathered = op.getGatherDims();
  int64_t batch = indicesType.getRank() - 1;
  // A gathered dimension may be left in the result, with extent 1.
  bool keepsDims = type.getRank() == batch + sourceType.getRank();
  Location loc = op.getLoc();
  Value empty = tensor::EmptyOp::create(rewriter, loc, type.getShape(), type.getElementType());
  SmallVector<utils::IteratorType> iterators(type.getRank(), utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      rewriter, loc, type, ValueRange(), empty, rewriter.getMultiDimIdentityMap(type.getRank()), iterators,
      [&](OpBuilder &body, Location place, ValueRange) {
        auto getPosition = [&](int64_t dim) -> Value { return linalg::IndexOp::create(body, place, dim); };
        SmallVector<Value> point = llvm::map_to_vector(llvm::seq<int64_t>(0, batch), getPosition), coordinates;
        int64_t next = batch;
        for (int64_t dim = 0; dim < sourceType.getRank(); ++dim) {
          auto number = llvm::find(gathered, dim);
          if (number == gathered.end()) {
            coordinates.push_back(getPosition(next++));
            continue;
          }
          next += keepsDims;
          SmallVector<Value> coordinate(point);
          coordinate.push_back(arith::ConstantIndexOp::create(body, place, number - gathered.begin()));
          Value index = tensor::ExtractOp::create(body, place, op.getIndices(), coordinate);
          if (!index.getType().isIndex())
            index = arith::IndexCastOp::create(body, place, body.getIndexType(), index);
          coordinates.push_back(index);
        }
        Value element = tensor::ExtractOp::create(body, place, op.getSource(), coordinates);
        linalg::YieldOp::create(body, place, element);
      });
  rewriter.replaceOp(op, generic.getResults());
  return success();
}

static LogicalResult expandPack(linalg::PackOp op, PatternRewriter &rewriter) {
  return linalg::lowerPack(rewriter, op);
}

static LogicalResult expandUnPack(linalg::UnPackOp op, PatternRewriter &rewriter) {
  return linalg::lowerUnPack(rewriter, op);
}

/// What to write instead of an operation that no other ones stand for; empty for
/// all others.
static StringRef getAdvice(Operation *op) {
  if (isa<tensor::ScatterOp>(op))
    return "each slice to be put in its place with 'tensor.insert_slice', in a loop over them";
  if (isa<linalg::WinogradFilterTransformOp, linalg::WinogradInputTransformOp, linalg::WinogradOutputTransformOp>(op))
    return "the convolution that is transformed, such as 'linalg.conv_2d_nhwc_fhwc'";
  if (isa<tensor::BitcastOp>(op))
    return "tensors of a rank";
  return "";
}

namespace {
struct ExpandOperationsPass final : remat::impl::ExpandOperationsPassBase<ExpandOperationsPass> {
  using Base::Base;

  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet set(context);
    set.add(expandClass<math::IsNaNOp, isNaN>);
    set.add(expandClass<math::IsInfOp, isInfinite>);
    set.add(expandClass<math::IsFiniteOp, isFinite>);
    set.add(expandClass<math::IsNormalOp, isNormal>);
    set.add(expandAddExtended);
    set.add(expandMulExtended<arith::MulSIExtendedOp>);
    set.add(expandMulExtended<arith::MulUIExtendedOp>);
    set.add(expandPower);
    set.add(expandBitcast);
    set.add(expandNegativePad);
    set.add(expandComputedPad);
    set.add(expandGenerate);
    set.add(expandGather);
    set.add(expandPack);
    set.add(expandUnPack);
    set.add<MoveIntoBody<math::IPowIOp>>(context, /*onlyDynamic=*/false);
    set.add<MoveIntoBody<math::IsNaNOp>, MoveIntoBody<math::IsInfOp>, MoveIntoBody<math::IsFiniteOp>,
            MoveIntoBody<math::IsNormalOp>, MoveIntoBody<arith::MulSIExtendedOp>, MoveIntoBody<arith::MulUIExtendedOp>,
            MoveIntoBody<arith::CmpIOp>, MoveIntoBody<arith::XOrIOp>>(context, /*onlyDynamic=*/true);
    patterns = std::move(set);
    return success();
  }

  void runOnOperation() override {
    GreedyRewriteConfig config;
    config.setStrictness(GreedyRewriteStrictness::ExistingAndNewOps);
    config.enableFolding(false).enableConstantCSE(false);
    // What moved into a body is expanded there in a second round.
    for (int round = 0; round < 2; ++round)
      if (failed(applyOpPatternsGreedily(collectOperations(), patterns, config)))
        return signalPassFailure();
    expandSwitches(getOperation());
    keepRankOfAmbiguousSlices(getOperation());
    defineEmpties(getOperation());
    WalkResult result = getOperation()->walk([](Operation *op) {
      StringRef advice = getAdvice(op);
      if (advice.empty())
        return WalkResult::advance();
      op->emitOpError("has no form in memory: expects ") << advice;
      return WalkResult::interrupt();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }

private:
  /// Nothing but these operations: the program is not simplified on the way.
  SmallVector<Operation *> collectOperations() {
    SmallVector<Operation *> operations;
    getOperation()->walk([&](Operation *op) {
      if (isa<math::IsNaNOp, math::IsInfOp, math::IsFiniteOp, math::IsNormalOp, math::IPowIOp, arith::AddUIExtendedOp,
              arith::MulSIExtendedOp, arith::MulUIExtendedOp, arith::CmpIOp, arith::XOrIOp, tensor::BitcastOp,
              tensor::PadOp, tensor::GenerateOp, tensor::GatherOp, linalg::PackOp, linalg::UnPackOp>(op))
        operations.push_back(op);
    });
    return operations;
  }

  FrozenRewritePatternSet patterns;
};
} // namespace
