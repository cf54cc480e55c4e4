//===- GuardGathers.cpp - No index leaves its table ----------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every index that might lie outside of its table is checked, and one that does ends
// the run with a message that says where it stands. Where the check is put:
//
//   - an index that is read from an array outside of all loops: in front of them,
//     once, over the whole array;
//   - an index that a step computes from scans and values from outside: in front of
//     the loop, in a loop of its own that computes nothing else;
//   - any other index of a step, such as one that depends on a carry: in the step,
//     in front of its use; only the first execution of a step checks.
//
// A check stands for an access, so it is made where that is made: not for a branch that
// is not taken, a loop without steps or a body that runs for no point. And it counts
// for what follows it in its block and in the blocks inside, not for other branches.
//
// One that cannot be separated from the operation that uses it, as it depends on an
// accumulator, is an error of the program: kernels have no place to stop at.
//
//===----------------------------------------------------------------------===//

#include "HoistCheck.h"
#include "IndexBounds.h"
#include "IndexTensor.h"
#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"

#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/SmallBitVector.h"

namespace remat {
#define GEN_PASS_DEF_GUARDGATHERSPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

//===----------------------------------------------------------------------===//
// What is known of an index
//===----------------------------------------------------------------------===//

/// True if \p index is below \p size by construction.
static bool isKnownInside(Value index, int64_t size) {
  IndexBounds bounds = getBounds(index);
  return bounds.least && *bounds.least >= 0 && bounds.most && *bounds.most < size;
}

namespace {
/// An array that holds indices, and the place where it is known for the first
/// time: outside all recurrences.
struct IndexArray {
  Value array;
  Operation *before;
  /// Whether its first dimension counts the steps of a loop, and in which order.
  bool isScanned = false;
  bool isReversed = false;
  /// The numbers of steps of the loops that read all of it in each step.
  SmallVector<Value> counts = {};
};
} // namespace

/// The array of indices, outside all recurrences, that \p index is read from at
/// every point of the operation in whose body it is used.
static std::optional<IndexArray> findIndexArray(Value index, linalg::LinalgOp op) {
  auto element = dyn_cast<BlockArgument>(skipConversions(index));
  if (!element || element.getOwner() != op.getBlock())
    return std::nullopt;
  OpOperand &operand = op->getOpOperand(element.getArgNumber());
  if (!op.isDpsInput(&operand) || !op.getMatchingIndexingMap(&operand).isProjectedPermutation())
    return std::nullopt;

  IndexArray found{operand.get(), op};
  while (auto recurrence = dyn_cast<RecurrenceOp>(found.before->getParentOp())) {
    // A scan element stands for the scan; a value from outside stands for itself.
    auto argument = dyn_cast<BlockArgument>(found.array);
    bool isElement = argument && argument.getOwner() == &recurrence.getStep();
    if (!isElement)
      found.counts.push_back(recurrence.getCount());
    if (isElement) {
      unsigned number = argument.getArgNumber(), first = 1 + recurrence.getInits().size();
      if (number < first)
        return std::nullopt;
      found.array = recurrence.getScans()[number - first];
      found.isScanned = true;
      found.isReversed = recurrence.getReversed();
    } else if (recurrence.getBody().isAncestor(found.array.getParentRegion())) {
      return std::nullopt;
    }
    found.before = recurrence;
  }
  auto type = dyn_cast<RankedTensorType>(found.array.getType());
  if (!type || !isa<FunctionOpInterface>(found.before->getParentOp()))
    return std::nullopt;
  Type integer = type.getElementType();
  if (!integer.isIndex() && !llvm::is_contained({8u, 16u, 32u, 64u}, integer.getIntOrFloatBitWidth()))
    return std::nullopt;
  return found;
}

//===----------------------------------------------------------------------===//
// Guards
//===----------------------------------------------------------------------===//

namespace {
/// Guards the indices of one function.
class Guards {
public:
  /// Makes sure that \p index, an operand of its owner, lies below the extent of \p
  /// table in \p dim less \p extent - 1. Reports one that cannot be checked.
  LogicalResult guard(OpOperand &index, Value table, int64_t dim, OpFoldResult extent);

private:
  bool checkArray(OpOperand &index, Value table, int64_t dim, OpFoldResult extent);
  bool checkComputed(OpOperand &index, Value table, int64_t dim, OpFoldResult extent);
  bool isChecked(Block *block, Value index, OpFoldResult limit) const;

  /// The checks of arrays that are there already, and are always made: place, array,
  /// limit, order of steps.
  SmallVector<std::tuple<Operation *, Value, OpFoldResult, bool>> arrays;
  /// And those of computed indices: the block of the use, index, limit.
  SmallVector<std::tuple<Block *, Value, OpFoldResult>> computed;
};

struct GuardGathersPass final : remat::impl::GuardGathersPassBase<GuardGathersPass> {
  using Base::Base;

  void runOnOperation() override {
    for (auto function : getOperation().getOps<FunctionOpInterface>()) {
      Guards guards;
      function->walk([&](Operation *op) {
        if (failed(guardIn(op, guards)))
          signalPassFailure();
      });
    }
  }

private:
  static LogicalResult guardIn(Operation *op, Guards &guards);
};
} // namespace

/// The first index that is too large: size of the table - extent + 1.
static OpFoldResult getLimit(OpBuilder &builder, Location loc, Value table, int64_t dim, OpFoldResult extent) {
  int64_t size = cast<RankedTensorType>(table.getType()).getDimSize(dim);
  std::optional<int64_t> taken = getConstantIntValue(extent);
  if (!ShapedType::isDynamic(size) && taken)
    return builder.getIndexAttr(size - *taken + 1);
  Value rest = builder.createOrFold<tensor::DimOp>(loc, table, dim);
  if (taken != 1) {
    Value last = arith::SubIOp::create(builder, loc, rest, getValueOrCreateConstantIndexOp(builder, loc, extent));
    rest = arith::AddIOp::create(builder, loc, last, arith::ConstantIndexOp::create(builder, loc, 1));
  }
  return rest;
}

namespace {
/// Whether an access is made at all, as a conjunction of numbers that must not be 0.
class Condition {
public:
  void require(OpFoldResult number) {
    std::optional<int64_t> constant = getConstantIntValue(number);
    if (!constant)
      numbers.push_back(cast<Value>(number));
    else if (*constant <= 0)
      isNever = true;
  }
  /// Of the loops of \p op other than \p indexLoops: each runs at least once.
  void requireTurns(linalg::LinalgOp op, const llvm::SmallBitVector &indexLoops);

  bool isNeverTrue() const { return isNever; }
  bool isAlwaysTrue() const { return numbers.empty() && !isNever; }
  bool isKnownBefore(Operation *place) const {
    return llvm::all_of(numbers, [&](Value number) { return remat::isKnownBefore(number, place); });
  }
  /// Moves \p builder to a place where the condition holds.
  void enter(OpBuilder &builder, Location loc) const;

private:
  SmallVector<Value> numbers;
  bool isNever = false;
};
} // namespace

void Condition::requireTurns(linalg::LinalgOp op, const llvm::SmallBitVector &indexLoops) {
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  OpBuilder builder(op);
  for (auto [loop, range] : llvm::enumerate(ranges)) {
    if (indexLoops.test(loop))
      continue;
    if (!ShapedType::isDynamic(range))
      require(builder.getIndexAttr(range));
    else
      require(op.createLoopRanges(builder, op.getLoc())[loop].size);
  }
}

void Condition::enter(OpBuilder &builder, Location loc) const {
  Value all;
  for (Value number : numbers) {
    Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
    Value some = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::sgt, number, zero);
    all = all ? arith::AndIOp::create(builder, loc, all, some).getResult() : some;
  }
  if (!all)
    return;
  auto branch = scf::IfOp::create(builder, loc, all, /*withElseRegion=*/false);
  builder.setInsertionPointToStart(branch.thenBlock());
}

/// Checks the whole array that the index is read from.
bool Guards::checkArray(OpOperand &index, Value table, int64_t dim, OpFoldResult extent) {
  auto op = dyn_cast<linalg::LinalgOp>(index.getOwner()->getParentOp());
  std::optional<IndexArray> source = op ? findIndexArray(index.get(), op) : std::nullopt;
  bool isStatic = !cast<RankedTensorType>(table.getType()).isDynamicDim(dim);
  if (!source || getConstantIntValue(extent) != 1 || (!isStatic && !isKnownBefore(table, source->before)))
    return false;
  std::optional<llvm::SmallBitVector> loops = findIndexLoops(index.get(), index.getOwner());
  if (!loops)
    return false;
  Condition condition;
  condition.requireTurns(op, *loops);
  for (Value count : source->counts)
    condition.require(count);
  if (condition.isNeverTrue())
    return true;
  if (!condition.isKnownBefore(source->before))
    return false;
  OpBuilder builder(source->before);
  Location loc = index.getOwner()->getLoc();
  OpFoldResult limit = getLimit(builder, loc, table, dim, extent);
  auto key = std::make_tuple(source->before, source->array, limit, source->isReversed);
  if (llvm::is_contained(arrays, key))
    return true;
  condition.enter(builder, loc);
  CheckIndicesOp::create(builder, loc, source->array, getValueOrCreateConstantIndexOp(builder, loc, limit),
                         /*step=*/Value(), source->isScanned, source->isReversed);
  if (condition.isAlwaysTrue())
    arrays.push_back(key);
  return true;
}

/// Whether a check in \p block or around it came before.
bool Guards::isChecked(Block *block, Value index, OpFoldResult limit) const {
  for (; block; block = block->getParentOp()->getBlock())
    if (llvm::is_contained(computed, std::make_tuple(block, index, limit)))
      return true;
  return false;
}

/// Whether a check can stand in front of \p op: what is around it are branches, loops
/// and steps.
static bool canStop(Operation *op) {
  Operation *parent = op->getParentOp();
  while (isa_and_nonnull<scf::IfOp, scf::ForOp, scf::ForallOp, scf::ParallelOp, scf::IndexSwitchOp, scf::WhileOp,
                         scf::ExecuteRegionOp, RecurrenceOp>(parent))
    parent = parent->getParentOp();
  return isa_and_nonnull<FunctionOpInterface>(parent);
}

/// Checks what the index is computed to be.
bool Guards::checkComputed(OpOperand &index, Value table, int64_t dim, OpFoldResult extent) {
  Operation *user = index.getOwner(), *place = user;
  if (auto op = user->getParentOfType<linalg::LinalgOp>())
    place = op;
  auto extentValue = dyn_cast<Value>(extent);
  if (!canStop(place) || !isKnownBefore(table, place) || (extentValue && !isKnownBefore(extentValue, place)))
    return false;
  OpBuilder builder(place);
  Location loc = user->getLoc();
  OpFoldResult limit = getLimit(builder, loc, table, dim, extent);
  Value source = skipConversions(index.get());
  if (isChecked(user->getBlock(), source, limit))
    return true;
  Condition condition;
  Value indices;
  if (place != user) {
    std::optional<llvm::SmallBitVector> loops = findIndexLoops(index.get(), user);
    if (!loops)
      return false;
    condition.requireTurns(cast<linalg::LinalgOp>(place), *loops);
    if (condition.isNeverTrue())
      return true;
    condition.enter(builder, loc);
    indices = computeIndexTensor(builder, index.get(), user);
  } else {
    Value scalar = arith::IndexCastOp::create(builder, loc, builder.getI64Type(), index.get());
    indices = tensor::FromElementsOp::create(builder, loc, RankedTensorType::get({}, builder.getI64Type()), scalar);
  }
  auto loop = place->getParentOfType<RecurrenceOp>();
  auto check =
      CheckIndicesOp::create(builder, loc, indices, getValueOrCreateConstantIndexOp(builder, loc, limit),
                             loop ? loop.getStep().getArgument(0) : Value(), /*per_step=*/false, /*reversed=*/false);
  if (condition.isAlwaysTrue())
    computed.emplace_back(user->getBlock(), source, limit);
  if (loop)
    hoistCheck(check, loop);
  return true;
}

LogicalResult Guards::guard(OpOperand &index, Value table, int64_t dim, OpFoldResult extent) {
  int64_t size = cast<RankedTensorType>(table.getType()).getDimSize(dim);
  std::optional<int64_t> taken = getConstantIntValue(extent);
  if (!ShapedType::isDynamic(size) && taken && isKnownInside(index.get(), size - *taken + 1))
    return success();
  if (checkArray(index, table, dim, extent) || checkComputed(index, table, dim, extent))
    return success();
  return index.getOwner()->emitOpError("expects an index of dimension ")
         << dim << " that can be computed in front of the operation it stands in, or that 'arith.maxsi' and "
         << "'arith.minsi' keep inside the table";
}

/// Guards the dynamic offsets of a slice of known size of \p whole.
template <typename OpT>
static LogicalResult guardSlice(OpT slice, Value whole, Guards &guards) {
  unsigned next = slice.getOffsetSizeAndStrideStartOperandIndex();
  for (auto [dim, offset] : llvm::enumerate(slice.getStaticOffsets())) {
    if (!ShapedType::isDynamic(offset))
      continue;
    unsigned number = next++;
    std::optional<int64_t> size = getConstantIntValue(slice.getMixedSizes()[dim]);
    std::optional<int64_t> stride = getConstantIntValue(slice.getMixedStrides()[dim]);
    // remat-guard-extents checks the whole of a slice whose size is not known.
    if (!size || !stride)
      continue;
    // A stride spreads the slice: it reaches (size - 1) * stride + 1 elements.
    OpFoldResult extent = OpBuilder(slice).getIndexAttr(*size == 0 ? 0 : (*size - 1) * *stride + 1);
    if (failed(guards.guard(slice->getOpOperand(number), whole, dim, extent)))
      return failure();
  }
  return success();
}

LogicalResult GuardGathersPass::guardIn(Operation *op, Guards &guards) {
  auto guardElement = [&](MutableOperandRange indices, Value table) {
    OpFoldResult one = OpBuilder(op->getContext()).getIndexAttr(1);
    for (auto [dim, index] : llvm::enumerate(indices))
      if (failed(guards.guard(index, table, dim, one)))
        return failure();
    return success();
  };
  if (auto extract = dyn_cast<tensor::ExtractOp>(op))
    return guardElement(extract.getIndicesMutable(), extract.getTensor());
  if (auto insert = dyn_cast<tensor::InsertOp>(op))
    return guardElement(insert.getIndicesMutable(), insert.getDest());
  if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op))
    return guardSlice(slice, slice.getSource(), guards);
  if (auto slice = dyn_cast<tensor::InsertSliceOp>(op))
    return guardSlice(slice, slice.getDest(), guards);
  return success();
}
