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

#include "remat/ABI/Entry.h"
#include "remat/Dialect/Remat/Analysis/ProgramMemory.h"
#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace remat;

namespace {

/// Copies what values are computed from into another function.
class SliceCloner {
public:
  SliceCloner(func::FuncOp from, func::FuncOp to, const BufferAliases &aliases, ImplicitLocOpBuilder &builder)
      : aliases(aliases), builder(builder) {
    for (auto [argument, copy] : llvm::zip(from.getArguments(), to.getArguments()))
      mapping.map(argument, copy);
  }

  /// The copy of \p value; null if it depends on more than the arguments.
  Value clone(Value value) {
    if (Value known = mapping.lookupOrNull(value))
      return known;
    Operation *op = value.getDefiningOp();
    if (auto dim = dyn_cast_if_present<memref::DimOp>(op))
      if (std::optional<int64_t> axis = dim.getConstantIndex())
        if (Value extent = cloneExtent(dim.getSource(), *axis)) {
          mapping.map(value, extent);
          return extent;
        }
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
    if (Value size = getSize(array, axis))
      return clone(size);
    if (auto collapse = array.getDefiningOp<memref::CollapseShapeOp>()) {
      ReassociationIndices group = collapse.getReassociationIndices()[axis];
      Value product = cloneExtent(collapse.getSrc(), group.front());
      for (int64_t dimension : llvm::drop_begin(group))
        if (Value factor = product ? cloneExtent(collapse.getSrc(), dimension) : Value())
          product = builder.createOrFold<arith::MulIOp>(product, factor);
        else
          return Value();
      return product;
    }
    Value copy = clone(array);
    return copy ? memref::DimOp::create(builder, copy, axis).getResult() : Value();
  }

private:
  /// The number that \p array is made with along the dynamic \p axis, whichever branch makes it; null if
  /// that is written nowhere.
  static Value getSize(Value array, unsigned axis) {
    unsigned number = cast<MemRefType>(array.getType()).getDynamicDimIndex(axis);
    if (auto alloc = array.getDefiningOp<memref::AllocOp>())
      return alloc.getDynamicSizes()[number];
    if (auto expand = array.getDefiningOp<memref::ExpandShapeOp>())
      return expand.getOutputShape()[number];
    auto branch = array.getDefiningOp<scf::IfOp>();
    if (!branch)
      return Value();
    unsigned result = cast<OpResult>(array).getResultNumber();
    Value left = branch.thenYield().getOperand(result), right = branch.elseYield().getOperand(result);
    if (left.getType() != array.getType() || right.getType() != array.getType())
      return Value();
    Value size = getSize(left, axis);
    return size == getSize(right, axis) ? size : Value();
  }
  /// Arguments are not written before the program runs. Results are arguments as well,
  /// but the program writes them.
  bool isAvailable(Operation *op) const {
    auto load = dyn_cast<memref::LoadOp>(op);
    if (!load)
      return isMemoryEffectFree(op);
    return isa<BlockArgument>(load.getMemRef()) && !isWritten(load.getMemRef());
  }
  bool isWritten(Value argument) const {
    for (Value alias : aliases.resolve(argument))
      for (Operation *user : alias.getUsers())
        if (!isMemoryEffectFree(user) &&
            (!isa<MemoryEffectOpInterface>(user) || hasEffect<MemoryEffects::Write>(user, alias)))
          return true;
    return false;
  }

  const BufferAliases &aliases;
  ImplicitLocOpBuilder &builder;
  IRMapping mapping;
};

} // namespace

/// Checks that a sweep has as many steps as its arrays have elements.
static LogicalResult checkSweep(ForwardSweepOp sweep, SliceCloner &slice, ImplicitLocOpBuilder &builder) {
  Value count = slice.clone(sweep.getCount());
  if (!count)
    // The author wrote no sweep.
    return emitError(
        sweep.getLoc(),
        "'remat.recurrence' op expects a trip count that is a constant or computed from extents and scalars of the "
        "function's arguments alone");
  builder.setLoc(sweep.getLoc());
  Value zero = arith::ConstantIndexOp::create(builder, 0);
  Value unlimited = arith::ConstantIndexOp::create(builder, std::numeric_limits<int64_t>::max());
  CheckRangeOp::create(builder, count, zero, unlimited, /*step=*/Value(), "the trip count of 'remat.recurrence'");
  auto check = [&](OperandRange arrays, StringRef what) -> LogicalResult {
    for (auto [number, array] : llvm::enumerate(arrays)) {
      Value extent = slice.cloneExtent(array, 0);
      if (!extent)
        return emitError(sweep.getLoc(), "'remat.recurrence' op expects ")
               << what << " #" << number << " to have an extent that is computed from the function's arguments";
      CheckRangeOp::create(builder, extent, count, count, /*step=*/Value(),
                           (what + " #" + Twine(number) + " of 'remat.recurrence', in elements,").str());
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

FailureOr<func::FuncOp> remat::createCountFunction(func::FuncOp entry, ArrayRef<Value> counts,
                                                   const BufferAliases &aliases) {
  ImplicitLocOpBuilder builder(entry.getLoc(), entry->getContext());
  builder.setInsertionPointAfter(entry);
  SmallVector<Type> types(entry.getArgumentTypes());
  types.push_back(MemRefType::get({ShapedType::kDynamic}, builder.getI64Type()));
  auto function = func::FuncOp::create(builder, (entry.getSymName() + REMAT_COUNTS_SUFFIX).str(),
                                       builder.getFunctionType(types, TypeRange()));
  function->setAttr(LLVM::LLVMDialect::getEmitCWrapperAttrName(), builder.getUnitAttr());
  Block *body = function.addEntryBlock();
  builder.setInsertionPointToStart(body);

  SliceCloner slice(entry, function, aliases, builder);
  SmallPtrSet<Value, 4> tripCounts;
  WalkResult checked = entry.walk([&](ForwardSweepOp sweep) {
    tripCounts.insert(sweep.getCount());
    return failed(checkSweep(sweep, slice, builder)) ? WalkResult::interrupt() : WalkResult::advance();
  });
  if (checked.wasInterrupted())
    return failure();
  for (auto [number, value] : llvm::enumerate(counts)) {
    Value count = slice.clone(value);
    if (!count)
      return emitError(value.getLoc(), "expects an extent that is a constant or computed from extents and scalars of "
                                       "the function's arguments alone");
    if (!tripCounts.contains(value)) {
      builder.setLoc(value.getLoc());
      Value zero = arith::ConstantIndexOp::create(builder, 0);
      Value unlimited = arith::ConstantIndexOp::create(builder, std::numeric_limits<int64_t>::max());
      CheckRangeOp::create(builder, count, zero, unlimited, /*step=*/Value(), "an extent");
    }
    Value word = arith::IndexCastOp::create(builder, builder.getI64Type(), count);
    Value position = arith::ConstantIndexOp::create(builder, number);
    memref::StoreOp::create(builder, word, body->getArguments().back(), position);
  }
  func::ReturnOp::create(builder);
  return function;
}
