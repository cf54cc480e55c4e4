//===- ArithOps.cpp - The arith dialect ---------------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Integers wrap around. Where MLIR leaves a value undefined, it is the one of
// docs/Rationale.md: x / 0 is all ones, a shift by the width gives 0 or the sign,
// conversions to integers saturate.
//
//===----------------------------------------------------------------------===//

#include "Machine.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/APInt.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace remat::interpreter;
using llvm::APInt;

/// An integer of the result's width that is as certain as the operands.
static Number makeInteger(const Instruction &instruction, const Number *operands, unsigned numOperands, uint64_t bits) {
  Number result = Number::fromBits(truncateBits(bits, instruction.width));
  for (unsigned i = 0; i < numOperands; ++i)
    if (!operands[i].isCertain())
      result.error = infinity;
  return result;
}

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

template <uint64_t (*compute)(uint64_t, uint64_t, unsigned width)>
static void runInteger(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  out[0] = makeInteger(instruction, in, 2, compute(in[0].bits, in[1].bits, instruction.width));
}

static uint64_t addBits(uint64_t a, uint64_t b, unsigned) { return a + b; }
static uint64_t subtractBits(uint64_t a, uint64_t b, unsigned) { return a - b; }
static uint64_t multiplyBits(uint64_t a, uint64_t b, unsigned) { return a * b; }
static uint64_t andBits(uint64_t a, uint64_t b, unsigned) { return a & b; }
static uint64_t orBits(uint64_t a, uint64_t b, unsigned) { return a | b; }
static uint64_t xorBits(uint64_t a, uint64_t b, unsigned) { return a ^ b; }
static uint64_t maxUnsigned(uint64_t a, uint64_t b, unsigned) { return std::max(a, b); }
static uint64_t minUnsigned(uint64_t a, uint64_t b, unsigned) { return std::min(a, b); }
static uint64_t maxSigned(uint64_t a, uint64_t b, unsigned width) {
  return signExtend(a, width) > signExtend(b, width) ? a : b;
}
static uint64_t minSigned(uint64_t a, uint64_t b, unsigned width) {
  return signExtend(a, width) < signExtend(b, width) ? a : b;
}

// A shift by the width or more leaves 0, or the sign.
static uint64_t shiftLeft(uint64_t a, uint64_t b, unsigned width) { return b < width ? a << b : 0; }
static uint64_t shiftRightUnsigned(uint64_t a, uint64_t b, unsigned width) { return b < width ? a >> b : 0; }
static uint64_t shiftRightSigned(uint64_t a, uint64_t b, unsigned width) {
  return static_cast<uint64_t>(signExtend(a, width) >> std::min<uint64_t>(b, width - 1));
}

enum class Division { Signed, Unsigned, CeilSigned, CeilUnsigned, FloorSigned, RemainderSigned, RemainderUnsigned };

template <Division kind>
static void runDivision(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  unsigned width = instruction.width;
  constexpr bool isSigned =
      kind != Division::Unsigned && kind != Division::CeilUnsigned && kind != Division::RemainderUnsigned;
  APInt a(width, in[0].bits), b(width, in[1].bits);
  APInt result = a;
  bool overflows = isSigned && a.isMinSignedValue() && b.isAllOnes();
  if (b.isZero() || overflows) {
    // x / 0 has all bits set and leaves x, the smallest number by -1 is itself.
    bool isRemainder = kind == Division::RemainderSigned || kind == Division::RemainderUnsigned;
    if (overflows)
      result = isRemainder ? APInt::getZero(width) : a;
    else if (!isRemainder)
      result = APInt::getAllOnes(width);
    out[0] = makeInteger(instruction, in, 2, result.getZExtValue());
    return;
  }
  switch (kind) {
  case Division::Signed:
    result = a.sdiv(b);
    break;
  case Division::Unsigned:
    result = a.udiv(b);
    break;
  case Division::RemainderSigned:
    result = a.srem(b);
    break;
  case Division::RemainderUnsigned:
    result = a.urem(b);
    break;
  case Division::CeilUnsigned:
    result = a.udiv(b) + (a.urem(b).isZero() ? 0 : 1);
    break;
  case Division::CeilSigned:
    result = a.sdiv(b) + (!a.srem(b).isZero() && a.isNegative() == b.isNegative() ? 1 : 0);
    break;
  case Division::FloorSigned:
    result = a.sdiv(b) - (!a.srem(b).isZero() && a.isNegative() != b.isNegative() ? 1 : 0);
    break;
  }
  out[0] = makeInteger(instruction, in, 2, result.getZExtValue());
}

/// The lower and the upper half of a product.
template <bool isSigned>
static void multiplyExtended(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  unsigned width = instruction.width;
  APInt a(width, in[0].bits), b(width, in[1].bits);
  APInt product = isSigned ? a.sext(2 * width) * b.sext(2 * width) : a.zext(2 * width) * b.zext(2 * width);
  out[0] = makeInteger(instruction, in, 2, product.trunc(width).getZExtValue());
  out[1] = makeInteger(instruction, in, 2, product.lshr(width).trunc(width).getZExtValue());
}

static void addExtended(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  bool carries = false;
  APInt sum = APInt(instruction.width, in[0].bits).uadd_ov(APInt(instruction.width, in[1].bits), carries);
  out[0] = makeInteger(instruction, in, 2, sum.getZExtValue());
  out[1] = Number::fromBits(carries, out[0].isCertain());
}

static void compareIntegers(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  unsigned width = instruction.operandWidth;
  uint64_t ua = in[0].bits, ub = in[1].bits;
  int64_t a = signExtend(ua, width), b = signExtend(ub, width);
  bool holds = false;
  switch (static_cast<arith::CmpIPredicate>(instruction.predicate)) {
  case arith::CmpIPredicate::eq:
    holds = ua == ub;
    break;
  case arith::CmpIPredicate::ne:
    holds = ua != ub;
    break;
  case arith::CmpIPredicate::slt:
    holds = a < b;
    break;
  case arith::CmpIPredicate::sle:
    holds = a <= b;
    break;
  case arith::CmpIPredicate::sgt:
    holds = a > b;
    break;
  case arith::CmpIPredicate::sge:
    holds = a >= b;
    break;
  case arith::CmpIPredicate::ult:
    holds = ua < ub;
    break;
  case arith::CmpIPredicate::ule:
    holds = ua <= ub;
    break;
  case arith::CmpIPredicate::ugt:
    holds = ua > ub;
    break;
  case arith::CmpIPredicate::uge:
    holds = ua >= ub;
    break;
  }
  out[0] = makeInteger(instruction, in, 2, holds);
}

/// Extension and truncation, index_cast among them.
template <bool isSigned>
static void resize(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  uint64_t bits = isSigned ? static_cast<uint64_t>(signExtend(in[0].bits, instruction.operandWidth)) : in[0].bits;
  out[0] = makeInteger(instruction, in, 1, bits);
}

//===----------------------------------------------------------------------===//
// Floats
//===----------------------------------------------------------------------===//

template <Number (Arithmetic::*compute)(const Format &, const Number &, const Number &)>
static void runFloat(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  out[0] = (machine.arithmetic.*compute)(*instruction.format, in[0], in[1]);
}

static void negate(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  out[0] = machine.arithmetic.negate(*instruction.format, in[0]);
}

static void convert(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  out[0] = machine.arithmetic.convert(*instruction.format, in[0]);
}

/// fmod: y = a - n b with an integer n, of the sign of a.
static void remainder(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  const Format &format = *instruction.format;
  Number a = in[0], b = in[1];
  double value = std::fmod(a.value, b.value);
  double turns = std::trunc(a.value / b.value);
  double error = 0;
  if (std::isfinite(value) && a.error + b.error != 0) {
    error = a.error + std::fabs(turns) * b.error;
    // Near a multiple of b the result jumps by b.
    if (std::fabs(value) <= slack * error || std::fabs(b.value) - std::fabs(value) <= slack * error)
      error += std::fabs(b.value);
  }
  if (!a.isCertain() || !b.isCertain())
    error = infinity;
  out[0] = machine.arithmetic.round(format, value, error, 0);
  out[0].hasCertainSign = a.isSignCertain();
  machine.arithmetic.record(format, out[0], {&a, &b}, [&](Number *partials) {
    partials[0] = Number::fromFloat(1);
    partials[1] = Number::fromFloat(-turns, error > std::fabs(b.value) / 2 ? 1 : 0);
  });
}

/// Counts that all elements of a reduction share their cotangent by, if they attain
/// the extremum; two operands share it by halves.
template <bool takesLarger, bool passesNaN>
static void extremum(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  double shares[2] = {0.5, 0.5};
  if (instruction.reducedOutput >= 0) {
    uint32_t &ties = machine.ties[instruction.reducedOutput][machine.outputElements[instruction.reducedOutput]];
    double old = in[instruction.accumulatorOperand].value, element = in[1 - instruction.accumulatorOperand].value;
    if (old == element) {
      shares[instruction.accumulatorOperand] = ties / (ties + 1.0);
      shares[1 - instruction.accumulatorOperand] = 1 / (ties + 1.0);
      ++ties;
    } else if (takesLarger ? element > old : element < old) {
      ties = 1;
    }
  }
  out[0] = machine.arithmetic.selectExtremum(*instruction.format, in[0], in[1], takesLarger, passesNaN, shares);
}

static void compareFloats(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  using Predicate = arith::CmpFPredicate;
  double a = in[0].value, b = in[1].value;
  bool unordered = std::isnan(a) || std::isnan(b);
  bool holds = false;
  switch (static_cast<Predicate>(instruction.predicate)) {
  case Predicate::AlwaysFalse:
    holds = false;
    break;
  case Predicate::AlwaysTrue:
    holds = true;
    break;
  case Predicate::OEQ:
    holds = a == b;
    break;
  case Predicate::UEQ:
    holds = unordered || a == b;
    break;
  case Predicate::OGT:
    holds = a > b;
    break;
  case Predicate::UGT:
    holds = unordered || a > b;
    break;
  case Predicate::OGE:
    holds = a >= b;
    break;
  case Predicate::UGE:
    holds = unordered || a >= b;
    break;
  case Predicate::OLT:
    holds = a < b;
    break;
  case Predicate::ULT:
    holds = unordered || a < b;
    break;
  case Predicate::OLE:
    holds = a <= b;
    break;
  case Predicate::ULE:
    holds = unordered || a <= b;
    break;
  case Predicate::ONE:
    holds = !unordered && a != b;
    break;
  case Predicate::UNE:
    holds = unordered || a != b;
    break;
  case Predicate::ORD:
    holds = !unordered;
    break;
  case Predicate::UNO:
    holds = unordered;
    break;
  }
  double reach = slack * (in[0].error + in[1].error);
  bool certain = reach == 0 || std::fabs(a - b) > reach || (unordered && reach != infinity);
  out[0] = Number::fromBits(holds, certain);
}

static void select(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  if (instruction.format) {
    out[0] = machine.arithmetic.select(*instruction.format, in[0], in[1], in[2]);
    return;
  }
  out[0] = in[0].bits & 1 ? in[1] : in[2];
  if (!in[0].isCertain() && (in[1].bits != in[2].bits || !in[1].isCertain() || !in[2].isCertain()))
    out[0].error = infinity;
}

//===----------------------------------------------------------------------===//
// Between integers and floats
//===----------------------------------------------------------------------===//

template <bool isSigned>
static void toFloat(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  int64_t wide = signExtend(in[0].bits, instruction.operandWidth);
  double exact = isSigned ? static_cast<double>(wide) : static_cast<double>(in[0].bits);
  // Integers beyond 2^53 are rounded once, and again to a narrower type: the bound
  // covers both.
  double value = instruction.format->semantics == &llvm::APFloat::IEEEsingle()
                     ? (isSigned ? static_cast<float>(wide) : static_cast<float>(in[0].bits))
                     : exact;
  bool rounded = instruction.format->round(exact) != exact || std::fabs(exact) > 0x1p53;
  out[0] = machine.arithmetic.round(*instruction.format, value, in[0].error, rounded ? 1 : 0);
}

/// The nearest integer that the type holds, towards zero; 0 for NaN.
template <bool isSigned>
static uint64_t saturate(double value, unsigned width) {
  double low = isSigned ? -std::ldexp(1.0, static_cast<int>(width) - 1) : 0;
  double high = std::ldexp(1.0, static_cast<int>(isSigned ? width - 1 : width));
  value = std::trunc(value);
  if (std::isnan(value) || (!isSigned && value <= 0))
    return 0;
  if (value >= high)
    return truncateBits(isSigned ? (uint64_t(1) << (width - 1)) - 1 : ~uint64_t(0), width);
  if (value <= low)
    return uint64_t(1) << (width - 1);
  return truncateBits(isSigned ? static_cast<uint64_t>(static_cast<int64_t>(value)) : static_cast<uint64_t>(value),
                      width);
}

template <bool isSigned>
static void toInteger(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  const Number &x = in[0];
  uint64_t bits = saturate<isSigned>(x.value, instruction.width);
  double reach = slack * x.error;
  bool certain = x.error == 0 || (x.isCertain() && saturate<isSigned>(x.value - reach, instruction.width) == bits &&
                                  saturate<isSigned>(x.value + reach, instruction.width) == bits);
  out[0] = Number::fromBits(bits, certain);
}

static void bitcast(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  if (instruction.operandFormat == instruction.format) {
    out[0] = in[0];
    return;
  }
  uint64_t bits = instruction.operandFormat ? encode(*instruction.operandFormat, in[0].value) : in[0].bits;
  // The bits of a number that may be another one, and of NaN, are not certain.
  bool certain = in[0].error == 0 && !(instruction.operandFormat && std::isnan(in[0].value));
  if (instruction.operandFormat && in[0].value == 0 && !in[0].hasCertainSign)
    certain = false;
  if (!instruction.format) {
    out[0] = Number::fromBits(bits, certain);
    return;
  }
  out[0] = Number::fromFloat(decode(*instruction.format, bits), certain ? 0 : infinity);
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

static Number readElement(Attribute attribute) {
  if (auto number = dyn_cast<FloatAttr>(attribute)) {
    llvm::APFloat value = number.getValue();
    bool lossy = false;
    value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &lossy);
    return Number::fromFloat(value.convertToDouble());
  }
  return Number::fromBits(cast<IntegerAttr>(attribute).getValue().getZExtValue());
}

static bool runConstant(Machine &machine, const Instruction &instruction, Frame &frame) {
  Datum &constant = instruction.constant;
  Type type = instruction.op->getResult(0).getType();
  Attribute attribute = cast<arith::ConstantOp>(instruction.op).getValue();
  if (!constant.tensor && isa<ShapedType>(type)) {
    auto tensor = machine.makeTensor(getElementType(type), cast<ShapedType>(type).getShape());
    if (!tensor)
      return false;
    if (auto dense = dyn_cast<DenseElementsAttr>(attribute)) {
      auto values = dense.getValues<Attribute>();
      if (dense.isSplat() && !tensor->elements.empty())
        tensor->elements.assign(tensor->elements.size(), readElement(dense.getSplatValue<Attribute>()));
      else
        llvm::transform(values, tensor->elements.begin(), readElement);
    } else if (auto sparse = dyn_cast<SparseElementsAttr>(attribute)) {
      llvm::transform(sparse.getValues<Attribute>(), tensor->elements.begin(), readElement);
    } else {
      return machine.fail(Failure::Unsupported, instruction.op, "elements of another kind than dense");
    }
    constant = Datum(std::move(tensor));
  } else if (!isa<ShapedType>(type)) {
    if (!isa<FloatAttr, IntegerAttr>(attribute) || (!instruction.format && instruction.width == 0))
      return machine.fail(Failure::Unsupported, instruction.op, "a constant of this type");
    constant = Datum(readElement(attribute));
  }
  frame[instruction.results[0]] = constant;
  return true;
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

void remat::interpreter::addArithOps(OperationTable &table) {
  table.handlers["arith.constant"] = runConstant;
  auto &kernels = table.kernels;
  kernels["arith.addf"] = runFloat<&Arithmetic::add>;
  kernels["arith.addi"] = runInteger<addBits>;
  kernels["arith.addui_extended"] = addExtended;
  kernels["arith.andi"] = runInteger<andBits>;
  kernels["arith.bitcast"] = bitcast;
  kernels["arith.ceildivsi"] = runDivision<Division::CeilSigned>;
  kernels["arith.ceildivui"] = runDivision<Division::CeilUnsigned>;
  kernels["arith.cmpf"] = compareFloats;
  kernels["arith.cmpi"] = compareIntegers;
  kernels["arith.divf"] = runFloat<&Arithmetic::divide>;
  kernels["arith.divsi"] = runDivision<Division::Signed>;
  kernels["arith.divui"] = runDivision<Division::Unsigned>;
  kernels["arith.extf"] = convert;
  kernels["arith.extsi"] = resize<true>;
  kernels["arith.extui"] = resize<false>;
  kernels["arith.floordivsi"] = runDivision<Division::FloorSigned>;
  kernels["arith.fptosi"] = toInteger<true>;
  kernels["arith.fptoui"] = toInteger<false>;
  kernels["arith.index_cast"] = resize<true>;
  kernels["arith.index_castui"] = resize<false>;
  kernels["arith.maximumf"] = extremum<true, true>;
  kernels["arith.maxnumf"] = extremum<true, false>;
  kernels["arith.maxsi"] = runInteger<maxSigned>;
  kernels["arith.maxui"] = runInteger<maxUnsigned>;
  kernels["arith.minimumf"] = extremum<false, true>;
  kernels["arith.minnumf"] = extremum<false, false>;
  kernels["arith.minsi"] = runInteger<minSigned>;
  kernels["arith.minui"] = runInteger<minUnsigned>;
  kernels["arith.mulf"] = runFloat<&Arithmetic::multiply>;
  kernels["arith.muli"] = runInteger<multiplyBits>;
  kernels["arith.mulsi_extended"] = multiplyExtended<true>;
  kernels["arith.mului_extended"] = multiplyExtended<false>;
  kernels["arith.negf"] = negate;
  kernels["arith.ori"] = runInteger<orBits>;
  kernels["arith.remf"] = remainder;
  kernels["arith.remsi"] = runDivision<Division::RemainderSigned>;
  kernels["arith.remui"] = runDivision<Division::RemainderUnsigned>;
  kernels["arith.select"] = select;
  kernels["arith.shli"] = runInteger<shiftLeft>;
  kernels["arith.shrsi"] = runInteger<shiftRightSigned>;
  kernels["arith.shrui"] = runInteger<shiftRightUnsigned>;
  kernels["arith.sitofp"] = toFloat<true>;
  kernels["arith.subf"] = runFloat<&Arithmetic::subtract>;
  kernels["arith.subi"] = runInteger<subtractBits>;
  kernels["arith.trunci"] = resize<false>;
  kernels["arith.truncf"] = convert;
  kernels["arith.uitofp"] = toFloat<false>;
  kernels["arith.xori"] = runInteger<xorBits>;
}
