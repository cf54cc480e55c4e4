//===- MathOps.cpp - The math dialect -----------------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Functions are the C library's in f64, which have less than one unit in the last
// place of f64; a compiled program may have a few units of its own type.
//
//===----------------------------------------------------------------------===//

#include "Machine.h"

#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace remat::interpreter;

namespace {

/// Units in the last place that a compiled function may be off.
constexpr double functionUlps = 8;

/// Formulas of derivatives: the arithmetic of one format.
struct Formula {
  Machine &machine;
  const Format &format;

  Number constant(double value) const { return Number::fromFloat(value); }
  Number add(const Number &a, const Number &b) const { return machine.arithmetic.add(format, a, b); }
  Number subtract(const Number &a, const Number &b) const { return machine.arithmetic.subtract(format, a, b); }
  Number multiply(const Number &a, const Number &b) const { return machine.arithmetic.multiply(format, a, b); }
  Number divide(const Number &a, const Number &b) const { return machine.arithmetic.divide(format, a, b); }
  Number negate(const Number &a) const { return machine.arithmetic.negate(format, a); }
  Number scale(double factor, const Number &a) const { return multiply(constant(factor), a); }
};

using Derivative = Number (*)(const Formula &, const Number &x, const Number &y);

double runRsqrt(double x) { return 1 / std::sqrt(x); }

Number sqrt(const Formula &f, const Number &x);
Number rsqrt(const Formula &f, const Number &x);
Number exp(const Formula &f, const Number &x);
Number sin(const Formula &f, const Number &x);
Number cos(const Formula &f, const Number &x);
Number sinh(const Formula &f, const Number &x);
Number cosh(const Formula &f, const Number &x);
Number log(const Formula &f, const Number &x);

Number evaluate(const Formula &f, double (*function)(double), const Number &x, Derivative derivative) {
  return f.machine.arithmetic.apply(f.format, function, x, functionUlps,
                                    [&](const Number &y) { return derivative(f, x, y); });
}

// At zeros of either sign the derivatives are those at +0.
Number deriveSqrt(const Formula &f, const Number &x, const Number &y) {
  return x.value == 0 ? Number::fromFloat(infinity, x.error) : f.divide(f.constant(0.5), y);
}
Number deriveRsqrt(const Formula &f, const Number &x, const Number &y) {
  if (x.value == 0)
    return Number::fromFloat(-infinity, x.error);
  return f.scale(-0.5, f.multiply(y, f.multiply(y, y)));
}
Number deriveExp(const Formula &f, const Number &x, const Number &y) { return y; }
Number deriveSin(const Formula &f, const Number &x, const Number &y) { return cos(f, x); }
Number deriveCos(const Formula &f, const Number &x, const Number &y) { return f.negate(sin(f, x)); }
Number deriveSinh(const Formula &f, const Number &x, const Number &y) { return cosh(f, x); }
Number deriveCosh(const Formula &f, const Number &x, const Number &y) { return sinh(f, x); }
Number deriveLog(const Formula &f, const Number &x, const Number &y) { return f.divide(f.constant(1), x); }
Number deriveTan(const Formula &f, const Number &x, const Number &y) { return f.add(f.multiply(y, y), f.constant(1)); }
Number deriveTanh(const Formula &f, const Number &x, const Number &y) {
  return f.subtract(f.constant(1), f.multiply(y, y));
}
Number deriveExp2(const Formula &f, const Number &x, const Number &y) { return f.scale(llvm::numbers::ln2, y); }
Number deriveExpM1(const Formula &f, const Number &x, const Number &y) { return f.add(y, f.constant(1)); }
Number deriveLog2(const Formula &f, const Number &x, const Number &y) {
  return f.divide(f.constant(1 / llvm::numbers::ln2), x);
}
Number deriveLog10(const Formula &f, const Number &x, const Number &y) {
  return f.divide(f.constant(1 / llvm::numbers::ln10), x);
}
Number deriveLog1p(const Formula &f, const Number &x, const Number &y) {
  return f.divide(f.constant(1), f.add(x, f.constant(1)));
}
/// (1 - x)(1 + x): no cancellation where x is near 1.
Number makeOneMinusSquare(const Formula &f, const Number &x) {
  return f.multiply(f.subtract(f.constant(1), x), f.add(f.constant(1), x));
}
Number deriveAsin(const Formula &f, const Number &x, const Number &y) { return rsqrt(f, makeOneMinusSquare(f, x)); }
Number deriveAcos(const Formula &f, const Number &x, const Number &y) {
  return f.negate(rsqrt(f, makeOneMinusSquare(f, x)));
}
/// As for asinh.
Number deriveAtan(const Formula &f, const Number &x, const Number &y) {
  if (std::fabs(x.value) > 1e9) {
    Number inverse = f.divide(f.constant(1), x);
    return f.multiply(inverse, inverse);
  }
  return f.divide(f.constant(1), f.add(f.multiply(x, x), f.constant(1)));
}
/// 1 / |x| where 1 + x^2 is x^2 to all digits: the square may leave the range.
Number deriveAsinh(const Formula &f, const Number &x, const Number &y) {
  if (std::fabs(x.value) > 1e9)
    return f.divide(f.constant(1), x.value > 0 ? x : f.negate(x));
  return rsqrt(f, f.add(f.multiply(x, x), f.constant(1)));
}
/// By factors, so that it is NaN below 1, where the value is.
Number deriveAcosh(const Formula &f, const Number &x, const Number &y) {
  return f.multiply(rsqrt(f, f.subtract(x, f.constant(1))), rsqrt(f, f.add(x, f.constant(1))));
}
Number deriveAtanh(const Formula &f, const Number &x, const Number &y) {
  return f.divide(f.constant(1), makeOneMinusSquare(f, x));
}
Number deriveErf(const Formula &f, const Number &x, const Number &y) {
  return f.scale(2 * llvm::numbers::inv_sqrtpi, exp(f, f.negate(f.multiply(x, x))));
}
Number deriveErfc(const Formula &f, const Number &x, const Number &y) { return f.negate(deriveErf(f, x, y)); }
Number deriveCbrt(const Formula &f, const Number &x, const Number &y) {
  return f.divide(f.constant(1 / 3.0), f.multiply(y, y));
}
/// Steps are constant where they have a derivative.
Number deriveStep(const Formula &f, const Number &x, const Number &y) { return f.constant(0); }
/// Zero at zero, where max(x, -x) ties.
Number deriveAbs(const Formula &f, const Number &x, const Number &y) {
  double sign = x.value > 0 ? 1 : x.value < 0 ? -1 : 0;
  return Number::fromFloat(sign, x.error != 0 && std::fabs(x.value) <= x.error ? 2 : 0);
}

Number sqrt(const Formula &f, const Number &x) { return evaluate(f, std::sqrt, x, deriveSqrt); }
Number rsqrt(const Formula &f, const Number &x) { return evaluate(f, runRsqrt, x, deriveRsqrt); }
Number exp(const Formula &f, const Number &x) { return evaluate(f, std::exp, x, deriveExp); }
Number sinh(const Formula &f, const Number &x) { return evaluate(f, std::sinh, x, deriveSinh); }
Number log(const Formula &f, const Number &x) { return evaluate(f, std::log, x, deriveLog); }

/// Functions that are not monotonic between the ends of the bound, but whose slope
/// is at most 1.
Number evaluateWave(const Formula &f, double (*function)(double), const Number &x, Derivative derivative) {
  double inherited = std::isfinite(x.value) || x.error == infinity ? std::min(x.error, 2.0) : 0;
  Number result =
      f.machine.arithmetic.round(f.format, function(x.value), x.isCertain() ? inherited : infinity, functionUlps);
  f.machine.arithmetic.record(f.format, result, {&x},
                              [&](Number *partials) { partials[0] = derivative(f, x, result); });
  return result;
}
Number sin(const Formula &f, const Number &x) { return evaluateWave(f, std::sin, x, deriveSin); }
Number cos(const Formula &f, const Number &x) { return evaluateWave(f, std::cos, x, deriveCos); }

/// Even functions: between -error and error lies the minimum, not at the ends.
Number evaluateEven(const Formula &f, double (*function)(double), const Number &x, Derivative derivative) {
  Number result = evaluate(f, function, x, derivative);
  if (x.error != 0 && std::fabs(x.value) <= x.error)
    result.error += std::fabs(function(std::fabs(x.value) + x.error) - function(0));
  return result;
}
Number cosh(const Formula &f, const Number &x) { return evaluateEven(f, std::cosh, x, deriveCosh); }

template <double (*function)(double), Derivative derivative>
void runFunction(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  out[0] = evaluate({machine, *instruction.format}, function, in[0], derivative);
}

template <Number (*function)(const Formula &, const Number &)>
void runFormula(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  out[0] = function({machine, *instruction.format}, in[0]);
}

/// What gives a number of the type without rounding: absf, ceil, floor, ...
template <double (*function)(double), Derivative derivative>
void runExact(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  Formula f{machine, *instruction.format};
  out[0] = machine.arithmetic.apply(*instruction.format, function, in[0], 0,
                                    [&](const Number &y) { return derivative(f, in[0], y); });
}

void runSincos(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  Number x = in[0];
  out[0] = sin({machine, *instruction.format}, x);
  out[1] = cos({machine, *instruction.format}, x);
}

//===----------------------------------------------------------------------===//
// Several operands
//===----------------------------------------------------------------------===//

void runFma(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  out[0] = machine.arithmetic.multiplyAdd(*instruction.format, in[0], in[1], in[2]);
}

/// The larger change of f(a, b) over the corners of the bounds.
double spread(double (*function)(double, double), const Number &a, const Number &b, double value) {
  if (a.error == 0 && b.error == 0)
    return 0;
  double largest = 0;
  for (double da : {-a.error, a.error})
    for (double db : {-b.error, b.error}) {
      double change = std::fabs(function(a.value + da, b.value + db) - value);
      if (std::isnan(change))
        return infinity;
      largest = std::max(largest, change);
    }
  return largest;
}

void runAtan2(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  const Format &format = *instruction.format;
  Formula f{machine, format};
  Number y = in[0], x = in[1];
  double value = std::atan2(y.value, x.value);
  double inherited = spread(std::atan2, y, x, value);
  // A zero of unknown sign may be on the other side of the cut, or of the origin.
  if (y.value == 0 && ((!y.isSignCertain() && !(x.value > 0)) || (x.value == 0 && !x.isSignCertain())))
    inherited = infinity;
  out[0] = machine.arithmetic.round(format, value, inherited, functionUlps);
  out[0].hasCertainSign = y.isSignCertain();
  machine.arithmetic.record(format, out[0], {&y, &x}, [&](Number *partials) {
    // There is no direction at the origin.
    if (x.value == 0 && y.value == 0) {
      partials[0] = partials[1] = Number::fromFloat(0, x.error + y.error > 0 ? infinity : 0);
      return;
    }
    // By the length first: squares overflow and underflow where the angle does not.
    Number length = Number::fromFloat(std::hypot(x.value, y.value), x.error + y.error);
    if (machine.arithmetic.depth > 0)
      length = sqrt(f, f.add(f.multiply(x, x), f.multiply(y, y)));
    partials[0] = f.divide(f.divide(x, length), length);
    partials[1] = f.negate(f.divide(f.divide(y, length), length));
  });
}

/// Zero where a^b is constant in the operand: by a where b = 0, and by b where a = 0.
Number power(const Formula &f, const Number &a, const Number &b) {
  double value = std::pow(a.value, b.value);
  Number result = f.machine.arithmetic.round(f.format, value, spread(std::pow, a, b, value), 2 * functionUlps);
  result.hasCertainSign = a.isSignCertain();
  if (std::isfinite(value))
    // The logarithm of the result is rounded before the exponential is taken.
    result.error += f.format.epsilon * std::fabs(value) * std::fabs(std::log(std::fabs(value) + 1e-300));
  f.machine.arithmetic.record(f.format, result, {&a, &b}, [&](Number *partials) {
    partials[0] = b.value == 0 ? f.constant(0) : f.multiply(b, power(f, a, f.subtract(b, f.constant(1))));
    if (b.node != 0)
      partials[1] = a.value == 0 ? f.constant(0) : f.multiply(result, log(f, a));
  });
  return result;
}

void runPow(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  out[0] = power({machine, *instruction.format}, in[0], in[1]);
}

Number integerPower(const Formula &f, const Number &a, int64_t exponent, bool certain) {
  double value = std::pow(a.value, static_cast<double>(exponent));
  double inherited = spread(std::pow, a, Number::fromFloat(static_cast<double>(exponent)), value);
  // It may be computed as a chain of products.
  double ulps = functionUlps + 2 * std::min(std::fabs(static_cast<double>(exponent)), 1e9);
  Number result = f.machine.arithmetic.round(f.format, value, certain ? inherited : infinity, ulps);
  result.hasCertainSign = a.isSignCertain();
  f.machine.arithmetic.record(f.format, result, {&a}, [&](Number *partials) {
    partials[0] = exponent == 0 ? f.constant(0)
                                : f.scale(static_cast<double>(exponent), integerPower(f, a, exponent - 1, certain));
  });
  return result;
}

void runFPowI(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  unsigned width = getIntegerWidth(getElementType(instruction.op->getOperand(1).getType()));
  out[0] = integerPower({machine, *instruction.format}, in[0], signExtend(in[1].bits, width), in[1].isCertain());
}

/// By squaring, with wrap-around; a negative exponent inverts: only 1 and -1 have an
/// inverse, everything else gives 0, and what 0 gives is undefined.
void runIPowI(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  unsigned width = instruction.width;
  int64_t base = signExtend(in[0].bits, width), exponent = signExtend(in[1].bits, width);
  bool certain = in[0].isCertain() && in[1].isCertain();
  if (exponent < 0) {
    int64_t value = base == 1 ? 1 : base == -1 ? (exponent % 2 ? -1 : 1) : 0;
    out[0] = Number::fromBits(truncateBits(static_cast<uint64_t>(value), width), certain && base != 0);
    return;
  }
  uint64_t result = 1, square = in[0].bits;
  for (uint64_t rest = static_cast<uint64_t>(exponent); rest != 0; rest >>= 1) {
    if (rest & 1)
      result *= square;
    square *= square;
  }
  out[0] = Number::fromBits(truncateBits(result, width), certain);
}

/// |a| with the sign of b.
void runCopySign(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  Number a = in[0], b = in[1];
  out[0] = a;
  out[0].value = std::copysign(a.value, b.value);
  bool uncertain = !b.isSignCertain();
  if (uncertain)
    out[0].setError(2 * std::fabs(a.value) + a.error);
  out[0].hasCertainSign = !uncertain;
  machine.arithmetic.record(*instruction.format, out[0], {&a}, [&](Number *partials) {
    partials[0] = deriveAbs({machine, *instruction.format}, a, a);
    partials[0].value *= std::copysign(1.0, b.value);
    if (uncertain)
      partials[0].error = 2;
  });
}

/// min(max(x, low), high) as MLIR 22 lowers it: max(min(x, first), second) with the
/// operand `min` first.
void runClamp(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  const double shares[2] = {0.5, 0.5};
  Number inner = machine.arithmetic.selectExtremum(*instruction.format, in[0], in[1], /*takesLarger=*/false,
                                                   /*passesNaN=*/true, shares);
  out[0] = machine.arithmetic.selectExtremum(*instruction.format, inner, in[2], /*takesLarger=*/true,
                                             /*passesNaN=*/true, shares);
}

//===----------------------------------------------------------------------===//
// Integers and classes
//===----------------------------------------------------------------------===//

template <uint64_t (*function)(uint64_t, unsigned)>
void runBits(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  out[0] =
      Number::fromBits(truncateBits(function(in[0].bits, instruction.width), instruction.width), in[0].isCertain());
}

uint64_t countLeadingZeros(uint64_t bits, unsigned width) { return llvm::countl_zero(bits) - (64 - width); }
uint64_t countTrailingZeros(uint64_t bits, unsigned width) { return bits == 0 ? width : llvm::countr_zero(bits); }
uint64_t countOnes(uint64_t bits, unsigned) { return llvm::popcount(bits); }
uint64_t absolute(uint64_t bits, unsigned width) { return signExtend(bits, width) < 0 ? 0 - bits : bits; }

enum class Class { Finite, Infinite, NaN, Normal };

template <Class wanted>
void runClass(Machine &machine, const Instruction &instruction, const Number *in, Number *out) {
  double value = in[0].value, size = std::fabs(value);
  bool is = wanted == Class::Finite     ? std::isfinite(value)
            : wanted == Class::Infinite ? std::isinf(value)
            : wanted == Class::NaN      ? std::isnan(value)
                                        : std::isfinite(value) && size >= instruction.operandFormat->smallestNormal;
  bool certain = in[0].isCertain();
  if (wanted == Class::Normal && in[0].error != 0)
    certain &= std::fabs(size - instruction.operandFormat->smallestNormal) > in[0].error;
  out[0] = Number::fromBits(is, certain);
}

} // namespace

void remat::interpreter::addMathOps(OperationTable &table) {
  auto &kernels = table.kernels;
  kernels["math.absf"] = runExact<std::fabs, deriveAbs>;
  kernels["math.absi"] = runBits<absolute>;
  kernels["math.acos"] = runFunction<std::acos, deriveAcos>;
  kernels["math.acosh"] = runFunction<std::acosh, deriveAcosh>;
  kernels["math.asin"] = runFunction<std::asin, deriveAsin>;
  kernels["math.asinh"] = runFunction<std::asinh, deriveAsinh>;
  kernels["math.atan"] = runFunction<std::atan, deriveAtan>;
  kernels["math.atan2"] = runAtan2;
  kernels["math.atanh"] = runFunction<std::atanh, deriveAtanh>;
  kernels["math.cbrt"] = runFunction<std::cbrt, deriveCbrt>;
  kernels["math.ceil"] = runExact<std::ceil, deriveStep>;
  kernels["math.clampf"] = runClamp;
  kernels["math.copysign"] = runCopySign;
  kernels["math.cos"] = runFormula<cos>;
  kernels["math.cosh"] = runFormula<cosh>;
  kernels["math.ctlz"] = runBits<countLeadingZeros>;
  kernels["math.ctpop"] = runBits<countOnes>;
  kernels["math.cttz"] = runBits<countTrailingZeros>;
  kernels["math.erf"] = runFunction<std::erf, deriveErf>;
  kernels["math.erfc"] = runFunction<std::erfc, deriveErfc>;
  kernels["math.exp"] = runFormula<exp>;
  kernels["math.exp2"] = runFunction<std::exp2, deriveExp2>;
  kernels["math.expm1"] = runFunction<std::expm1, deriveExpM1>;
  kernels["math.floor"] = runExact<std::floor, deriveStep>;
  kernels["math.fma"] = runFma;
  kernels["math.fpowi"] = runFPowI;
  kernels["math.ipowi"] = runIPowI;
  kernels["math.isfinite"] = runClass<Class::Finite>;
  kernels["math.isinf"] = runClass<Class::Infinite>;
  kernels["math.isnan"] = runClass<Class::NaN>;
  kernels["math.isnormal"] = runClass<Class::Normal>;
  kernels["math.log"] = runFormula<log>;
  kernels["math.log10"] = runFunction<std::log10, deriveLog10>;
  kernels["math.log1p"] = runFunction<std::log1p, deriveLog1p>;
  kernels["math.log2"] = runFunction<std::log2, deriveLog2>;
  kernels["math.powf"] = runPow;
  kernels["math.round"] = runExact<std::round, deriveStep>;
  kernels["math.roundeven"] = runExact<std::nearbyint, deriveStep>;
  kernels["math.rsqrt"] = runFormula<rsqrt>;
  kernels["math.sin"] = runFormula<sin>;
  kernels["math.sincos"] = runSincos;
  kernels["math.sinh"] = runFormula<sinh>;
  kernels["math.sqrt"] = runFormula<sqrt>;
  kernels["math.tan"] = runFunction<std::tan, deriveTan>;
  kernels["math.tanh"] = runFunction<std::tanh, deriveTanh>;
  kernels["math.trunc"] = runExact<std::trunc, deriveStep>;
}
