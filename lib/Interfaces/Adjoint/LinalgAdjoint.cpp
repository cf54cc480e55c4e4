//===- LinalgAdjoint.cpp - The one rule of the structured ops - -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LinalgAdjoint.h"

#include "Formula.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace remat;

/// True if dimension \p dim is a result of \p map by itself: two points that
/// differ in it then write different elements.
static bool isKeptApart(AffineMap map, unsigned dim) {
  return llvm::is_contained(map.getResults(), getAffineDimExpr(dim, map.getContext()));
}

static bool isInjective(AffineMap map) {
  return llvm::all_of(llvm::seq(map.getNumDims()), [&](unsigned dim) { return isKeptApart(map, dim); });
}

/// The element of \p operand in the primal body; null if the body has none.
Value LinalgAdjoint::getElement(OpOperand &operand) {
  unsigned index = operand.getOperandNumber();
  return index < body.getNumArguments() ? body.getArgument(index) : Value();
}

//===----------------------------------------------------------------------===//
// Outputs
//===----------------------------------------------------------------------===//

/// The values of \p body that depend on \p source.
static DenseSet<Value> collectDependents(Block &body, Value source) {
  DenseSet<Value> dependents;
  if (source)
    dependents.insert(source);
  for (Operation &op : body)
    if (llvm::any_of(getInputs(&op), [&](Value input) { return dependents.contains(input); }))
      dependents.insert(op.result_begin(), op.result_end());
  return dependents;
}

/// True if \p value is \p old plus values that do not depend on it.
static bool isSumWith(Value value, Value old, const DenseSet<Value> &dependents) {
  while (value != old) {
    Operation *op = value.getDefiningOp();
    if (auto sum = dyn_cast_or_null<arith::AddFOp>(op)) {
      if (dependents.contains(sum.getLhs()) == dependents.contains(sum.getRhs()))
        return false;
      value = dependents.contains(sum.getLhs()) ? sum.getLhs() : sum.getRhs();
    } else if (auto difference = dyn_cast_or_null<arith::SubFOp>(op)) {
      if (dependents.contains(difference.getRhs()))
        return false;
      value = difference.getLhs();
    } else {
      return false;
    }
  }
  return true;
}

/// Classifies the output of \p init; returns the value to be given a cotangent.
FailureOr<std::pair<Combination, Value>> LinalgAdjoint::classify(OpOperand &init) {
  Value yielded = op.getMatchingYieldValue(&init)->get();
  Value old = getElement(init);
  bool isPointwise = isInjective(op.getMatchingIndexingMap(&init));
  // What the body reads of other outputs has to be the same at every point.
  for (OpOperand &other : op.getDpsInitsMutable())
    if (Value otherOld = getElement(other); otherOld && &other != &init &&
                                            collectDependents(body, otherOld).contains(yielded) &&
                                            !(isPointwise && isInjective(op.getMatchingIndexingMap(&other))))
      return op->emitOpError("has no derivative rule for output #")
             << init.getOperandNumber() - op.getNumDpsInputs()
             << ", which depends on the running value of another: write a 'remat.recurrence' over the "
                "elements, which carries both";
  if (isPointwise)
    return std::make_pair(Combination::Pointwise, yielded);

  DenseSet<Value> dependents = collectDependents(body, old);
  if (dependents.contains(yielded)) {
    if (isSumWith(yielded, old, dependents))
      return std::make_pair(Combination::Sum, yielded);
    Operation *combiner = yielded.getDefiningOp();
    if (isa_and_nonnull<arith::MaximumFOp, arith::MinimumFOp, arith::MaxNumFOp, arith::MinNumFOp, arith::MulFOp>(
            combiner) &&
        llvm::is_contained(combiner->getOperands(), old)) {
      Value other = combiner->getOperand(combiner->getOperand(0) == old ? 1 : 0);
      if (!dependents.contains(other))
        return std::make_pair(isa<arith::MulFOp>(combiner) ? Combination::Product : Combination::Extremum, other);
    }
  }
  return op->emitOpError("has no derivative rule for its reduction, which is no sum, product, maximum or minimum");
}

LogicalResult LinalgAdjoint::analyseOutput(OpOperand &init) {
  Value dy = builder.getCotangent(op.getTiedOpResult(&init));
  if (!dy)
    return success();
  FailureOr<std::pair<Combination, Value>> combined = classify(init);
  if (failed(combined))
    return failure();
  OutputSeed seed{combined->first, combined->second, {dy}, op.getMatchingIndexingMap(&init)};
  switch (seed.combination) {
  case Combination::Pointwise:
    break;
  case Combination::Sum:
    builder.addCotangent(init.get(), dy, loc);
    break;
  case Combination::Extremum:
    if (failed(emitExtremum(init, seed)))
      return failure();
    break;
  case Combination::Product:
    if (failed(emitProduct(init, seed)))
      return failure();
    break;
  }
  seeds.push_back(std::move(seed));
  return success();
}

//===----------------------------------------------------------------------===//
// Gradients
//===----------------------------------------------------------------------===//

/// Copies the primal body into \p generic, whose inputs become the operands of
/// the operation and, \p withSeeds, the tensors of the seeds.
LinalgAdjoint::BodyCopy LinalgAdjoint::copyBody(GenericBuilder &generic, bool withSeeds) {
  BodyCopy copy;
  for (OpOperand &operand : op->getOpOperands()) {
    Value element = generic.addInput(operand.get(), op.getMatchingIndexingMap(&operand));
    if (Value primal = getElement(operand))
      copy.mapping.map(primal, element);
  }
  if (withSeeds)
    for (OutputSeed &seed : seeds) {
      auto &elements = copy.seedElements.emplace_back();
      for (Value tensor : seed.tensors)
        elements.push_back(generic.addInput(tensor, seed.map));
    }
  OpBuilder bodyBuilder = OpBuilder::atBlockEnd(&generic.getBody());
  for (Operation &primal : body.without_terminator())
    bodyBuilder.clone(primal, copy.mapping);
  return copy;
}

/// The cotangent that \p seed gives the value \p g of the body.
static Value emitSeed(const OutputSeed &seed, Value g, ArrayRef<Value> elements, AdjointBuilder &builder,
                      Location loc) {
  switch (seed.combination) {
  case Combination::Pointwise:
  case Combination::Sum:
    return elements[0];
  case Combination::Extremum: {
    Value ties = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OEQ, g, elements[0]);
    Value zero = builder.createSplat(0.0, g, loc);
    return arith::SelectOp::create(builder, loc, ties, elements[1], zero);
  }
  case Combination::Product: {
    Value wide = builder.widen(g, loc);
    Value zero = builder.createSplat(0.0, g, loc);
    Value isZero = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OEQ, wide, zero);
    FormulaScope scope{builder, loc, {}};
    Value others = Term(scope, elements[0]).over(Term(scope, wide));
    return arith::SelectOp::create(builder, loc, isZero, elements[1], others);
  }
  }
  return {};
}

/// True for a sum of products. Its factors count as finite: with an infinite one the
/// sum is lost whatever its cotangent, and the adjoint is to be a contraction as well.
static bool isContraction(linalg::LinalgOp op, Block &body) {
  return op.getNumReductionLoops() != 0 && llvm::all_of(body.without_terminator(), [](Operation &scalar) {
           return isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::NegFOp, arith::ExtFOp, arith::TruncFOp>(
               scalar);
         });
}

/// Tells \p ranges what the elements of the operands are in a copy of the body.
void LinalgAdjoint::assumeRanges(FloatRanges &ranges, const IRMapping &mapping) {
  FloatRanges &outside = builder.getRanges();
  bool isSumOfProducts = isContraction(op, body);
  ranges = outside;
  for (OpOperand &operand : op->getOpOperands())
    if (Value element = getElement(operand); element && isa<FloatType>(element.getType()))
      ranges.assume(mapping.lookup(element),
                    isSumOfProducts ? FloatRange::getFinite(element.getType()) : outside.get(operand.get()));
}

FailureOr<Value> LinalgAdjoint::emitGradient(Value target, AffineMap map, Value like) {
  SmallVector<utils::IteratorType> iterators(op.getNumLoops(), utils::IteratorType::parallel);
  for (unsigned dim = 0; dim < iterators.size(); ++dim)
    if (!isKeptApart(map, dim))
      iterators[dim] = utils::IteratorType::reduction;
  bool accumulates = !isInjective(map);

  GenericBuilder generic(builder, loc, iterators);
  BodyCopy copy = copyBody(generic, /*withSeeds=*/true);
  SmallVector<Value> targets = {copy.mapping.lookupOrDefault(target)}, outputs;
  for (OutputSeed &seed : seeds)
    outputs.push_back(copy.mapping.lookupOrDefault(seed.target));
  BlockDifferentiator adjoint(generic.getBody(), targets, outputs);
  adjoint.setInsertionPointToEnd(&generic.getBody());
  assumeRanges(adjoint.getRanges(), copy.mapping);
  for (auto [seed, output, elements] : llvm::zip_equal(seeds, outputs, copy.seedElements))
    if (adjoint.isActive(output))
      adjoint.addCotangent(output, emitSeed(seed, output, elements, adjoint, loc), loc);
  if (failed(adjoint.emitAdjoint()))
    return failure();
  Value contribution = adjoint.getCotangent(targets[0]);
  if (!contribution)
    return Value();

  // A permutation writes every element; any other map starts from zeros.
  Value init;
  auto tensor = dyn_cast<RankedTensorType>(like.getType());
  if (tensor && map.isPermutation()) {
    init = tensor::EmptyOp::create(builder, loc, tensor::getMixedSizes(builder, loc, like), contribution.getType());
  } else if (tensor) {
    init = builder.createZero(like, loc);
  } else {
    Value zero = builder.createZero(like, loc);
    Value empty = tensor::EmptyOp::create(builder, loc, ArrayRef<int64_t>{}, contribution.getType());
    init = linalg::FillOp::create(builder, loc, zero, empty).getResult(0);
  }
  Value old = generic.addOutput(init, map);
  if (accumulates) {
    OpBuilder bodyBuilder = OpBuilder::atBlockEnd(&generic.getBody());
    contribution = arith::AddFOp::create(bodyBuilder, loc, old, contribution);
  }
  return generic.finish(contribution).front();
}

LogicalResult LinalgAdjoint::emitOperand(OpOperand &operand) {
  Value element = getElement(operand);
  if (!builder.isActive(operand.get()))
    return success();
  FailureOr<Value> gradient = Value();
  if (element)
    gradient = emitGradient(element, op.getMatchingIndexingMap(&operand), operand.get());
  if (failed(gradient))
    return failure();
  if (!*gradient) {
    builder.addZeroCotangent(operand.get());
    return success();
  }
  bool isScalar = !isa<RankedTensorType>(operand.get().getType());
  builder.addCotangent(
      operand.get(),
      isScalar ? tensor::ExtractOp::create(builder, loc, *gradient, ValueRange()).getResult() : *gradient, loc);
  return success();
}

/// The init of a pointwise output: the body may read it, for this output or for
/// another, and elements that no point writes keep it.
LogicalResult LinalgAdjoint::emitPointwiseInit(OpOperand &init) {
  Value dy = builder.getCotangent(op.getTiedOpResult(&init));
  AffineMap map = op.getMatchingIndexingMap(&init);
  if (!builder.isActive(init.get()))
    return success();
  Value element = getElement(init);
  FailureOr<Value> gradient = Value();
  if (element)
    gradient = emitGradient(element, map, init.get());
  if (failed(gradient))
    return failure();
  if (map.isPermutation() || !dy) {
    if (*gradient)
      builder.addCotangent(init.get(), *gradient, loc);
    else
      builder.addZeroCotangent(init.get());
    return success();
  }
  // Zero where a point writes, dy elsewhere; plus what flows through the body.
  SmallVector<utils::IteratorType> iterators(op.getNumLoops(), utils::IteratorType::parallel);
  GenericBuilder kept(builder, loc, iterators);
  for (OpOperand &operand : op->getOpOperands())
    kept.addInput(operand.get(), op.getMatchingIndexingMap(&operand));
  Value old = kept.addOutput(dy, map);
  OpBuilder bodyBuilder = OpBuilder::atBlockEnd(&kept.getBody());
  Value zero = arith::ConstantOp::create(bodyBuilder, loc, bodyBuilder.getZeroAttr(old.getType()));
  builder.addCotangent(init.get(), kept.finish(zero).front(), loc);
  if (*gradient)
    builder.addCotangent(init.get(), *gradient, loc);
  return success();
}

LogicalResult LinalgAdjoint::emitScalarCapture(Value scalar) {
  AffineMap map = AffineMap::get(op.getNumLoops(), 0, builder.getContext());
  FailureOr<Value> gradient = emitGradient(scalar, map, scalar);
  if (failed(gradient))
    return failure();
  if (*gradient)
    builder.addCotangent(scalar, tensor::ExtractOp::create(builder, loc, *gradient, ValueRange()), loc);
  else
    builder.addZeroCotangent(scalar);
  return success();
}

//===----------------------------------------------------------------------===//
// Gathers
//===----------------------------------------------------------------------===//

LogicalResult LinalgAdjoint::emitGather(Value element) {
  SmallVector<Block *> branches;
  Value table = getGuardedExtract(element, branches).getTensor();
  // One cotangent for each point: a tensor with the shape of the iteration space.
  AffineMap identity = builder.getMultiDimIdentityMap(op.getNumLoops());
  Value points;
  for (OutputSeed &seed : seeds)
    if (seed.combination == Combination::Pointwise && seed.target == element && seeds.size() == 1 &&
        seed.map.isIdentity())
      points = seed.tensors[0];
  if (!points) {
    SmallVector<OpFoldResult> sizes;
    for (Range range : op.createLoopRanges(builder, loc))
      sizes.push_back(range.size);
    Value like = tensor::EmptyOp::create(builder, loc, sizes, element.getType());
    FailureOr<Value> gradient = emitGradient(element, identity, like);
    if (failed(gradient))
      return failure();
    points = *gradient;
  }
  if (points)
    builder.setCotangent(table, emitScatterAdd(op, element, points, builder.getCotangentOrZero(table, loc), builder));
  else
    builder.addZeroCotangent(table);
  return success();
}

/// The elements of captured tensors that the body reads, in the order in which they are
/// read.
LogicalResult LinalgAdjoint::emitGathers() {
  SmallVector<tensor::ExtractOp> extracts;
  WalkResult result = body.walk([&](Operation *nested) {
    if (llvm::none_of(nested->getResultTypes(), isDifferentiableType)) {
      // A comparison, an extent: nothing that a derivative passes through.
      for (Value operand : nested->getOperands())
        if (isa<ShapedType>(operand.getType()))
          builder.addZeroCotangent(operand);
      return WalkResult::advance();
    }
    for (Value operand : nested->getOperands()) {
      if (!isa<ShapedType>(operand.getType()) || !builder.isActive(operand))
        continue;
      auto extract = dyn_cast<tensor::ExtractOp>(nested);
      if (!extract) {
        nested->emitOpError("has no derivative rule here, in the body of '") << op->getName() << "'";
        return WalkResult::interrupt();
      }
      extracts.push_back(extract);
    }
    return WalkResult::advance();
  });
  if (result.wasInterrupted())
    return failure();
  for (tensor::ExtractOp extract : extracts) {
    // The extraction may be erased there, and another operation get its address.
    builder.getRanges().forget();
    FailureOr<Value> element = separateFromBranches(body, extract);
    if (failed(element))
      return extract->emitOpError("has no derivative rule here, in a '")
             << extract->getParentOp()->getName() << "' in the body of '" << op->getName()
             << "': expects only 'scf.if' around it, and indices without side effects";
    if (failed(emitGather(*element)))
      return failure();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// The rule
//===----------------------------------------------------------------------===//

LogicalResult LinalgAdjoint::emit() {
  if (!op.hasPureTensorSemantics())
    return op->emitOpError("has a derivative rule on tensors only");
  for (OpOperand &init : op.getDpsInitsMutable())
    if (failed(analyseOutput(init)))
      return failure();
  for (OpOperand *input : op.getDpsInputOperands())
    if (failed(emitOperand(*input)))
      return failure();
  for (OpOperand &init : op.getDpsInitsMutable()) {
    if (isInjective(op.getMatchingIndexingMap(&init))) {
      if (failed(emitPointwiseInit(init)))
        return failure();
    } else if (!builder.getCotangent(op.getTiedOpResult(&init))) {
      // No other output reads its running value: classify() has seen to that.
      builder.addZeroCotangent(init.get());
    }
  }

  for (Value capture : getCaptures(op))
    if (!isa<ShapedType>(capture.getType()) && builder.isActive(capture) && failed(emitScalarCapture(capture)))
      return failure();
  return emitGathers();
}
