//===- IndexTensor.cpp - The indices that an operation uses --- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An index inside the body of a linalg operation cannot be checked there: kernels
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
  const llvm::SmallBitVector &getLoops() const { return loops; }
  Value emit(OpBuilder &builder);

private:
  bool collectBranches();
  bool collectValue(Value value);
  bool addOperand(BlockArgument element);
  /// The type of the elements that are computed.
  Type getIndexType();
  Value getArray();
  Value emitBlock(OpBuilder &builder, Location loc, IRMapping &mapping, size_t depth);
  Value emitBody(OpBuilder &builder, Location loc, ValueRange elements);

  linalg::LinalgOp op;
  Value index;
  Operation *user;
  /// The branches that the index is used in, from the outermost one.
  SmallVector<Block *> branches;
  /// The operations of the body that are needed.
  llvm::SetVector<Operation *> slice;
  /// The elements that they read.
  llvm::SetVector<BlockArgument> elements;
  llvm::SmallBitVector loops;
};
} // namespace

/// Whether an array of that type can be checked as it is.
static bool isStorable(Type type) {
  return type.isIndex() || llvm::is_contained({8u, 16u, 32u, 64u}, type.getIntOrFloatBitWidth());
}

static Value getCondition(Block *branch) { return cast<scf::IfOp>(branch->getParentOp()).getCondition(); }

/// Collects the branches around the user up to the body.
bool IndexSlice::collectBranches() {
  for (Operation *inner = user; inner->getBlock() != op.getBlock(); inner = inner->getParentOp()) {
    if (!isa<scf::IfOp>(inner->getParentOp()))
      return false;
    branches.insert(branches.begin(), inner->getBlock());
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
  if (!isMemoryEffectFree(definition))
    return false;
  if (auto loop = dyn_cast<linalg::IndexOp>(definition))
    loops.set(loop.getDim());
  for (Value input : getInputs(definition))
    if (!collectValue(input))
      return false;
  // Operands first: this is an order that they can be cloned in.
  slice.insert(definition);
  return true;
}

bool IndexSlice::collect() {
  loops.resize(op.getNumLoops());
  return collectBranches() && collectValue(index) &&
         llvm::all_of(branches, [&](Block *branch) { return collectValue(getCondition(branch)); });
}

Type IndexSlice::getIndexType() {
  Type type = index.getType();
  return isStorable(type) && !type.isIndex() ? type : IntegerType::get(type.getContext(), 64);
}

/// The computation as far as it stands in the branch of that \p depth, where 0 is the
/// body: the index, or 0 if a branch further inside is not taken. What a branch
/// computes is computed in a branch again: it may divide or read a table.
Value IndexSlice::emitBlock(OpBuilder &builder, Location loc, IRMapping &mapping, size_t depth) {
  Block *block = depth == 0 ? op.getBlock() : branches[depth - 1];
  for (Operation *needed : slice)
    if (needed->getBlock() == block)
      builder.clone(*needed, mapping);
  if (depth == branches.size()) {
    Value value = mapping.lookupOrDefault(index);
    if (value.getType() == getIndexType())
      return value;
    return value.getType().isIndex() ? arith::IndexCastOp::create(builder, loc, getIndexType(), value).getResult()
                                     : arith::ExtSIOp::create(builder, loc, getIndexType(), value).getResult();
  }
  auto taken = [&](OpBuilder &branch, Location place) {
    scf::YieldOp::create(branch, place, emitBlock(branch, place, mapping, depth + 1));
  };
  auto other = [&](OpBuilder &branch, Location place) {
    Value zero = arith::ConstantOp::create(branch, place, branch.getIntegerAttr(getIndexType(), 0));
    scf::YieldOp::create(branch, place, zero);
  };
  using Build = function_ref<void(OpBuilder &, Location)>;
  Block *inner = branches[depth];
  bool isThen = inner == cast<scf::IfOp>(inner->getParentOp()).thenBlock();
  auto choice = scf::IfOp::create(builder, loc, mapping.lookupOrDefault(getCondition(inner)),
                                  isThen ? Build(taken) : Build(other), isThen ? Build(other) : Build(taken));
  return choice.getResult(0);
}

/// The computation for one point; the element of the tensor.
Value IndexSlice::emitBody(OpBuilder &builder, Location loc, ValueRange arguments) {
  IRMapping mapping;
  for (auto [element, argument] : llvm::zip(elements, arguments))
    mapping.map(element, argument);
  SmallVector<int64_t> numbers(loops.size());
  for (auto [number, loop] : llvm::enumerate(loops.set_bits()))
    numbers[loop] = number;
  Value value = emitBlock(builder, loc, mapping, /*depth=*/0);
  for (auto loop : builder.getInsertionBlock()->getOps<linalg::IndexOp>())
    loop.setDim(numbers[loop.getDim()]);
  return value;
}

/// The array that the indices are read from as they are, if they are.
Value IndexSlice::getArray() {
  auto element = dyn_cast<BlockArgument>(index);
  if (!element || element.getOwner() != op.getBlock() || !branches.empty() || !isStorable(element.getType()))
    return Value();
  OpOperand *operand = op.getOpOperandsMatchingBBargs()[element.getArgNumber()];
  return op.getMatchingIndexingMap(operand).isProjectedPermutation() ? operand->get() : Value();
}

Value IndexSlice::emit(OpBuilder &builder) {
  if (Value array = getArray(); array && isa<RankedTensorType>(array.getType()))
    return array;
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
  Value empty = tensor::EmptyOp::create(builder, loc, sizes, getIndexType());
  SmallVector<utils::IteratorType> iterators(numLoops, utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(builder, loc, empty.getType(), inputs, empty, maps, iterators,
                                           [&](OpBuilder &body, Location bodyLoc, ValueRange arguments) {
                                             linalg::YieldOp::create(body, bodyLoc, emitBody(body, bodyLoc, arguments));
                                           });
  return generic.getResult(0);
}

std::optional<llvm::SmallBitVector> remat::findIndexLoops(Value index, Operation *user) {
  auto op = user->getParentOfType<linalg::LinalgOp>();
  if (!op || !op.hasPureTensorSemantics())
    return std::nullopt;
  IndexSlice slice(op, index, user);
  return slice.collect() ? std::make_optional(slice.getLoops()) : std::nullopt;
}

Value remat::computeIndexTensor(OpBuilder &builder, Value index, Operation *user) {
  IndexSlice slice(user->getParentOfType<linalg::LinalgOp>(), index, user);
  return slice.collect() ? slice.emit(builder) : Value();
}
