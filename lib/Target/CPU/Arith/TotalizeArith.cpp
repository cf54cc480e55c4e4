//===- TotalizeArith.cpp - A value where arith leaves one open ----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A zero among the divisors would end the process, and a shift by too much or the
// conversion of a large float gives whatever the processor gives, another value in
// a vector than in its tail. So each gets the value that XLA and RISC-V define,
// before LLVM, which would draw conclusions from the open ones, sees the program.
//
//===----------------------------------------------------------------------===//

#include "Lanes.h"
#include "remat/Target/CPU/Passes.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

namespace remat {
#define GEN_PASS_DEF_TOTALIZEARITHPASS
#include "remat/Target/CPU/Passes.h.inc"
} // namespace remat

using namespace remat;

//===----------------------------------------------------------------------===//
// Division
//===----------------------------------------------------------------------===//

namespace {

/// How a quotient that is no integer is rounded.
enum class Rounding { Zero, Down, Up };

/// A divisor that never traps, and where the given one would have.
struct SafeDivisor {
  Value value;
  Value isZero; ///< null if the given one is known not to be 0
};

} // namespace

/// 1 in place of 0, and in place of the -1 that the smallest number is divided by:
/// the quotient overflows to the dividend itself, and nothing remains.
static SafeDivisor makeSafe(Lanes &b, Value dividend, Value divisor, bool isSigned) {
  std::optional<APInt> constant = getConstantLanes(divisor);
  bool mayBeZero = !constant || constant->isZero(), mayOverflow = isSigned && (!constant || constant->isAllOnes());
  Type type = divisor.getType();
  SafeDivisor safe{divisor, Value()};
  Value traps;
  if (mayBeZero)
    traps = safe.isZero = b.compare(arith::CmpIPredicate::eq, divisor, b.integer(type, 0));
  if (mayOverflow) {
    Value isSmallest =
        b.compare(arith::CmpIPredicate::eq, dividend, b.integer(type, APInt::getSignedMinValue(getWidth(type))));
    Value isMinusOne = b.compare(arith::CmpIPredicate::eq, divisor, b.integer(type, -1));
    Value overflows = arith::AndIOp::create(b, isSmallest, isMinusOne);
    traps = traps ? arith::OrIOp::create(b, traps, overflows).getResult() : overflows;
  }
  if (traps)
    safe.value = arith::SelectOp::create(b, traps, b.integer(type, 1), divisor);
  return safe;
}

static Value emitQuotient(Lanes &b, Value dividend, Value divisor, bool isSigned, Rounding rounding) {
  // The only divisor that i1 has besides 0 is one, or minus one: there is no safe one.
  if (getWidth(divisor.getType()) == 1)
    return arith::SelectOp::create(b, divisor, dividend, b.integer(divisor.getType(), -1));
  SafeDivisor safe = makeSafe(b, dividend, divisor, isSigned);
  Type type = divisor.getType();
  Value quotient = isSigned ? arith::DivSIOp::create(b, dividend, safe.value).getResult()
                            : arith::DivUIOp::create(b, dividend, safe.value).getResult();
  if (rounding != Rounding::Zero) {
    Value zero = b.integer(type, 0);
    Value rest = isSigned ? arith::RemSIOp::create(b, dividend, safe.value).getResult()
                          : arith::RemUIOp::create(b, dividend, safe.value).getResult();
    Value adjusts = b.compare(arith::CmpIPredicate::ne, rest, zero);
    if (isSigned) {
      // The remainder has the sign of the dividend.
      Value isNegative = arith::XOrIOp::create(b, b.compare(arith::CmpIPredicate::slt, rest, zero),
                                               b.compare(arith::CmpIPredicate::slt, safe.value, zero));
      Value isPositive = arith::XOrIOp::create(b, isNegative, b.integer(isNegative.getType(), 1));
      adjusts = arith::AndIOp::create(b, adjusts, rounding == Rounding::Down ? isNegative : isPositive);
    }
    Value next = arith::AddIOp::create(b, quotient, b.integer(type, rounding == Rounding::Down ? -1 : 1));
    quotient = arith::SelectOp::create(b, adjusts, next, quotient);
  }
  return safe.isZero ? arith::SelectOp::create(b, safe.isZero, b.integer(type, -1), quotient).getResult() : quotient;
}

static Value emitRemainder(Lanes &b, Value dividend, Value divisor, bool isSigned) {
  if (getWidth(divisor.getType()) == 1)
    return arith::SelectOp::create(b, divisor, b.integer(divisor.getType(), 0), dividend);
  SafeDivisor safe = makeSafe(b, dividend, divisor, isSigned);
  Value rest = isSigned ? arith::RemSIOp::create(b, dividend, safe.value).getResult()
                        : arith::RemUIOp::create(b, dividend, safe.value).getResult();
  return safe.isZero ? arith::SelectOp::create(b, safe.isZero, dividend, rest).getResult() : rest;
}

//===----------------------------------------------------------------------===//
// Shifts, conversions, maxima
//===----------------------------------------------------------------------===//

/// The shift of \p op, with \p beyond where the distance is too large.
static Value guardShift(Lanes &b, Operation *op, function_ref<Value()> beyond) {
  Value distance = op->getOperand(1);
  int64_t width = getWidth(distance.getType());
  std::optional<APInt> constant = getConstantLanes(distance);
  if (constant && constant->ult(width))
    return Value();
  // In i1 a distance of one is the number that is all ones.
  Value fits = b.compare(arith::CmpIPredicate::ule, distance, b.integer(distance.getType(), width - 1));
  IRMapping operands;
  // For GPUs LLVM 22 takes a choice by the distance itself for what their instruction does, which
  // looks at 32 bits of it.
  if (width == 64)
    operands.map(distance, arith::AndIOp::create(b, distance, b.integer(distance.getType(), width - 1)).getResult());
  Value shifted = b.clone(*op, operands)->getResult(0);
  return arith::SelectOp::create(b, fits, shifted, beyond());
}

/// The nearest number that there is, 0 for what is no number.
static Value saturate(Lanes &b, Operation *op, bool isSigned) {
  Value from = op->getOperand(0);
  Type type = op->getResult(0).getType();
  unsigned width = getWidth(type);
  // Of two numbers. For GPUs LLVM 22 converts to them wrongly.
  if (width == 1)
    return arith::CmpFOp::create(b, isSigned ? arith::CmpFPredicate::OLE : arith::CmpFPredicate::OGE, from,
                                 b.real(from.getType(), isSigned ? -1 : 1));
  APInt smallest = isSigned ? APInt::getSignedMinValue(width) : APInt(width, 0);
  APInt largest = isSigned ? APInt::getSignedMaxValue(width) : APInt::getMaxValue(width);
  // One more than the largest is a power of two, which every float type has or rounds to infinity.
  Value above = arith::CmpFOp::create(b, arith::CmpFPredicate::OGE, from,
                                      b.real(from.getType(), std::ldexp(1.0, isSigned ? width - 1 : width)));
  Value below = arith::CmpFOp::create(b, arith::CmpFPredicate::OLE, from,
                                      b.real(from.getType(), isSigned ? -std::ldexp(1.0, width - 1) : 0.0));
  Value isNaN = arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, from, from);
  Value result = b.clone(*op)->getResult(0);
  result = arith::SelectOp::create(b, above, b.integer(type, largest), result);
  result = arith::SelectOp::create(b, below, b.integer(type, smallest), result);
  return arith::SelectOp::create(b, isNaN, b.integer(type, 0), result);
}

/// The operand that is a number; of two numbers as maximumf and minimumf choose.
template <typename OrderedOp>
static Value chooseNumber(Lanes &b, Operation *op) {
  Value lhs = op->getOperand(0), rhs = op->getOperand(1);
  Value chosen = OrderedOp::create(b, lhs, rhs);
  Value lhsIsNaN = arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, lhs, lhs);
  Value rhsIsNaN = arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, rhs, rhs);
  chosen = arith::SelectOp::create(b, rhsIsNaN, lhs, chosen);
  return arith::SelectOp::create(b, lhsIsNaN, rhs, chosen);
}

/// What \p op is replaced by; null if it has a value everywhere.
static Value totalize(Lanes &b, Operation *op) {
  auto quotient = [&](bool isSigned, Rounding rounding) {
    return emitQuotient(b, op->getOperand(0), op->getOperand(1), isSigned, rounding);
  };
  auto remainder = [&](bool isSigned) { return emitRemainder(b, op->getOperand(0), op->getOperand(1), isSigned); };
  auto zero = [&] { return b.integer(op->getResult(0).getType(), 0); };
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](arith::DivSIOp) { return quotient(true, Rounding::Zero); })
      .Case([&](arith::DivUIOp) { return quotient(false, Rounding::Zero); })
      .Case([&](arith::FloorDivSIOp) { return quotient(true, Rounding::Down); })
      .Case([&](arith::CeilDivSIOp) { return quotient(true, Rounding::Up); })
      .Case([&](arith::CeilDivUIOp) { return quotient(false, Rounding::Up); })
      .Case([&](arith::RemSIOp) { return remainder(true); })
      .Case([&](arith::RemUIOp) { return remainder(false); })
      .Case<arith::ShLIOp, arith::ShRUIOp>([&](Operation *shift) { return guardShift(b, shift, zero); })
      .Case([&](arith::ShRSIOp shift) {
        return guardShift(b, shift, [&]() -> Value {
          // All that is left is the sign.
          Value isNegative = b.compare(arith::CmpIPredicate::slt, shift.getLhs(), zero());
          return arith::SelectOp::create(b, isNegative, b.integer(shift.getType(), -1), zero());
        });
      })
      .Case([&](arith::FPToSIOp convert) { return saturate(b, convert, true); })
      .Case([&](arith::FPToUIOp convert) { return saturate(b, convert, false); })
      .Case([&](arith::MaxNumFOp choose) { return chooseNumber<arith::MaximumFOp>(b, choose); })
      .Case([&](arith::MinNumFOp choose) { return chooseNumber<arith::MinimumFOp>(b, choose); })
      .Default([](Operation *) { return Value(); });
}

namespace {

struct TotalizeArithPass final : remat::impl::TotalizeArithPassBase<TotalizeArithPass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation()->walk([&](Operation *op) {
      if (isa<arith::ArithDialect>(op->getDialect()))
        ops.push_back(op);
    });
    for (Operation *op : ops) {
      Lanes b(op);
      Value value = totalize(b, op);
      if (!value)
        continue;
      op->getResult(0).replaceAllUsesWith(value);
      op->erase();
    }
  }
};

} // namespace
