//===- Arithmetic.cpp - Operations on float numbers ---------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Arithmetic.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallVector.h"

#include <algorithm>

using namespace remat::interpreter;

void Tape::truncate(size_t size) {
  if (size >= nodes.size())
    return;
  edges.resize(nodes[size].firstEdge);
  nodes.resize(size);
}

llvm::ArrayRef<Edge> Tape::getEdges(uint32_t node) const {
  size_t end = node + 1 < nodes.size() ? nodes[node + 1].firstEdge : edges.size();
  return llvm::ArrayRef<Edge>(edges).slice(nodes[node].firstEdge, end - nodes[node].firstEdge);
}

Number Arithmetic::round(const Format &format, double value, double inherited, double ulps) {
  Number result = Number::fromFloat(value);
  if (options.precision == Precision::Own && !unrounded)
    result.value = format.round(value);
  result.magnitude = std::fabs(result.value);
  if (std::isnan(inherited))
    inherited = infinity;
  double exact = std::fabs(value);
  if (!std::isfinite(value)) {
    result.error = inherited == infinity ? infinity : 0;
  } else if (exact + inherited + ulps * format.epsilon * exact > format.largest) {
    // Near the end of the range: certain only if all are beyond it.
    result.error = exact - inherited > format.largest * (1 + 2 * format.epsilon) &&
                           options.precision == Precision::Own && !unrounded
                       ? 0
                       : infinity;
  } else {
    result.error = inherited + ulps * format.epsilon * exact;
    if (exact < format.smallestNormal && exact != 0)
      result.error += format.smallestNormal;
  }
  return result;
}

void Arithmetic::record(const Format &format, Number &result, llvm::ArrayRef<const Number *> operands,
                        Partials makePartials) {
  result.node = 0;
  if (depth == 0 || silence || isFull() ||
      llvm::none_of(operands, [](const Number *operand) { return operand->node != 0; }))
    return;
  // The node comes before its derivatives, which may be made from the result.
  result.node = static_cast<uint32_t>(tape.nodes.size());
  Number partials[3];
  size_t position = tape.nodes.size();
  tape.nodes.push_back({&format, tape.edges.size()});
  // Derivatives that stand on the tape have nodes of their own, behind this one, and
  // their edges come behind it, too: edges of this node are made room for first.
  size_t firstEdge = tape.edges.size();
  for (const Number *operand : operands)
    if (operand->node != 0)
      tape.edges.push_back({Number(), operand->node});
  // Of a derivative, only the gradients further out want the derivatives.
  ++unrounded;
  --depth;
  makePartials(partials);
  ++depth;
  --unrounded;
  size_t edge = firstEdge;
  for (auto [operand, partial] : llvm::zip(operands, partials))
    if (operand->node != 0) {
      if (depth < 2)
        partial.node = 0;
      tape.edges[edge++].partial = partial;
    }
  tape.nodes[position].firstEdge = firstEdge;
}

Number Arithmetic::makeLeaf(const Format &format, const Number &source) {
  Number leaf = source;
  if (isFull())
    return leaf;
  leaf.node = static_cast<uint32_t>(tape.nodes.size());
  tape.nodes.push_back({&format, tape.edges.size()});
  if (source.node != 0)
    tape.edges.push_back({Number::fromFloat(1), source.node});
  return leaf;
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

/// Whether infinities or NaN among the operands decide the result: then the bound
/// of a product of bounds means nothing, and the result is as certain as they are.
static bool decidedBySpecials(llvm::ArrayRef<const Number *> operands, double &inherited) {
  if (llvm::all_of(operands, [](const Number *operand) { return std::isfinite(operand->value); }))
    return false;
  inherited = 0;
  for (const Number *operand : operands)
    if (operand->error == infinity)
      inherited = infinity;
  return true;
}

/// The bound of a sum of \p a and \p b, which \p result was rounded from without one of
/// its own: half a unit for each addition, in whatever order, and half a unit more for
/// that of the result itself.
static void boundSum(const Format &format, Number &result, const Number &a, const Number &b) {
  result.magnitude = a.magnitude + b.magnitude;
  result.additions = a.additions + b.additions + 1;
  result.termErrors = result.error;
  result.error += format.epsilon / 2 * (result.additions + 1) * result.magnitude;
  if (a.isExactZero() || b.isExactZero()) {
    --result.additions;
    result.error = a.error + b.error;
  }
  if (result.magnitude > format.largest)
    result.setError(infinity);
}

Number Arithmetic::add(const Format &format, const Number &a, const Number &b) {
  double inherited = a.getTermErrors() + b.getTermErrors();
  bool special = decidedBySpecials({&a, &b}, inherited);
  Number result = round(format, a.value + b.value, inherited, 0);
  if (!special) {
    boundSum(format, result, a, b);
    // Adding a zero of a known sign to a number that is none changes nothing.
    result.hasCertainSign =
        result.value != 0 || (a.hasCertainSign && b.hasCertainSign && std::signbit(a.value) == std::signbit(b.value));
  }
  record(format, result, {&a, &b}, [](Number *partials) { partials[0] = partials[1] = Number::fromFloat(1); });
  return result;
}

Number Arithmetic::subtract(const Format &format, const Number &a, const Number &b) {
  double inherited = a.getTermErrors() + b.getTermErrors();
  bool special = decidedBySpecials({&a, &b}, inherited);
  Number result = round(format, a.value - b.value, inherited, 0);
  if (!special) {
    boundSum(format, result, a, b);
    result.hasCertainSign = result.value != 0;
  }
  record(format, result, {&a, &b}, [](Number *partials) {
    partials[0] = Number::fromFloat(1);
    partials[1] = Number::fromFloat(-1);
  });
  return result;
}

/// The bound of a product: that of each factor times the other.
static double inheritProduct(const Number &a, const Number &b) {
  double fromA = a.error == 0 ? 0 : a.error * (std::fabs(b.value) + b.error);
  double fromB = b.error == 0 ? 0 : b.error * std::fabs(a.value);
  // What is uncertain stays so, even times zero.
  return a.error == infinity || b.error == infinity ? infinity : fromA + fromB;
}

/// Whether \p number is a power of two, for certain: as a factor it rounds nothing.
static bool isPowerOfTwo(const Number &number) {
  int exponent;
  return number.error == 0 && std::fabs(std::frexp(number.value, &exponent)) == 0.5;
}

/// Whether the product of \p a and \p b lies below the smallest normal number for certain, and the processor
/// is asked for just that product. bf16 and f16 are computed in f32, where the product may be another.
static bool isFlushed(const Format &format, const Number &a, const Number &b, double inherited) {
  double product = std::fabs(a.value * b.value);
  bool isOwn = format.semantics == &llvm::APFloat::IEEEsingle() || format.semantics == &llvm::APFloat::IEEEdouble();
  return isOwn && a.value != 0 && b.value != 0 && (isPowerOfTwo(a) || isPowerOfTwo(b)) &&
         product + slack * inherited < format.smallestNormal * (1 - format.epsilon);
}

Number Arithmetic::multiply(const Format &format, const Number &a, const Number &b) {
  double inherited = inheritProduct(a, b);
  decidedBySpecials({&a, &b}, inherited);
  // One as a factor rounds nothing: derivatives of sums and copies.
  auto isUnit = [](const Number &number) { return std::fabs(number.value) == 1 && number.error == 0; };
  Number result = round(format, a.value * b.value, inherited, isUnit(a) || isUnit(b) ? 0 : 1);
  result.hasCertainSign = a.isSignCertain() && b.isSignCertain();
  if (options.flushesDenormals && !unrounded && isFlushed(format, a, b, inherited)) {
    result.value = std::copysign(0.0, std::signbit(a.value) == std::signbit(b.value) ? 1.0 : -1.0);
    result.magnitude = result.error = 0;
  }
  // In which order the factors of a derivative meet is not settled: what leaves the range, others may have inside.
  if (unrounded && std::isfinite(a.value) && std::isfinite(b.value)) {
    if (std::isinf(result.value))
      result.setError(infinity);
    else if (result.value == 0 && a.value != 0 && b.value != 0)
      result.setError(std::max(result.error, format.smallestNormal));
  }
  record(format, result, {&a, &b}, [&](Number *partials) {
    partials[0] = b;
    partials[1] = a;
  });
  return result;
}

Number Arithmetic::multiplyStrongly(const Format &format, const Number &a, const Number &b) {
  bool zeroA = a.value == 0 && a.error == 0, zeroB = b.value == 0 && b.error == 0;
  if (!zeroA && !zeroB)
    return multiply(format, a, b);
  Number result = Number::fromFloat(0);
  result.hasCertainSign = false;
  record(format, result, {&a, &b}, [&](Number *partials) {
    partials[0] = b;
    partials[1] = a;
  });
  return result;
}

Number Arithmetic::divide(const Format &format, const Number &a, const Number &b) {
  double quotient = a.value / b.value;
  double inherited = 0;
  if (!decidedBySpecials({&a, &b}, inherited) && (a.error != 0 || b.error != 0)) {
    double nearest = std::fabs(b.value) - b.error;
    inherited = nearest > 0 ? (a.error + std::fabs(quotient) * b.error) / nearest : infinity;
  }
  // A divisor that is flushed to zero, or a zero that gives infinity of either sign.
  if (b.value != 0 ? std::fabs(b.value) < format.smallestNormal : !a.isSignCertain() || !b.isSignCertain())
    inherited = infinity;
  Number result = round(format, quotient, inherited, 1);
  result.hasCertainSign = a.isSignCertain() && b.isSignCertain();
  record(format, result, {&a, &b}, [&](Number *partials) {
    partials[0] = divide(format, Number::fromFloat(1), b);
    partials[1] = negate(format, multiplyStrongly(format, result, partials[0]));
  });
  return result;
}

Number Arithmetic::multiplyAdd(const Format &format, const Number &a, const Number &b, const Number &c) {
  Number product = Number::fromFloat(a.value * b.value, inheritProduct(a, b));
  double inherited = product.error + c.getTermErrors();
  bool special = decidedBySpecials({&a, &b, &c}, inherited);
  bool isSingle = format.semantics == &llvm::APFloat::IEEEsingle() && !unrounded;
  double value = isSingle && options.precision == Precision::Own
                     ? std::fma(static_cast<float>(a.value), static_cast<float>(b.value), static_cast<float>(c.value))
                     : std::fma(a.value, b.value, c.value);
  Number result = round(format, value, inherited, 0);
  if (!special) {
    boundSum(format, result, product, c);
    result.hasCertainSign = result.value != 0;
  }
  record(format, result, {&a, &b, &c}, [&](Number *partials) {
    partials[0] = b;
    partials[1] = a;
    partials[2] = Number::fromFloat(1);
  });
  return result;
}

Number Arithmetic::negate(const Format &format, const Number &a) {
  Number result = a;
  result.value = -a.value;
  record(format, result, {&a}, [](Number *partials) { partials[0] = Number::fromFloat(-1); });
  return result;
}

Number Arithmetic::convert(const Format &format, const Number &a) {
  double inherited = a.error;
  decidedBySpecials({&a}, inherited);
  Number result = round(format, a.value, inherited, 0);
  // A value that the type holds is not rounded.
  if (std::isfinite(a.value) && format.round(a.value) != a.value)
    result.error += format.epsilon * std::fabs(a.value);
  result.hasCertainSign = a.hasCertainSign;
  record(format, result, {&a}, [](Number *partials) { partials[0] = Number::fromFloat(1); });
  return result;
}

//===----------------------------------------------------------------------===//
// Choices
//===----------------------------------------------------------------------===//

Number Arithmetic::selectExtremum(const Format &format, const Number &a, const Number &b, bool takesLarger,
                                  bool passesNaN, const double (&shares)[2]) {
  bool isTie = a.value == b.value;
  bool takesA = takesLarger ? a.value > b.value : a.value < b.value;
  if (isTie) // the larger zero is the positive one
    takesA = takesLarger ? !std::signbit(a.value) : std::signbit(a.value);
  bool nanA = std::isnan(a.value), nanB = std::isnan(b.value);
  if (nanA || nanB) {
    takesA = passesNaN ? nanA : !nanA;
    isTie = nanA && nanB;
  }
  Number result = takesA ? a : b;
  const Number &other = takesA ? b : a;
  double reach = a.error + b.error;
  bool uncertain = reach > 0 && !(nanA || nanB) && !(std::fabs(a.value - b.value) > slack * reach);
  // Either way the result lies between the extrema of both ends.
  if (uncertain || nanA || nanB)
    result.setError(std::max(a.error, b.error));
  if (isTie && a.value == 0)
    result.hasCertainSign = a.hasCertainSign && b.hasCertainSign;
  if (result.error != 0 && other.error == infinity)
    result.setError(infinity);
  record(format, result, {&a, &b}, [&](Number *partials) {
    // A NaN that wins has no derivative.
    bool hasWinner = !std::isnan(result.value);
    double first = !hasWinner ? 0 : isTie ? shares[0] : takesA;
    double second = !hasWinner ? 0 : isTie ? shares[1] : !takesA;
    partials[0] = Number::fromFloat(first, uncertain ? 1 : 0);
    partials[1] = Number::fromFloat(second, uncertain ? 1 : 0);
  });
  return result;
}

Number Arithmetic::select(const Format &format, const Number &condition, const Number &a, const Number &b) {
  bool takesA = condition.bits & 1;
  Number result = takesA ? a : b;
  bool uncertain = !condition.isCertain();
  if (uncertain) {
    double distance = std::fabs(a.value - b.value);
    result.setError((std::isnan(distance) ? infinity : distance) + std::max(a.error, b.error));
    if (result.value == 0)
      result.hasCertainSign = a.isSignCertain() && b.isSignCertain() && std::signbit(a.value) == std::signbit(b.value);
  }
  record(format, result, {&a, &b}, [&](Number *partials) {
    partials[0] = Number::fromFloat(takesA, uncertain ? 1 : 0);
    partials[1] = Number::fromFloat(!takesA, uncertain ? 1 : 0);
  });
  return result;
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

Number Arithmetic::apply(const Format &format, Function f, const Number &a, double ulps,
                         llvm::function_ref<Number(const Number &result)> derivative) {
  double value = f(a.value);
  double inherited = 0;
  if (!decidedBySpecials({&a}, inherited) && a.error != 0) {
    auto findChange = [&](double reach) {
      // Past an end of the domain or a pole the difference is NaN or infinite.
      double below = std::fabs(f(a.value - reach) - value), above = std::fabs(f(a.value + reach) - value);
      bool decided = std::isnan(value) && std::isnan(f(a.value - reach)) && std::isnan(f(a.value + reach));
      return decided ? 0 : std::isnan(below + above) ? infinity : std::max(below, above);
    };
    inherited = findChange(a.error);
    // A step of a function that has steps may be further off.
    if (inherited == 0)
      inherited = findChange(slack * a.error);
  }
  // A pole at a zero of either sign.
  if (std::isinf(value) && a.value == 0 && !a.isSignCertain() && f(-a.value) != value)
    inherited = infinity;
  Number result = round(format, value, inherited, ulps);
  result.hasCertainSign = a.isSignCertain();
  record(format, result, {&a}, [&](Number *partials) { partials[0] = derivative(result); });
  return result;
}
