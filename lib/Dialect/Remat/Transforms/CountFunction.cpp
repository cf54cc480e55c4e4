//===- CountFunction.cpp - Trip counts from arguments ------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The plan is made before the program runs, so what it depends on is computed by a
// function of its own: a copy of the operations that the counts come from.
//
//===----------------------------------------------------------------------===//

#include "CountFunction.h"

#include "remat/Dialect/Remat/Analysis/ProgramMemory.h"
#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace remat;

namespace {

/// Copies what values are computed from into another function.
class SliceCloner {
public:
  SliceCloner(func::FuncOp from, func::FuncOp to, ImplicitLocOpBuilder &builder) : builder(builder) {
    for (auto [argument, copy] : llvm::zip(from.getArguments(), to.getArguments()))
      mapping.map(argument, copy);
  }

  /// The copy of \p value; null if it depends on more than the arguments.
  Value clone(Value value) {
    if (Value known = mapping.lookupOrNull(value))
      return known;
    Operation *op = value.getDefiningOp();
    if (!op || op->getNumRegions() != 0 || !isAvailable(op))
      return Value();
    for (Value operand : op->getOperands())
      if (!clone(operand))
        return Value();
    builder.clone(*op, mapping);
    return mapping.lookup(value);
  }

  /// The number of elements of \p array along an axis; null if it depends on more
  /// than the arguments.
  Value cloneExtent(Value array, unsigned axis) {
    while (auto cast = array.getDefiningOp<memref::CastOp>())
      array = cast.getSource();
    auto type = cast<MemRefType>(array.getType());
    if (!type.isDynamicDim(axis))
      return arith::ConstantIndexOp::create(builder, type.getDimSize(axis));
    if (auto alloc = array.getDefiningOp<memref::AllocOp>())
      return clone(alloc.getDynamicSizes()[type.getDynamicDimIndex(axis)]);
    Value copy = clone(array);
    return copy ? memref::DimOp::create(builder, copy, axis).getResult() : Value();
  }

private:
  /// Arguments are not written before the program runs.
  static bool isAvailable(Operation *op) {
    if (auto load = dyn_cast<memref::LoadOp>(op))
      return isa<BlockArgument>(load.getMemRef());
    return isMemoryEffectFree(op);
  }

  ImplicitLocOpBuilder &builder;
  IRMapping mapping;
};

} // namespace

static Value compare(ImplicitLocOpBuilder &builder, arith::CmpIPredicate predicate, Value left, Value right) {
  return arith::CmpIOp::create(builder, predicate, left, right);
}

/// Checks that a sweep has as many steps as its arrays have elements.
static LogicalResult checkSweep(ForwardSweepOp sweep, SliceCloner &slice, ImplicitLocOpBuilder &builder) {
  Value count = slice.clone(sweep.getCount());
  if (!count)
    // The author wrote no sweep.
    return emitError(
        sweep.getLoc(),
        "'remat.recurrence' op expects a trip count that is a constant or computed from extents and scalars of the "
        "function's arguments alone");
  Value zero = arith::ConstantIndexOp::create(builder, 0);
  std::string chain = (sweep.getChain() + formatPlace(sweep.getLoc())).str();
  cf::AssertOp::create(builder, compare(builder, arith::CmpIPredicate::sge, count, zero),
                       "the trip count of @" + chain + " is negative");
  auto check = [&](OperandRange arrays, StringRef what) -> LogicalResult {
    for (auto [number, array] : llvm::enumerate(arrays)) {
      Value extent = slice.cloneExtent(array, 0);
      if (!extent)
        return emitError(sweep.getLoc(), "'remat.recurrence' op expects ")
               << what << " #" << number << " to have an extent that is computed from the function's arguments";
      std::string message =
          (what + " #" + Twine(number) + " of @" + chain + " does not have one element per step").str();
      cf::AssertOp::create(builder, compare(builder, arith::CmpIPredicate::eq, extent, count), message);
    }
    return success();
  };
  if (failed(check(sweep.getScans(), "scan")) || failed(check(sweep.getStacked(), "stacked output")))
    return failure();
  if (!sweep.getHistory())
    return success();
  for (Operation *user : sweep.getHistory().getUsers())
    if (failed(check(cast<BackwardSweepOp>(user).getScanGradients(), "gradient of scan")))
      return failure();
  return success();
}

/// Checks that the operands of a structured operation agree on its iterations, as
/// far as that is not known from types.
static void checkExtents(linalg::LinalgOp op, SliceCloner &slice, ImplicitLocOpBuilder &builder) {
  if (!llvm::is_contained(op.getStaticLoopRanges(), ShapedType::kDynamic))
    return;
  DenseMap<unsigned, Value> ranges;
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<MemRefType>(operand.get().getType()))
      continue;
    for (auto [axis, expression] : llvm::enumerate(op.getMatchingIndexingMap(&operand).getResults())) {
      auto iteration = dyn_cast<AffineDimExpr>(expression);
      Value extent = iteration ? slice.cloneExtent(operand.get(), axis) : Value();
      if (!extent)
        continue;
      auto [known, isFirst] = ranges.try_emplace(iteration.getPosition(), extent);
      if (!isFirst && known->second != extent)
        cf::AssertOp::create(builder, compare(builder, arith::CmpIPredicate::eq, known->second, extent),
                             "operand #" + std::to_string(operand.getOperandNumber()) + " of '" +
                                 op->getName().getStringRef().str() + "'" + formatPlace(op->getLoc()) +
                                 " does not have the extent of the others");
    }
  }
}

LogicalResult remat::createCountFunction(func::FuncOp entry, ArrayRef<Value> counts) {
  ImplicitLocOpBuilder builder(entry.getLoc(), entry->getContext());
  builder.setInsertionPointAfter(entry);
  SmallVector<Type> types(entry.getArgumentTypes());
  types.push_back(MemRefType::get({ShapedType::kDynamic}, builder.getI64Type()));
  auto function = func::FuncOp::create(builder, (entry.getSymName() + "_counts").str(),
                                       builder.getFunctionType(types, TypeRange()));
  function->setAttr(LLVM::LLVMDialect::getEmitCWrapperAttrName(), builder.getUnitAttr());
  Block *body = function.addEntryBlock();
  builder.setInsertionPointToStart(body);

  SliceCloner slice(entry, function, builder);
  WalkResult checked = entry.walk([&](ForwardSweepOp sweep) {
    return failed(checkSweep(sweep, slice, builder)) ? WalkResult::interrupt() : WalkResult::advance();
  });
  if (checked.wasInterrupted())
    return failure();
  entry.walk([&](linalg::LinalgOp op) { checkExtents(op, slice, builder); });
  for (auto [number, value] : llvm::enumerate(counts)) {
    Value count = slice.clone(value);
    if (!count)
      return emitError(value.getLoc(), "expects an extent that is a constant or computed from extents and scalars of "
                                       "the function's arguments alone");
    Value word = arith::IndexCastOp::create(builder, builder.getI64Type(), count);
    Value position = arith::ConstantIndexOp::create(builder, number);
    memref::StoreOp::create(builder, word, body->getArguments().back(), position);
  }
  func::ReturnOp::create(builder);
  return success();
}
