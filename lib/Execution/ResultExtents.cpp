//===- ResultExtents.cpp - Shapes of results from shapes of arguments ---------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A caller allocates results before the call. In programs over time the dynamic
// extents of results are trip counts and extents of arguments, so following
// definitions upwards is enough; arithmetic on extents is not interpreted.
//
//===----------------------------------------------------------------------===//

#include "ResultExtents.h"

#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace remat;
using Extent = std::optional<ResultExtent>;

/// Definitions are followed through this many operations and calls.
static constexpr unsigned maxDepth = 256;

static Extent traceExtent(Value tensor, unsigned dimension, unsigned depth);

static Extent makeConstant(int64_t value) { return ResultExtent{ResultExtent::Kind::Constant, value}; }

static bool areSame(const ResultExtent &a, const ResultExtent &b) {
  return std::tie(a.kind, a.value, a.argument, a.dimension) == std::tie(b.kind, b.value, b.argument, b.dimension);
}

/// The entry function's argument behind \p value, which belongs to a function.
static std::optional<unsigned> getFunctionArgument(Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument || !isa<func::FuncOp>(argument.getOwner()->getParentOp()))
    return std::nullopt;
  return argument.getArgNumber();
}

/// Where a scalar of type index (or one that an index was made of) comes from.
static Extent traceValue(Value value, unsigned depth) {
  if (depth == 0)
    return std::nullopt;
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return makeConstant(constant.getSExtValue());
  if (std::optional<unsigned> argument = getFunctionArgument(value))
    return ResultExtent{ResultExtent::Kind::ArgumentValue, 0, *argument};
  if (auto dim = value.getDefiningOp<tensor::DimOp>())
    if (std::optional<int64_t> dimension = dim.getConstantIndex())
      return traceExtent(dim.getSource(), *dimension, depth - 1);
  if (auto cast = value.getDefiningOp<arith::IndexCastOp>())
    return traceValue(cast.getIn(), depth - 1);
  return std::nullopt;
}

static Extent traceFoldResult(OpFoldResult value, unsigned depth) {
  if (std::optional<int64_t> constant = getConstantIntValue(value))
    return makeConstant(*constant);
  return traceValue(cast<Value>(value), depth);
}

/// Follows extents out of the function that \p call calls.
static Extent traceCallee(Operation *call, FlatSymbolRefAttr callee, ValueRange operands, unsigned result,
                          unsigned dimension, unsigned depth) {
  auto function = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(call, callee);
  if (!function || !llvm::hasSingleElement(function.getBody()))
    return std::nullopt;
  Operation *terminator = function.getBody().front().getTerminator();
  if (result >= terminator->getNumOperands())
    return std::nullopt;
  Extent inside = traceExtent(terminator->getOperand(result), dimension, depth - 1);
  if (!inside || inside->kind == ResultExtent::Kind::Constant)
    return inside;
  Value operand = operands[inside->argument];
  return inside->kind == ResultExtent::Kind::ArgumentValue ? traceValue(operand, depth - 1)
                                                           : traceExtent(operand, inside->dimension, depth - 1);
}

/// The extent that all branches of \p op give their result.
static Extent traceBranches(Operation *op, unsigned result, unsigned dimension, unsigned depth) {
  Extent common;
  for (Region &region : op->getRegions()) {
    Extent extent = traceExtent(region.front().getTerminator()->getOperand(result), dimension, depth - 1);
    if (!extent || (common && !areSame(*common, *extent)))
      return std::nullopt;
    common = extent;
  }
  return common;
}

/// The extents of what a loop hands on, if each turn only writes into it.
static Extent traceLoop(LoopLikeOpInterface loop, unsigned number, unsigned dimension, unsigned depth) {
  auto repeated = dyn_cast<scf::WhileOp>(loop.getOperation());
  if (repeated && (number >= repeated.getInits().size() ||
                   repeated.getConditionOp().getArgs()[number] != repeated.getBeforeArguments()[number]))
    return std::nullopt;
  Value argument = repeated ? Value(repeated.getAfterArguments()[number]) : Value(loop.getRegionIterArgs()[number]);
  Value next = repeated ? repeated.getYieldOp().getOperand(number) : loop.getYieldedValues()[number];
  while (next != argument) {
    if (auto insert = next.getDefiningOp<tensor::InsertSliceOp>())
      next = insert.getDest();
    else if (auto insert = next.getDefiningOp<tensor::InsertOp>())
      next = insert.getDest();
    else
      return std::nullopt;
  }
  return traceExtent(loop.getInits()[number], dimension, depth - 1);
}

/// Where extent \p dimension of \p tensor comes from.
static Extent traceExtent(Value tensor, unsigned dimension, unsigned depth) {
  auto type = dyn_cast<RankedTensorType>(tensor.getType());
  if (depth == 0 || !type || dimension >= type.getRank())
    return std::nullopt;
  if (!type.isDynamicDim(dimension))
    return makeConstant(type.getDimSize(dimension));
  if (std::optional<unsigned> argument = getFunctionArgument(tensor))
    return ResultExtent{ResultExtent::Kind::ArgumentExtent, 0, *argument, dimension};
  auto result = dyn_cast<OpResult>(tensor);
  if (!result)
    return std::nullopt;
  Operation *op = result.getOwner();
  unsigned number = result.getResultNumber();

  if (auto loop = dyn_cast<RecurrenceOp>(op))
    return dimension == 0 ? traceValue(loop.getCount(), depth - 1) : std::nullopt;
  if (auto gradient = dyn_cast<ValueAndGradientOp>(op)) {
    size_t values = op->getNumResults() - gradient.getWrt().size();
    if (number >= values)
      return traceExtent(gradient.getArgs()[gradient.getWrt()[number - values]], dimension, depth - 1);
    return traceCallee(op, gradient.getCalleeAttr(), gradient.getArgs(), number, dimension, depth);
  }
  if (auto call = dyn_cast<func::CallOp>(op))
    return traceCallee(op, call.getCalleeAttr(), call.getOperands(), number, dimension, depth);
  if (auto call = dyn_cast<CustomVjpOp>(op))
    return traceCallee(op, call.getCalleeAttr(), call.getArgs(), number, dimension, depth);
  if (auto destinationStyle = dyn_cast<DestinationStyleOpInterface>(op))
    return traceExtent(destinationStyle.getTiedOpOperand(result)->get(), dimension, depth - 1);
  if (auto empty = dyn_cast<tensor::EmptyOp>(op))
    return traceFoldResult(empty.getMixedSizes()[dimension], depth - 1);
  // One size for each dynamic extent.
  auto traceSize = [&](ValueRange sizes) { return traceValue(sizes[type.getDynamicDimIndex(dimension)], depth - 1); };
  if (auto splat = dyn_cast<tensor::SplatOp>(op))
    return traceSize(splat.getDynamicSizes());
  if (auto generate = dyn_cast<tensor::GenerateOp>(op))
    return traceSize(generate.getDynamicExtents());
  if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op))
    return traceSize(expand.getOutputShape());
  if (auto insert = dyn_cast<tensor::InsertSliceOp>(op))
    return traceExtent(insert.getDest(), dimension, depth - 1);
  if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op)) {
    SmallVector<OpFoldResult> sizes;
    llvm::SmallBitVector dropped = slice.getDroppedDims();
    for (auto [dim, size] : llvm::enumerate(slice.getMixedSizes()))
      if (!dropped.test(dim))
        sizes.push_back(size);
    return traceFoldResult(sizes[dimension], depth - 1);
  }
  if (isa<scf::ForOp, scf::WhileOp>(op))
    return traceLoop(cast<LoopLikeOpInterface>(op), number, dimension, depth);
  if (isa<scf::IfOp, scf::IndexSwitchOp>(op))
    return traceBranches(op, number, dimension, depth);
  // Element-wise operations, casts between tensors of one shape.
  if (op->hasTrait<OpTrait::Elementwise>() || isa<tensor::CastOp, StopGradientOp>(op))
    return traceExtent(op->getOperand(op->getNumOperands() - 1), dimension, depth - 1);
  return std::nullopt;
}

Extent remat::traceResultExtent(func::FuncOp entry, unsigned index, unsigned dimension) {
  return traceExtent(entry.getBody().front().getTerminator()->getOperand(index), dimension, maxDepth);
}
