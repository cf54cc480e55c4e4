//===- LinalgReductions.cpp - Extremum and product reductions - -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The cotangent of a maximum is shared by all elements that attain it, the init
// among them, so that it does not depend on the order of the reduction. The
// derivative of a product by one factor is the product of the others, also where
// factors are zero: with one zero only that factor has a derivative, with two
// none has.
//
//===----------------------------------------------------------------------===//

#include "Formula.h"
#include "LinalgAdjoint.h"

using namespace mlir;
using namespace remat;

LogicalResult LinalgAdjoint::emitExtremum(OpOperand &init, OutputSeed &seed) {
  Value y = op.getTiedOpResult(&init), dy = seed.tensors[0];
  FormulaScope scope{builder, loc, {}};
  Term one = Term(scope, dy).constant(1.0);
  Value initTies = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OEQ, init.get(), y);

  GenericBuilder count(builder, loc, op.getIteratorTypesArray());
  BodyCopy copy = copyBody(count, /*withSeeds=*/false);
  Value element = count.addInput(y, seed.map);
  Value old = count.addOutput(one.whereElseZero(initTies), seed.map);
  OpBuilder inside = OpBuilder::atBlockEnd(&count.getBody());
  Value g = copy.mapping.lookupOrDefault(seed.target);
  Value ties = arith::CmpFOp::create(inside, loc, arith::CmpFPredicate::OEQ, g, element);
  Value increment = arith::UIToFPOp::create(inside, loc, old.getType(), ties);
  Value sum = arith::AddFOp::create(inside, loc, old, increment);
  Value ties0 = count.finish(sum).front();

  Term share = Term(scope, dy) / Term(scope, ties0);
  seed.tensors = {y, share};
  builder.addCotangent(init.get(), share.whereElseZero(initTies), loc);
  return success();
}

LogicalResult LinalgAdjoint::emitProduct(OpOperand &init, OutputSeed &seed) {
  Value dyValue = seed.tensors[0];
  FormulaScope scope{builder, loc, {}};
  Term dy(scope, dyValue), zero = dy.constant(0.0), one = dy.constant(1.0);
  Term first(scope, builder.widen(init.get(), loc));
  Value firstIsZero = first == zero;

  // The product of the factors that are not zero, and the number of the others.
  GenericBuilder product(builder, loc, op.getIteratorTypesArray());
  BodyCopy copy = copyBody(product, /*withSeeds=*/false);
  Value oldProduct = product.addOutput(one.where(firstIsZero, first), seed.map);
  Value oldCount = product.addOutput(one.whereElseZero(firstIsZero), seed.map);
  BlockDifferentiator inside(product.getBody(), {}, {});
  Value g = inside.widen(copy.mapping.lookupOrDefault(seed.target), loc);
  Value scalarZero = inside.createSplat(0.0, g, loc), scalarOne = inside.createSplat(1.0, g, loc);
  Value isZero = arith::CmpFOp::create(inside, loc, arith::CmpFPredicate::OEQ, g, scalarZero);
  Value factor = arith::SelectOp::create(inside, loc, isZero, scalarOne, g);
  Value increment = arith::SelectOp::create(inside, loc, isZero, scalarOne, scalarZero);
  Value newProduct = arith::MulFOp::create(inside, loc, oldProduct, factor);
  Value newCount = arith::AddFOp::create(inside, loc, oldCount, increment);
  SmallVector<Value> results = product.finish({newProduct, newCount});

  Term others(scope, results[0]), zeros(scope, results[1]);
  Term scaled = dy.times(others);
  Term withoutZero = scaled.whereElseZero(zeros == zero), withOneZero = scaled.whereElseZero(zeros == one);
  seed.tensors = {withoutZero, withOneZero};
  builder.addCotangent(init.get(), withOneZero.where(firstIsZero, withoutZero.over(first)), loc);
  return success();
}
