//===- IndexTensor.cpp - The indices that an operation uses --- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An index inside the body of a linalg operation can not be checked there: kernels
// have no place to stop at. Its computation is cloned into an operation of its own,
// over the loops that it depends on only, so a row that is looked up for a whole
// embedding is one index.
//
//===----------------------------------------------------------------------===//

#include "IndexTensor.h"

#include "remat/Interfaces/BlockDifferentiator.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallBitVector.h"

using namespace mlir;
using namespace remat;

Value remat::skipConversions(Value index) {
  while (Operation *op = index.getDefiningOp()) {
    if (!isa<arith::IndexCastOp, arith::ExtSIOp>(op))
      break;
    index = op->getOperand(0);
  }
  return index;
}

namespace {
/// Separates the computation of one index.
class IndexSlice {
public:
  IndexSlice(linalg::LinalgOp op, Value index, Operation *user) : op(op), index(skipConversions(index)), user(user) {}

  /// Whether that is possible.
  bool collect();
  Value emit();

private:
  bool collectConditions();
  bool collectValue(Value value);
  bool addOperand(BlockArgument element);
  Value getArray();
  Value emitBody(OpBuilder &builder, Location loc, ValueRange elements);

  linalg::LinalgOp op;
  Value index;
  Operation *user;
  /// The conditions under which the index is used, and what they have to be.
  SmallVector<std::pair<Value, bool>> conditions;
  /// The operations of the body that are needed.
  llvm::SetVector<Operation *> slice;
  /// The elements that they read.
  llvm::SetVector<BlockArgument> elements;
  llvm::SmallBitVector loops;
};
} // namespace

/// Collects the branches around the user up to the body.
bool IndexSlice::collectConditions() {
  for (Operation *inner = user; inner->getBlock() != op.getBlock(); inner = inner->getParentOp()) {
    auto branch = dyn_cast<scf::IfOp>(inner->getParentOp());
    if (!branch)
      return false;
    conditions.emplace_back(branch.getCondition(), inner->getBlock() == branch.thenBlock());
  }
  return true;
}

bool IndexSlice::addOperand(BlockArgument element) {
  OpOperand *operand = op.getOpOperandsMatchingBBargs()[element.getArgNumber()];
  // An accumulator has other values in between.
  if (op.isDpsInit(operand) && op.getNumParallelLoops() != op.getNumLoops())
    return false;
  if (elements.insert(element))
    op.getMatchingIndexingMap(operand).walkExprs([&](AffineExpr expression) {
      if (auto loop = dyn_cast<AffineDimExpr>(expression))
        loops.set(loop.getPosition());
    });
  return true;
}

bool IndexSlice::collectValue(Value value) {
  if (!op->isAncestor(value.getParentBlock()->getParentOp()))
    return true;
  if (auto argument = dyn_cast<BlockArgument>(value))
    return argument.getOwner() == op.getBlock() && addOperand(argument);
  Operation *definition = value.getDefiningOp();
  if (slice.contains(definition))
    return true;
  // What stands in a branch runs here even if that is not taken.
  bool isGuarded = definition->getBlock() != op.getBlock();
  if (!isMemoryEffectFree(definition) ||
      (isGuarded && (!isSpeculatable(definition) || isa<tensor::ExtractOp>(definition))))
    return false;
  if (auto loop = dyn_cast<linalg::IndexOp>(definition))
    loops.set(loop.getDim());
  // linalg.index in a region would keep its old number.
  if (definition->getNumRegions() != 0 &&
      definition->walk([](linalg::IndexOp) { return WalkResult::interrupt(); }).wasInterrupted())
    return false;
  for (Value input : getInputs(definition))
    if (!collectValue(input))
      return false;
  // Operands first: this is an order that they can be cloned in.
  slice.insert(definition);
  return true;
}

bool IndexSlice::collect() {
  loops.resize(op.getNumLoops());
  if (!collectConditions() || !collectValue(index))
    return false;
  for (auto [condition, isThen] : conditions)
    if (!collectValue(condition))
      return false;
  return true;
}

/// The computation for one point; the element of the tensor.
Value IndexSlice::emitBody(OpBuilder &builder, Location loc, ValueRange arguments) {
  IRMapping mapping;
  for (auto [element, argument] : llvm::zip(elements, arguments))
    mapping.map(element, argument);
  SmallVector<int64_t> numbers(loops.size());
  for (auto [number, loop] : llvm::enumerate(loops.set_bits()))
    numbers[loop] = number;
  for (Operation *needed : slice) {
    Operation *copy = builder.clone(*needed, mapping);
    if (auto loop = dyn_cast<linalg::IndexOp>(copy))
      loop.setDim(numbers[loop.getDim()]);
  }
  Value value = mapping.lookupOrDefault(index);
  Type i64 = builder.getI64Type();
  if (value.getType().isIndex())
    value = arith::IndexCastOp::create(builder, loc, i64, value);
  else if (!llvm::is_contained({8u, 16u, 32u, 64u}, value.getType().getIntOrFloatBitWidth()))
    value = arith::ExtSIOp::create(builder, loc, i64, value);
  Value zero = conditions.empty() ? Value()
                                  : arith::ConstantOp::create(builder, loc, builder.getIntegerAttr(value.getType(), 0));
  for (auto [condition, isThen] : conditions) {
    Value holds = mapping.lookupOrDefault(condition);
    value = isThen ? arith::SelectOp::create(builder, loc, holds, value, zero)
                   : arith::SelectOp::create(builder, loc, holds, zero, value);
  }
  return value;
}

/// The array that the indices are read from as they are, if they are.
Value IndexSlice::getArray() {
  auto element = dyn_cast<BlockArgument>(index);
  if (!element || element.getOwner() != op.getBlock() || !conditions.empty() ||
      !llvm::is_contained({8u, 16u, 32u, 64u},
                          element.getType().isIndex() ? 64 : element.getType().getIntOrFloatBitWidth()))
    return Value();
  OpOperand *operand = op.getOpOperandsMatchingBBargs()[element.getArgNumber()];
  return op.getMatchingIndexingMap(operand).isProjectedPermutation() ? operand->get() : Value();
}

Value IndexSlice::emit() {
  if (Value array = getArray(); array && isa<RankedTensorType>(array.getType()))
    return array;
  OpBuilder builder(op);
  Location loc = user->getLoc();
  MLIRContext *context = builder.getContext();
  unsigned numLoops = loops.count();
  SmallVector<AffineExpr> replacement(loops.size(), getAffineConstantExpr(0, context));
  SmallVector<OpFoldResult> sizes;
  SmallVector<Range> ranges = op.createLoopRanges(builder, loc);
  for (auto [number, loop] : llvm::enumerate(loops.set_bits())) {
    replacement[loop] = getAffineDimExpr(number, context);
    sizes.push_back(ranges[loop].size);
  }
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  for (BlockArgument element : elements) {
    OpOperand *operand = op.getOpOperandsMatchingBBargs()[element.getArgNumber()];
    inputs.push_back(operand->get());
    maps.push_back(op.getMatchingIndexingMap(operand).replaceDimsAndSymbols(replacement, {}, numLoops, 0));
  }
  maps.push_back(AffineMap::getMultiDimIdentityMap(numLoops, context));
  Type integer = index.getType();
  if (integer.isIndex() || !llvm::is_contained({8u, 16u, 32u, 64u}, integer.getIntOrFloatBitWidth()))
    integer = builder.getI64Type();
  Value empty = tensor::EmptyOp::create(builder, loc, sizes, integer);
  SmallVector<utils::IteratorType> iterators(numLoops, utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(builder, loc, empty.getType(), inputs, empty, maps, iterators,
                                           [&](OpBuilder &body, Location bodyLoc, ValueRange arguments) {
                                             linalg::YieldOp::create(body, bodyLoc, emitBody(body, bodyLoc, arguments));
                                           });
  return generic.getResult(0);
}

Value remat::computeIndexTensor(Value index, Operation *user) {
  auto op = user->getParentOfType<linalg::LinalgOp>();
  if (!op || !op.hasPureTensorSemantics())
    return Value();
  IndexSlice slice(op, index, user);
  return slice.collect() ? slice.emit() : Value();
}
