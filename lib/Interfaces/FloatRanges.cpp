//===- FloatRanges.cpp - What floats can be ------------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Interfaces/FloatRanges.h"

#include "FloatRange.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace remat;

#include "remat/Interfaces/FloatRangeInterface.cpp.inc"

static constexpr double infinity = std::numeric_limits<double>::infinity();

static bool isFloat(Value value) { return isa<FloatType>(getElementTypeOrSelf(value.getType())); }

//===----------------------------------------------------------------------===//
// Structured operations
//===----------------------------------------------------------------------===//

/// Where the result of \p init comes from: the value that the body yields for it.
static Value getYielded(linalg::LinalgOp op, OpResult result) {
  return op.getBlock()->getTerminator()->getOperand(result.getResultNumber());
}

/// True if the body does nothing but add, multiply and compare.
static bool isPolynomialBody(Block &body) {
  return llvm::all_of(body.without_terminator(), [](Operation &op) {
    return isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::NegFOp, arith::ExtFOp, arith::TruncFOp,
               arith::MaximumFOp, arith::MinimumFOp, arith::MaxNumFOp, arith::MinNumFOp, arith::CmpFOp, arith::SelectOp,
               arith::ConstantOp, math::FmaOp, math::AbsFOp>(op);
  });
}

/// What a body that yields `old + x` adds to its output; null if it does something else.
static Value getSummand(linalg::LinalgOp op, OpResult result) {
  auto sum = getYielded(op, result).getDefiningOp<arith::AddFOp>();
  Value old = op.getBlock()->getArgument(op.getNumDpsInputs() + result.getResultNumber());
  if (!sum || (sum.getLhs() != old && sum.getRhs() != old))
    return {};
  return sum.getLhs() == old ? sum.getRhs() : sum.getLhs();
}

static SmallVector<Value> getStructuredInputs(linalg::LinalgOp op, OpResult result) {
  if (!op.hasPureTensorSemantics())
    return {};
  SmallVector<Value> inputs;
  if (op.getNumReductionLoops() == 0) {
    inputs = {getYielded(op, result), op.getDpsInits()[result.getResultNumber()]};
    return inputs;
  }
  for (Value operand : op->getOperands())
    if (isFloat(operand))
      inputs.push_back(operand);
  if (Value summand = getSummand(op, result))
    inputs.push_back(summand);
  return inputs;
}

static FloatRange getStructuredRange(linalg::LinalgOp op, OpResult result, FloatRanges &ranges) {
  if (!op.hasPureTensorSemantics())
    return FloatRange::getUnknown();
  OpOperand *init = op.getDpsInitOperand(result.getResultNumber());
  if (op.getNumReductionLoops() == 0) {
    FloatRange range = ranges.get(getYielded(op, result));
    return op.getMatchingIndexingMap(init).isPermutation() ? range : range.join(ranges.get(init->get()));
  }
  for (Value operand : op->getOperands())
    if (isFloat(operand) && !ranges.get(operand).isFinite())
      return FloatRange::getUnknown();
  FloatRange added = FloatRange::getUnknown();
  if (Value summand = getSummand(op, result))
    added = ranges.get(summand);
  if (!added.isFinite() && !isPolynomialBody(*op.getBlock()))
    return FloatRange::getUnknown();
  FloatRange range = FloatRange::getFinite(result.getType());
  if (added.low >= 0 && ranges.get(init->get()).low >= 0)
    range.low = 0;
  return range;
}

//===----------------------------------------------------------------------===//
// Element-wise operations
//===----------------------------------------------------------------------===//

static FloatRange getConstantRange(arith::ConstantOp op) {
  FloatRange range{infinity, -infinity, false};
  auto add = [&](APFloat value) {
    bool losesInfo;
    if (value.isNaN()) {
      range.mayBeNaN = true;
      return;
    }
    value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
    range = range.join({value.convertToDouble(), value.convertToDouble(), false});
  };
  if (auto scalar = dyn_cast<FloatAttr>(op.getValue())) {
    add(scalar.getValue());
  } else if (auto dense = dyn_cast<DenseFPElementsAttr>(op.getValue())) {
    if (dense.isSplat())
      add(dense.getSplatValue<APFloat>());
    else
      llvm::for_each(dense, add);
  } else {
    return FloatRange::getUnknown();
  }
  return range.low <= range.high ? range : FloatRange::getUnknown();
}

/// The range of a function that grows with its argument.
template <double (*function)(double)>
static FloatRange mapIncreasing(const FloatRange &x) {
  return {function(x.low), function(x.high), x.mayBeNaN};
}

/// As mapIncreasing, for a function that is NaN for arguments below \p smallest.
template <double (*function)(double)>
static FloatRange mapIncreasingAbove(double smallest, const FloatRange &x) {
  FloatRange range{function(std::max(x.low, smallest)), function(std::max(x.high, smallest)), x.mayBeNaN};
  range.mayBeNaN |= x.low < smallest;
  return range;
}

static FloatRange maximum(const FloatRange &x, const FloatRange &y, bool mayBeNaN) {
  return {std::max(x.low, y.low), std::max(x.high, y.high), mayBeNaN};
}

static FloatRange minimum(const FloatRange &x, const FloatRange &y, bool mayBeNaN) {
  return {std::min(x.low, y.low), std::min(x.high, y.high), mayBeNaN};
}

/// \p x where numbers that are too small for \p type count as zero.
static FloatRange flush(FloatRange x, Type type) {
  if (x.low > 0 && !FloatRange{x.low, x.low, false}.excludesZero(type))
    x.low = 0;
  if (x.high < 0 && !FloatRange{x.high, x.high, false}.excludesZero(type))
    x.high = 0;
  return x;
}

/// The range of an operation that computes each element from the elements of \p in
/// at the same place.
static FloatRange getElementwiseRange(Operation *op, ArrayRef<FloatRange> in) {
  Type type = op->getResult(0).getType();
  return llvm::TypeSwitch<Operation *, FloatRange>(op)
      .Case([&](arith::AddFOp) { return in[0] + in[1]; })
      .Case([&](arith::SubFOp) { return in[0] + -in[1]; })
      .Case([&](arith::MulFOp mul) { return mul.getLhs() == mul.getRhs() ? square(in[0]) : in[0] * in[1]; })
      .Case([&](arith::DivFOp) { return divide(in[0], in[1], type); })
      .Case([&](arith::NegFOp) { return -in[0]; })
      .Case<arith::ExtFOp, arith::TruncFOp>([&](Operation *) { return in[0]; })
      .Case([&](arith::SelectOp) { return in[in.size() - 2].join(in[in.size() - 1]); })
      .Case<arith::MaximumFOp>([&](Operation *) { return maximum(in[0], in[1], in[0].mayBeNaN || in[1].mayBeNaN); })
      .Case<arith::MinimumFOp>([&](Operation *) { return minimum(in[0], in[1], in[0].mayBeNaN || in[1].mayBeNaN); })
      // These return the operand that is no NaN, whatever it is.
      .Case<arith::MaxNumFOp, arith::MinNumFOp>([&](Operation *) {
        FloatRange range = in[0].join(in[1]);
        range.mayBeNaN = in[0].mayBeNaN && in[1].mayBeNaN;
        return range;
      })
      .Case<arith::SIToFPOp, arith::UIToFPOp>([&](Operation *conversion) {
        Type from = getElementTypeOrSelf(conversion->getOperand(0).getType());
        double largest = std::ldexp(1.0, from.isIndex() ? 64 : int(from.getIntOrFloatBitWidth()));
        return FloatRange{isa<arith::UIToFPOp>(conversion) ? 0 : -largest, largest, false};
      })
      .Case([&](math::AbsFOp) {
        FloatRange range = maximum(in[0], -in[0], in[0].mayBeNaN);
        range.low = std::max(range.low, 0.0);
        return range;
      })
      .Case([&](math::CopySignOp) {
        double largest = std::max(std::abs(in[0].low), std::abs(in[0].high));
        return FloatRange{-largest, largest, in[0].mayBeNaN};
      })
      .Case([&](math::FmaOp) { return in[0] * in[1] + in[2]; })
      .Case([&](math::ExpOp) { return mapIncreasing<std::exp>(in[0]); })
      .Case([&](math::Exp2Op) { return mapIncreasing<std::exp2>(in[0]); })
      .Case([&](math::ExpM1Op) { return mapIncreasing<std::expm1>(in[0]); })
      .Case([&](math::SinhOp) { return mapIncreasing<std::sinh>(in[0]); })
      .Case([&](math::AsinhOp) { return mapIncreasing<std::asinh>(in[0]); })
      .Case([&](math::TanhOp) { return mapIncreasing<std::tanh>(in[0]); })
      .Case([&](math::AtanOp) { return mapIncreasing<std::atan>(in[0]); })
      .Case([&](math::CbrtOp) { return mapIncreasing<std::cbrt>(in[0]); })
      .Case([&](math::ErfOp) { return mapIncreasing<std::erf>(in[0]); })
      .Case([&](math::ErfcOp) { return -mapIncreasing<std::erf>(in[0]) + FloatRange{1, 1, false}; })
      .Case([&](math::ClampFOp) {
        bool mayBeNaN = in[0].mayBeNaN || in[1].mayBeNaN || in[2].mayBeNaN;
        return maximum(minimum(in[0], in[1], mayBeNaN), in[2], mayBeNaN);
      })
      .Case([&](math::Atan2Op) { return FloatRange{-4, 4, in[0].mayBeNaN || in[1].mayBeNaN}; })
      .Case([&](math::LogOp) { return mapIncreasingAbove<std::log>(0, in[0]); })
      .Case([&](math::Log2Op) { return mapIncreasingAbove<std::log2>(0, in[0]); })
      .Case([&](math::Log10Op) { return mapIncreasingAbove<std::log10>(0, in[0]); })
      .Case([&](math::Log1pOp) { return mapIncreasingAbove<std::log1p>(-1, in[0]); })
      .Case([&](math::SqrtOp) { return mapIncreasingAbove<std::sqrt>(0, in[0]); })
      .Case([&](math::RsqrtOp) { return divide({1, 1, false}, mapIncreasingAbove<std::sqrt>(0, in[0]), type); })
      .Case<math::FloorOp, math::CeilOp, math::RoundOp, math::RoundEvenOp, math::TruncOp>([&](Operation *) {
        return FloatRange{std::floor(in[0].low), std::ceil(in[0].high), in[0].mayBeNaN};
      })
      .Case<math::SinOp, math::CosOp, math::SincosOp>([&](Operation *) { return FloatRange{-1, 1, !in[0].isFinite()}; })
      .Default([](Operation *) { return FloatRange::getUnknown(); });
}

//===----------------------------------------------------------------------===//
// All operations
//===----------------------------------------------------------------------===//

SmallVector<Value> FloatRanges::getInputs(Value value) {
  SmallVector<Value> inputs;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto structured = dyn_cast_or_null<linalg::LinalgOp>(argument.getOwner()->getParentOp());
    if (structured && structured.hasPureTensorSemantics() && argument.getArgNumber() < structured->getNumOperands())
      inputs.push_back(structured->getOperand(argument.getArgNumber()));
    return inputs;
  }
  auto result = cast<OpResult>(value);
  Operation *op = result.getOwner();
  if (auto known = dyn_cast<FloatRangeOpInterface>(op))
    return known.getFloatRangeInputs();
  if (auto structured = dyn_cast<linalg::LinalgOp>(op))
    return getStructuredInputs(structured, result);
  if (auto branch = dyn_cast<scf::IfOp>(op))
    return {branch.thenYield()->getOperand(result.getResultNumber()),
            branch.elseYield()->getOperand(result.getResultNumber())};
  for (Value operand : op->getOperands())
    if (isFloat(operand))
      inputs.push_back(operand);
  if (auto pad = dyn_cast<tensor::PadOp>(op); pad && pad.getConstantPaddingValue())
    inputs.push_back(pad.getConstantPaddingValue());
  return inputs;
}

FloatRange FloatRanges::compute(Value value) {
  if (!isFloat(value))
    return FloatRange::getUnknown();
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    Operation *parent = argument.getOwner()->getParentOp();
    if (auto structured = dyn_cast_or_null<linalg::LinalgOp>(parent)) {
      SmallVector<Value> inputs = getInputs(value);
      bool isRunning = argument.getArgNumber() >= structured.getNumDpsInputs() && structured.getNumReductionLoops();
      return inputs.empty() || isRunning ? FloatRange::getUnknown() : get(inputs.front());
    }
    // What a function is given, or a piece of code that has no place yet.
    if (isa_and_nonnull<FunctionOpInterface, ModuleOp>(parent))
      return FloatRange::getFinite(value.getType());
    return FloatRange::getUnknown();
  }

  auto result = cast<OpResult>(value);
  Operation *op = result.getOwner();
  if (auto known = dyn_cast<FloatRangeOpInterface>(op))
    return known.getFloatRange(result, *this);
  if (auto constant = dyn_cast<arith::ConstantOp>(op))
    return getConstantRange(constant);
  if (auto structured = dyn_cast<linalg::LinalgOp>(op))
    return getStructuredRange(structured, result, *this);
  SmallVector<FloatRange> in;
  for (Value input : getInputs(value))
    in.push_back(flush(get(input), input.getType()));
  if (isa<linalg::SoftmaxOp>(op))
    return {0, 1, !in.front().isFinite()};
  // Nobody reads what was not written.
  if (isa<tensor::EmptyOp>(op))
    return {0, 0, false};
  if (isa<scf::IfOp, tensor::CastOp, tensor::CollapseShapeOp, tensor::ConcatOp, tensor::ExpandShapeOp,
          tensor::ExtractOp, tensor::ExtractSliceOp, tensor::FromElementsOp, tensor::InsertOp, tensor::InsertSliceOp,
          tensor::PadOp, tensor::ReshapeOp, tensor::SplatOp>(op)) {
    if (in.empty() || (isa<tensor::PadOp>(op) && in.size() != 2))
      return FloatRange::getUnknown();
    FloatRange range = in.front();
    for (const FloatRange &other : in)
      range = range.join(other);
    return range;
  }
  if (!OpTrait::hasElementwiseMappableTraits(op))
    return FloatRange::getUnknown();
  return getElementwiseRange(op, in).round(value.getType());
}

FloatRange FloatRanges::get(Value value) {
  auto isKnown = [&](Value value) { return assumed.contains(value) || known.contains(value); };
  // With a stack of its own: a chain of operations may be long.
  SmallVector<Value> stack = {value};
  while (!stack.empty()) {
    Value current = stack.back();
    if (isKnown(current)) {
      stack.pop_back();
      continue;
    }
    size_t depth = stack.size();
    for (Value input : getInputs(current))
      if (!isKnown(input))
        stack.push_back(input);
    if (stack.size() != depth)
      continue;
    FloatRange range = compute(current);
    known[current] = range;
    stack.pop_back();
  }
  auto found = assumed.find(value);
  return found != assumed.end() ? found->second : known.lookup(value);
}
