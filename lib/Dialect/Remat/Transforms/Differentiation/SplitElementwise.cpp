//===- SplitElementwise.cpp - Elementwise code on tensors ----- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Transforms/Passes.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace remat {
#define GEN_PASS_DEF_SPLITELEMENTWISEPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

namespace {
/// Rewrites one elementwise operation on tensors.
class SplitElementwise final : public OpInterfaceRewritePattern<linalg::LinalgOp> {
public:
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(linalg::LinalgOp op, PatternRewriter &rewriter) const override;
};

/// Values of the body as tensors of the shape of the result.
class TensorBody {
public:
  TensorBody(linalg::LinalgOp op, PatternRewriter &rewriter)
      : op(op), rewriter(rewriter), loc(op.getLoc()), shapeSource(op.getDpsInits()[0]),
        shape(cast<RankedTensorType>(shapeSource.getType())) {}

  /// The tensor that holds \p value of the body at each point.
  Value getTensor(Value value);
  /// Evaluates an operation of the body on tensors.
  void evaluate(Operation &scalar);

private:
  /// An operation on the elements of tensors.
  Operation *createOnElements(Operation &scalar, ValueRange operands, TypeRange types);
  /// \p operand, read through \p map (from points of the result), as a tensor.
  Value spread(Value operand, AffineMap map);
  Value splat(Value scalar);

  linalg::LinalgOp op;
  PatternRewriter &rewriter;
  Location loc;
  Value shapeSource;
  RankedTensorType shape;
  IRMapping tensors;
};
} // namespace

Value TensorBody::splat(Value scalar) {
  SmallVector<Value> sizes;
  for (OpFoldResult size : tensor::getMixedSizes(rewriter, loc, shapeSource))
    if (auto dynamic = dyn_cast<Value>(size))
      sizes.push_back(dynamic);
  return rewriter.createOrFold<tensor::SplatOp>(loc, scalar, shape.clone(scalar.getType()), sizes);
}

Value TensorBody::spread(Value operand, AffineMap map) {
  auto type = dyn_cast<RankedTensorType>(operand.getType());
  if (!type)
    return splat(operand);
  RankedTensorType result = shape.clone(type.getElementType());
  if (map.isIdentity())
    return type == result ? operand : tensor::CastOp::create(rewriter, loc, result, operand);
  Value empty =
      tensor::EmptyOp::create(rewriter, loc, tensor::getMixedSizes(rewriter, loc, shapeSource), type.getElementType());
  SmallVector<utils::IteratorType> parallel(map.getNumDims(), utils::IteratorType::parallel);
  auto forward = [](OpBuilder &inside, Location loc, ValueRange elements) {
    linalg::YieldOp::create(inside, loc, elements[0]);
  };
  SmallVector<AffineMap> maps = {map, rewriter.getMultiDimIdentityMap(map.getNumDims())};
  return linalg::GenericOp::create(rewriter, loc, result, operand, empty, maps, parallel, forward).getResult(0);
}

Value TensorBody::getTensor(Value value) {
  if (Value tensor = tensors.lookupOrNull(value))
    return tensor;
  auto argument = dyn_cast<BlockArgument>(value);
  Value tensor;
  if (argument && argument.getOwner() == op.getBlock()) {
    OpOperand &operand = op->getOpOperand(argument.getArgNumber());
    // From points of the result to points of the loops to the operand.
    AffineMap toLoops = inversePermutation(op.getMatchingIndexingMap(op.getDpsInitOperand(0)));
    tensor = spread(operand.get(), op.getMatchingIndexingMap(&operand).compose(toLoops));
  } else {
    tensor = splat(value);
  }
  tensors.map(value, tensor);
  return tensor;
}

/// Upstream folds these to a constant of their type where their operands are equal, and a constant of a type with a
/// dynamic extent has no extent any more. They stay on elements.
static bool staysOnElements(Operation &op, ShapedType shape) {
  return isa<arith::CmpIOp, arith::XOrIOp>(op) && !shape.hasStaticShape();
}

Operation *TensorBody::createOnElements(Operation &scalar, ValueRange operands, TypeRange types) {
  SmallVector<Value> inits;
  SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(rewriter, loc, shapeSource);
  for (Type type : types)
    inits.push_back(tensor::EmptyOp::create(rewriter, loc, sizes, getElementTypeOrSelf(type)));
  SmallVector<AffineMap> maps(operands.size() + inits.size(), rewriter.getMultiDimIdentityMap(shape.getRank()));
  SmallVector<utils::IteratorType> parallel(shape.getRank(), utils::IteratorType::parallel);
  return linalg::GenericOp::create(rewriter, scalar.getLoc(), types, operands, inits, maps, parallel,
                                   [&](OpBuilder &inside, Location loc, ValueRange elements) {
                                     IRMapping mapping;
                                     mapping.map(scalar.getOperands(), elements.take_front(operands.size()));
                                     linalg::YieldOp::create(inside, loc, inside.clone(scalar, mapping)->getResults());
                                   });
}

void TensorBody::evaluate(Operation &scalar) {
  if (auto constant = dyn_cast<arith::ConstantOp>(scalar)) {
    tensors.map(constant.getResult(), splat(arith::ConstantOp::create(rewriter, loc, constant.getValue())));
    return;
  }
  SmallVector<Value> operands =
      llvm::map_to_vector(scalar.getOperands(), [&](Value value) { return getTensor(value); });
  SmallVector<Type> types;
  for (Type type : scalar.getResultTypes())
    types.push_back(shape.clone(type));
  Operation *whole = staysOnElements(scalar, shape) ? createOnElements(scalar, operands, types)
                                                    : rewriter.create(scalar.getLoc(), scalar.getName().getIdentifier(),
                                                                      operands, types, scalar.getAttrs());
  tensors.map(scalar.getResults(), whole->getResults());
}

/// True if the body consists of operations that exist on tensors as well, and not of one alone that is left as it is.
static bool isElementwiseBody(Block &body, ShapedType shape) {
  auto operations = body.without_terminator();
  if (llvm::hasSingleElement(operations) && staysOnElements(*operations.begin(), shape))
    return false;
  return !operations.empty() && llvm::all_of(operations, [](Operation &op) {
    return isa<arith::ConstantOp>(op) || OpTrait::hasElementwiseMappableTraits(&op);
  });
}

LogicalResult SplitElementwise::matchAndRewrite(linalg::LinalgOp op, PatternRewriter &rewriter) const {
  if (!op.hasPureTensorSemantics() || op.getNumDpsInits() == 0)
    return rewriter.notifyMatchFailure(op, "is not on tensors");
  if (op.getNumParallelLoops() != op.getNumLoops())
    return rewriter.notifyMatchFailure(op, "has a reduction");
  if (!isElementwiseBody(*op.getBlock(), cast<ShapedType>(op.getDpsInits()[0].getType())))
    return rewriter.notifyMatchFailure(op, "has a body that does not exist on tensors");
  AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  if (!map.isPermutation() || llvm::any_of(op.getDpsInitsMutable(), [&](OpOperand &init) {
        return op.getMatchingIndexingMap(&init) != map ||
               cast<ShapedType>(init.get().getType()).getShape() !=
                   cast<ShapedType>(op.getDpsInits()[0].getType()).getShape();
      }))
    return rewriter.notifyMatchFailure(op, "writes its results through different maps or no permutation");

  TensorBody body(op, rewriter);
  for (Operation &scalar : op.getBlock()->without_terminator())
    body.evaluate(scalar);
  SmallVector<Value> results = llvm::map_to_vector(op.getBlock()->getTerminator()->getOperands(),
                                                   [&](Value yielded) { return body.getTensor(yielded); });
  rewriter.replaceOp(op, results);
  return success();
}

namespace {
/// A copy through equal maps that are no permutation is one of a part, a diagonal say.
/// The canonicalizer takes it for one of everything, unless an operand has another map.
struct KeepPartialCopy final : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op, PatternRewriter &rewriter) const override {
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    if (!op.hasPureTensorSemantics() || !llvm::all_equal(maps) || maps.front().isPermutation() ||
        !llvm::hasSingleElement(*op.getBody()))
      return rewriter.notifyMatchFailure(op, "is no copy of a part");
    SmallVector<Value> inputs(op.getInputs());
    Value unused = arith::ConstantOp::create(rewriter, op.getLoc(), rewriter.getBoolAttr(true));
    maps.insert(maps.begin() + inputs.size(), AffineMap::get(op.getNumLoops(), 0, rewriter.getContext()));
    inputs.push_back(unused);
    auto copy = linalg::GenericOp::create(rewriter, op.getLoc(), op.getResultTypes(), inputs, op.getOutputs(), maps,
                                          op.getIteratorTypesArray());
    rewriter.inlineRegionBefore(op.getRegion(), copy.getRegion(), copy.getRegion().begin());
    copy.getBody()->insertArgument(inputs.size() - 1, unused.getType(), op.getLoc());
    rewriter.replaceOp(op, copy);
    return success();
  }
};
} // namespace

void remat::populateSplitElementwisePatterns(RewritePatternSet &patterns) {
  patterns.add<KeepPartialCopy, SplitElementwise>(patterns.getContext());
}

namespace {
struct SplitElementwisePass final : remat::impl::SplitElementwisePassBase<SplitElementwisePass> {
  using Base::Base;

  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet set(context);
    populateSplitElementwisePatterns(set);
    patterns = std::move(set);
    return success();
  }

  void runOnOperation() override {
    if (failed(applyPatternsGreedily(getOperation(), patterns)))
      signalPassFailure();
  }

private:
  FrozenRewritePatternSet patterns;
};
} // namespace
