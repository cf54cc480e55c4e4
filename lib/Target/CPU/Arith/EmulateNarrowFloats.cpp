//===- EmulateNarrowFloats.cpp - f16 and bf16 computed in f32 -----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every operation rounds its result to its own type, whatever reads it: a step
// that reads a rounded value from the tape must see what the step saw that has just
// computed it. The passes of MLIR mark the conversions as `contract`, which lets a
// pair of them vanish in one of the two.
//
// Conversions from wider numbers round once. Two steps of rounding are right if the
// first one ends in an odd number wherever it is not exact (Boldo and Melquiond
// 2008): nothing that is not in the middle between two numbers gets there.
//
//===----------------------------------------------------------------------===//

#include "Lanes.h"
#include "remat/Target/CPU/Passes.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace remat {
#define GEN_PASS_DEF_EMULATENARROWFLOATSPASS
#include "remat/Target/CPU/Passes.h.inc"
} // namespace remat

using namespace remat;

static bool isNarrow(Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isF16() || element.isBF16();
}

/// \p value, or, if it is narrow, the same number in f32.
static Value widen(Lanes &b, Value value) {
  if (!isNarrow(value.getType()))
    return value;
  return arith::ExtFOp::create(b, withElement(value.getType(), b.getF32Type()), value);
}

/// \p value, of f64, in f32: exact, or rounded to the odd one of its two neighbours.
static Value roundToOdd(Lanes &b, Value value) {
  Type narrow = withElement(value.getType(), b.getF32Type()), bits = withElement(narrow, b.getI32Type());
  Value nearest = arith::TruncFOp::create(b, narrow, value);
  Value back = arith::ExtFOp::create(b, value.getType(), nearest);
  Value isExact = arith::CmpFOp::create(b, arith::CmpFPredicate::UEQ, back, value);
  Value isPast = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, math::AbsFOp::create(b, back),
                                       math::AbsFOp::create(b, value));
  Value number = arith::BitcastOp::create(b, bits, nearest);
  // Toward zero, which is one less in the bits; the other neighbour, if this one is even, is one more.
  Value step = arith::ExtUIOp::create(b, bits, isPast);
  Value odd = arith::OrIOp::create(b, arith::SubIOp::create(b, number, step), b.integer(bits, 1));
  return arith::BitcastOp::create(b, narrow, arith::SelectOp::create(b, isExact, number, odd));
}

/// The magnitude of a 64-bit integer as f64, in which the lowest bit stands for all
/// that does not fit. More bits than f32 has for a second rounding are left.
static Value convertWithSticky(Lanes &b, Value magnitude, Type wide) {
  Type type = magnitude.getType();
  constexpr int64_t kept = 53, dropped = 64 - kept;
  Value isLarge = b.compare(arith::CmpIPredicate::ugt, magnitude, b.integer(type, int64_t(1) << kept));
  Value high = arith::ShRUIOp::create(b, magnitude, b.integer(type, dropped));
  Value low = arith::AndIOp::create(b, magnitude, b.integer(type, (1 << dropped) - 1));
  Value sticky = arith::ExtUIOp::create(b, type, b.compare(arith::CmpIPredicate::ne, low, b.integer(type, 0)));
  Value significant = arith::SelectOp::create(b, isLarge, arith::OrIOp::create(b, high, sticky), magnitude);
  Value scale = arith::SelectOp::create(b, isLarge, b.real(wide, 1 << dropped), b.real(wide, 1.0));
  return arith::MulFOp::create(b, arith::UIToFPOp::create(b, wide, significant), scale);
}

/// An integer as a narrow float.
static Value convertInteger(Lanes &b, Operation *op) {
  Value from = op->getOperand(0);
  Type result = op->getResult(0).getType();
  bool isSigned = isa<arith::SIToFPOp>(op);
  auto convert = [&](Type type) -> Value {
    return isSigned ? arith::SIToFPOp::create(b, type, from).getResult()
                    : arith::UIToFPOp::create(b, type, from).getResult();
  };
  unsigned width = getWidth(from.getType());
  Type wide = withElement(result, b.getF64Type());
  if (width <= 24)
    return arith::TruncFOp::create(b, result, convert(withElement(result, b.getF32Type())));
  if (width <= 53)
    return arith::TruncFOp::create(b, result, convert(wide));
  Type integer = withElement(result, b.getI64Type());
  if (width < 64)
    from = isSigned ? arith::ExtSIOp::create(b, integer, from).getResult()
                    : arith::ExtUIOp::create(b, integer, from).getResult();
  if (!isSigned)
    return arith::TruncFOp::create(b, result, convertWithSticky(b, from, wide));
  Value zero = b.integer(integer, 0);
  Value isNegative = b.compare(arith::CmpIPredicate::slt, from, zero);
  Value magnitude = arith::SelectOp::create(b, isNegative, arith::SubIOp::create(b, zero, from), from);
  Value number = convertWithSticky(b, magnitude, wide);
  number = arith::SelectOp::create(b, isNegative, arith::NegFOp::create(b, number), number);
  return arith::TruncFOp::create(b, result, number);
}

/// \p op, whose types are narrow, on f32.
static void computeWide(Lanes &b, Operation *op) {
  SmallVector<Value> operands = llvm::map_to_vector(op->getOperands(), [&](Value value) { return widen(b, value); });
  SmallVector<Type> types = llvm::map_to_vector(op->getResultTypes(), [&](Type type) -> Type {
    return isNarrow(type) ? withElement(type, b.getF32Type()) : type;
  });
  OperationState state(op->getLoc(), op->getName(), operands, types);
  state.addAttributes(op->getDiscardableAttrDictionary().getValue());
  state.propertiesAttr = op->getPropertiesAsAttribute();
  Operation *wide = b.create(state);
  for (auto [from, to] : llvm::zip_equal(op->getResults(), wide->getResults()))
    from.replaceAllUsesWith(
        from.getType() == to.getType() ? Value(to) : arith::TruncFOp::create(b, from.getType(), to).getResult());
}

/// Whether a number is infinite or normal, as comparisons: no target has an instruction. What is normal
/// depends on the type, so they come before it is widened.
static Value classify(Lanes &b, Operation *op) {
  Value magnitude = math::AbsFOp::create(b, op->getOperand(0));
  Type type = magnitude.getType();
  auto compare = [&](arith::CmpFPredicate predicate, const APFloat &value) -> Value {
    return arith::CmpFOp::create(b, predicate, magnitude, b.real(type, value));
  };
  const llvm::fltSemantics &semantics = cast<FloatType>(getElementTypeOrSelf(type)).getFloatSemantics();
  APFloat infinity = APFloat::getInf(semantics);
  if (isa<math::IsInfOp>(op))
    return compare(arith::CmpFPredicate::OEQ, infinity);
  Value isLarge = compare(arith::CmpFPredicate::OGE, APFloat::getSmallestNormalized(semantics));
  return arith::AndIOp::create(b, isLarge, compare(arith::CmpFPredicate::OLT, infinity));
}

/// Whether \p op computes with numbers, and does not only move or convert them.
static bool computes(Operation *op) {
  if (isa<arith::ExtFOp, arith::TruncFOp, arith::BitcastOp, arith::SelectOp, arith::ConstantOp>(op))
    return false;
  return isa<arith::ArithDialect, math::MathDialect>(op->getDialect()) || isa<vector::FMAOp>(op);
}

namespace {

struct EmulateNarrowFloatsPass final : remat::impl::EmulateNarrowFloatsPassBase<EmulateNarrowFloatsPass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<Operation *> classes, computing, truncations;
    getOperation()->walk([&](Operation *op) {
      if (isa<math::IsInfOp, math::IsNormalOp>(op))
        classes.push_back(op);
    });
    for (Operation *op : classes) {
      Lanes b(op);
      op->getResult(0).replaceAllUsesWith(classify(b, op));
      op->erase();
    }
    getOperation()->walk([&](Operation *op) {
      if (computes(op) &&
          (llvm::any_of(op->getOperandTypes(), isNarrow) || llvm::any_of(op->getResultTypes(), isNarrow)))
        computing.push_back(op);
    });
    for (Operation *op : computing) {
      Lanes b(op);
      if (isa<arith::SIToFPOp, arith::UIToFPOp>(op))
        op->getResult(0).replaceAllUsesWith(convertInteger(b, op));
      else
        computeWide(b, op);
      op->erase();
    }
    getOperation()->walk([&](arith::TruncFOp truncation) {
      if (isNarrow(truncation.getType()) && getElementTypeOrSelf(truncation.getIn().getType()).isF64())
        truncations.push_back(truncation);
    });
    for (Operation *op : truncations) {
      Lanes b(op);
      op->setOperand(0, roundToOdd(b, op->getOperand(0)));
    }
  }
};

} // namespace
