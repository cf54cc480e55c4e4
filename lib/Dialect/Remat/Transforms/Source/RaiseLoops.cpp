//===- RaiseLoops.cpp - Loops of scf that become recurrences -----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a turn leaves for its adjoint has to be planned, and only recurrences are. A loop
// that no gradient passes through is none of them: what it computes is computed again
// in one piece, and has no states.
//
//===----------------------------------------------------------------------===//

#include "ExtentOrigin.h"
#include "GuardSteps.h"
#include "LoopArrays.h"
#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"
#include "remat/Dialect/Remat/Transforms/Recurrence.h"
#include "remat/Interfaces/BlockDifferentiator.h"
#include "remat/Support/AttributeNames.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace remat {
#define GEN_PASS_DEF_RAISELOOPSPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

/// The type that a value of \p type is carried in; null if it cannot be.
static RankedTensorType getCarryType(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  Type element = tensor ? tensor.getElementType() : type;
  if (element.isIndex())
    element = IntegerType::get(type.getContext(), 64);
  if (!element.isIntOrFloat() || (tensor && !tensor.hasStaticShape()))
    return {};
  return tensor ? tensor.clone(element) : RankedTensorType::get({}, element);
}

/// \p value as a carry, and the other way round.
static Value toCarry(OpBuilder &builder, Location loc, Value value) {
  RankedTensorType type = getCarryType(value.getType());
  if (getElementTypeOrSelf(value.getType()).isIndex()) {
    Type cast = isa<RankedTensorType>(value.getType()) ? Type(type) : type.getElementType();
    value = builder.createOrFold<arith::IndexCastOp>(loc, cast, value);
  }
  return isa<RankedTensorType>(value.getType()) ? value : tensor::FromElementsOp::create(builder, loc, type, value);
}

static Value fromCarry(OpBuilder &builder, Location loc, Value carry, Type type) {
  if (!isa<RankedTensorType>(type))
    carry = tensor::ExtractOp::create(builder, loc, carry, ValueRange());
  return carry.getType() == type ? carry : arith::IndexCastOp::create(builder, loc, type, carry).getResult();
}

/// What groups the axes of an element with one in front.
static SmallVector<ReassociationIndices> getUnitInFront(int64_t rank) {
  SmallVector<ReassociationIndices> groups;
  for (int64_t axis = 0; axis < rank; ++axis)
    groups.push_back(axis == 0 ? ReassociationIndices{0, 1} : ReassociationIndices{axis + 1});
  return groups;
}

/// An element over time in the type that a read of it has, and the other way round.
static Value fromElement(OpBuilder &builder, Location loc, Value element, Type type) {
  auto shape = cast<RankedTensorType>(element.getType());
  if (!isa<RankedTensorType>(type))
    return tensor::ExtractOp::create(builder, loc, element, ValueRange());
  if (type == shape)
    return element;
  return tensor::ExpandShapeOp::create(builder, loc, type, element, getUnitInFront(shape.getRank()));
}

static Value toElement(OpBuilder &builder, Location loc, Value value, RankedTensorType type) {
  if (!isa<RankedTensorType>(value.getType()))
    return tensor::FromElementsOp::create(builder, loc, type, value);
  if (value.getType() == type)
    return value;
  return tensor::CollapseShapeOp::create(builder, loc, type, value, getUnitInFront(type.getRank()));
}

namespace {

/// The part of an array that a loop walks along.
struct Window {
  SmallVector<OpFoldResult> offsets, sizes, strides;
  bool isWhole;
};

/// Rewrites one loop.
class LoopRaiser {
public:
  explicit LoopRaiser(CountingLoop &loop) : loop(loop), arrays(loop), builder(loop.op), loc(loop.op->getLoc()) {}

  /// Why the loop cannot become a recurrence; empty if it can.
  std::string findObstacle();
  void run();

private:
  enum class Kind { Invariant, Counter, Stacked, Carry };
  Kind getKind(size_t position) const;
  RankedTensorType getWindowType(const Walk &walk) const;
  Window getWindow(const Walk &walk);
  Value emitCounter(Value start, Value increment, Value steps);
  void emitTurn(RecurrenceOp recurrence);
  void replaceResults(RecurrenceOp recurrence);

  CountingLoop &loop;
  LoopArrays arrays;
  OpBuilder builder;
  Location loc;
  Value count;
  /// The positions that are carried, in order. Behind them come the elements that stacked arrays are read at.
  SmallVector<size_t> carries;
};

} // namespace

LoopRaiser::Kind LoopRaiser::getKind(size_t position) const {
  if (loop.isInvariant(position))
    return Kind::Invariant;
  if (loop.indices.get(loop.carried[position]))
    return Kind::Counter;
  return arrays.getStacked(position) ? Kind::Stacked : Kind::Carry;
}

std::string LoopRaiser::findObstacle() {
  std::string obstacle;
  llvm::raw_string_ostream stream(obstacle);
  loop.turn->walk([&](Operation *op) {
    bool isAllowed = isa<cf::AssertOp>(op) || op->hasTrait<OpTrait::HasRecursiveMemoryEffects>() ||
                     isa<CustomVjpOp>(op) || isMemoryEffectFree(op) ||
                     isa_and_nonnull<InParallelOpInterface>(op->getParentOp());
    if (isAllowed && !isa<RecurrenceOp, ValueAndGradientOp>(op))
      return WalkResult::advance();
    stream << "there is '" << op->getName() << "' in it";
    return WalkResult::interrupt();
  });
  for (size_t position = 0; obstacle.empty() && position < loop.carried.size(); ++position) {
    Type type = loop.carried[position].getType();
    if (getKind(position) != Kind::Carry || getCarryType(type))
      continue;
    stream << "it carries " << type;
    if (auto tensor = dyn_cast<RankedTensorType>(type); tensor && !tensor.hasStaticShape())
      stream << ", of which not all extents are in the type, and does more with it than to write the next element in "
                "each turn";
  }
  return obstacle;
}

RankedTensorType LoopRaiser::getWindowType(const Walk &walk) const {
  auto type = cast<RankedTensorType>(walk.array.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape[0] = loop.count.value_or(ShapedType::kDynamic);
  return type.clone(shape);
}

Window LoopRaiser::getWindow(const Walk &walk) {
  auto type = cast<RankedTensorType>(walk.array.getType());
  Window window;
  StepIndex start = walk.index;
  int64_t stride = std::abs(start.factor);
  if (loop.count && arrays.isReversed)
    start.constant += start.factor * (*loop.count - 1);
  OpFoldResult first = materializeStart(start, builder, loc);
  if (!loop.count && arrays.isReversed) {
    Value one = arith::ConstantIndexOp::create(builder, loc, 1);
    Value turns = builder.createOrFold<arith::SubIOp>(loc, count, one);
    Value factor = arith::ConstantIndexOp::create(builder, loc, start.factor);
    Value distance = builder.createOrFold<arith::MulIOp>(loc, turns, factor);
    first = getAsOpFoldResult(
        builder.createOrFold<arith::AddIOp>(loc, getValueOrCreateConstantIndexOp(builder, loc, first), distance));
  }
  // Of no elements none has to be inside.
  if (!loop.count && getConstantIntValue(first) != 0) {
    Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
    Value isRun = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::sgt, count, zero);
    first = arith::SelectOp::create(builder, loc, isRun, getValueOrCreateConstantIndexOp(builder, loc, first), zero)
                .getResult();
  }
  window.offsets.push_back(first);
  window.sizes.push_back(getAsOpFoldResult(count));
  window.strides.push_back(builder.getIndexAttr(stride));
  for (int64_t extent : type.getShape().drop_front()) {
    window.offsets.push_back(builder.getIndexAttr(0));
    window.sizes.push_back(builder.getIndexAttr(extent));
    window.strides.push_back(builder.getIndexAttr(1));
  }
  window.isWhole = getConstantIntValue(first) == 0 && stride == 1 &&
                   ExtentOrigin::of(getAsOpFoldResult(count)) == ExtentOrigin::of(walk.array, 0);
  return window;
}

/// start + increment * steps, in the type of \p start.
Value LoopRaiser::emitCounter(Value start, Value increment, Value steps) {
  Type type = getElementTypeOrSelf(start.getType());
  Value number = start;
  if (isa<RankedTensorType>(start.getType()))
    number = tensor::ExtractOp::create(builder, loc, start, ValueRange());
  if (!type.isIndex())
    steps = builder.createOrFold<arith::IndexCastOp>(loc, type, steps);
  Value distance = builder.createOrFold<arith::MulIOp>(loc, steps, increment);
  number = builder.createOrFold<arith::AddIOp>(loc, distance, number);
  return isa<RankedTensorType>(start.getType())
             ? tensor::FromElementsOp::create(builder, loc, cast<RankedTensorType>(start.getType()), number)
             : number;
}

/// The increment of the counter at \p value in its type.
static Value getIncrement(OpBuilder &builder, Location loc, Value value, const StepIndices &indices) {
  return arith::ConstantOp::create(
      builder, loc, builder.getIntegerAttr(getElementTypeOrSelf(value.getType()), indices.get(value)->factor));
}

void LoopRaiser::emitTurn(RecurrenceOp recurrence) {
  Block &step = recurrence.getStep();
  builder.setInsertionPointToStart(&step);
  Value t = recurrence.getStepNumber();
  IRMapping mapping;
  if (loop.number)
    mapping.map(loop.number, emitCounter(cast<scf::ForOp>(loop.op).getLowerBound(), loop.step, t));
  for (auto [carry, position] : llvm::zip(recurrence.getCarries(), carries))
    mapping.map(loop.carried[position], fromCarry(builder, loc, carry, loop.carried[position].getType()));
  for (auto [position, value] : llvm::enumerate(loop.carried)) {
    Kind kind = getKind(position);
    if (kind == Kind::Counter)
      mapping.map(value, emitCounter(loop.inits[position], getIncrement(builder, loc, value, loop.indices), t));
    else if (kind != Kind::Carry)
      mapping.map(value, loop.inits[position]);
  }
  llvm::DenseMap<Operation *, Value> elements;
  for (auto [op, scan] : arrays.reads)
    elements[op] = recurrence.getElements()[scan];
  size_t next = carries.size();
  for (const StackedArray &array : arrays.stacked)
    if (!array.previous.empty()) {
      for (Operation *read : array.previous)
        elements[read] = recurrence.getCarries()[next];
      ++next;
    }

  for (Operation &op : loop.turn->without_terminator()) {
    if (Value element = elements.lookup(&op))
      mapping.map(op.getResult(0), fromElement(builder, op.getLoc(), element, op.getResult(0).getType()));
    else if (llvm::none_of(arrays.stacked, [&](const StackedArray &array) { return array.write == &op; }))
      builder.clone(op, mapping);
  }
  SmallVector<Value> handedOn, emitted;
  for (size_t position : carries)
    handedOn.push_back(toCarry(builder, loc, mapping.lookupOrDefault(loop.next[position])));
  for (const StackedArray &array : arrays.stacked) {
    emitted.push_back(toElement(builder, loc, mapping.lookupOrDefault(array.written), array.walk.getElementType()));
    if (!array.previous.empty())
      handedOn.push_back(emitted.back());
  }
  YieldOp::create(builder, loc, handedOn, emitted, ValueRange());
  // What only computed where to read.
  auto copies = llvm::map_to_vector(step.without_terminator(), [](Operation &op) { return &op; });
  for (Operation *op : llvm::reverse(copies))
    if (isOpTriviallyDead(op))
      op->erase();
}

void LoopRaiser::replaceResults(RecurrenceOp recurrence) {
  builder.setInsertionPointAfter(recurrence);
  for (auto [carry, position] : llvm::zip(recurrence.getFinalCarries(), carries))
    if (!loop.results[position].use_empty())
      loop.results[position].replaceAllUsesWith(fromCarry(builder, loc, carry, loop.results[position].getType()));
  for (auto [values, array] : llvm::zip_equal(recurrence.getStacked(), arrays.stacked)) {
    Window window = getWindow(array.walk);
    Value whole = window.isWhole ? Value(values)
                                 : tensor::InsertSliceOp::create(builder, loc, values, array.walk.array, window.offsets,
                                                                 window.sizes, window.strides);
    loop.results[array.position].replaceAllUsesWith(whole);
  }
  for (auto [position, result] : llvm::enumerate(loop.results)) {
    Kind kind = getKind(position);
    if (kind == Kind::Invariant)
      result.replaceAllUsesWith(loop.inits[position]);
    else if (kind == Kind::Counter && !result.use_empty())
      result.replaceAllUsesWith(
          emitCounter(loop.inits[position], getIncrement(builder, loc, loop.carried[position], loop.indices), count));
  }
}

void LoopRaiser::run() {
  if (auto counted = dyn_cast<scf::ForOp>(loop.op))
    (void)guardSteps(cast<LoopLikeOpInterface>(counted.getOperation()));
  if (loop.count == 0) {
    for (auto [init, result] : llvm::zip_equal(loop.inits, loop.results))
      result.replaceAllUsesWith(init);
    loop.op->erase();
    return;
  }
  count = loop.materializeCount(builder);
  SmallVector<Value> inits, scans;
  SmallVector<Type> types, arguments = {builder.getIndexType()};
  for (size_t position = 0; position < loop.carried.size(); ++position)
    if (getKind(position) == Kind::Carry) {
      carries.push_back(position);
      inits.push_back(toCarry(builder, loc, loop.inits[position]));
    }
  for (const StackedArray &array : arrays.stacked)
    if (!array.previous.empty()) {
      // The element in front of the first one that is written.
      Walk walk = array.walk;
      Value before = arith::ConstantIndexOp::create(builder, loc, walk.index.constant - walk.index.factor);
      inits.push_back(extractElement(builder, loc, walk.array, before));
    }
  for (Value init : inits)
    types.push_back(init.getType());
  llvm::append_range(arguments, types);
  for (const Walk &walk : arrays.scans) {
    Window window = getWindow(walk);
    scans.push_back(window.isWhole ? walk.array
                                   : tensor::ExtractSliceOp::create(builder, loc, getWindowType(walk), walk.array,
                                                                    window.offsets, window.sizes, window.strides));
    arguments.push_back(walk.getElementType());
  }
  for (const StackedArray &array : arrays.stacked)
    types.push_back(getWindowType(array.walk));

  auto recurrence = RecurrenceOp::create(builder, loc, types, count, inits, scans, arrays.isReversed);
  recurrence.getBody().emplaceBlock().addArguments(arguments, SmallVector<Location>(arguments.size(), loc));
  emitTurn(recurrence);
  replaceResults(recurrence);
  remark::passed(loc, remark::RemarkOpts::name("Raised").category("remat-raise-loops"))
      << remark::metric("Carries", recurrence.getInits().size())
      << remark::metric("Scans", recurrence.getScans().size())
      << remark::metric("Stacked", recurrence.getStacked().size());
  loop.op->erase();
}

/// Leaves \p op as it is, and says why.
static void refuse(Operation *op, StringRef reason) {
  op->setAttr(notRaisedAttrName, StringAttr::get(op->getContext(), reason));
  remark::missed(op->getLoc(), remark::RemarkOpts::name("NotRaised").category("remat-raise-loops"))
      << remark::reason("{0}", reason);
}

static void raise(Operation *op) {
  std::string reason;
  std::optional<CountingLoop> loop = CountingLoop::match(op, reason);
  if (!loop)
    return refuse(op, reason);
  LoopRaiser raiser(*loop);
  if (std::string obstacle = raiser.findObstacle(); !obstacle.empty())
    return refuse(op, obstacle);
  raiser.run();
}

/// Notes for the loops inside of \p around that a gradient may pass through: a recurrence has no place there.
static void refuseInside(Operation *around) {
  around->walk([&](Operation *op) {
    bool mayBeOnPath = llvm::any_of(op->getResultTypes(), mayCarryDerivative);
    if (op == around || !isa<scf::ForOp, scf::WhileOp>(op) || !mayBeOnPath)
      return;
    if (isa<RecurrenceOp, LoopLikeOpInterface>(around))
      return refuse(op, "it is in the turns of another loop that a gradient passes through: expects one loop over the "
                        "turns of both, or this one to be unrolled");
    refuse(op, ("it is in '" + around->getName().getStringRef() + "': expects it in front of that").str());
  });
}

namespace {
struct RaiseLoopsPass final : remat::impl::RaiseLoopsPassBase<RaiseLoopsPass> {
  using Base::Base;

  void runOnOperation() override {
    // All of them first: what is active must not depend on which loops were raised.
    SetVector<Operation *> active;
    getOperation().walk([&](ValueAndGradientOp request) {
      auto callee = SymbolTable::lookupNearestSymbolFrom<FunctionOpInterface>(request, request.getCalleeAttr());
      if (!callee || !callee.getFunctionBody().hasOneBlock())
        return;
      Block &block = callee.getFunctionBody().front();
      SmallVector<Value> inputs, outputs;
      for (int64_t index : request.getWrt())
        inputs.push_back(block.getArgument(index));
      for (int64_t index : request.getOf())
        outputs.push_back(block.getTerminator()->getOperand(index));
      Activity activity(block, inputs, outputs);
      for (Operation &op : block)
        if (op.getNumRegions() > 0 &&
            llvm::any_of(op.getResults(), [&](Value result) { return activity.isActive(result); }))
          active.insert(&op);
    });
    for (Operation *op : active) {
      refuseInside(op);
      if (isa<scf::ForOp, scf::WhileOp>(op))
        raise(op);
    }
  }
};
} // namespace
