//===- CountingLoop.cpp - Loops whose turns are counted in front -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CountingLoop.h"

#include "ExtentOrigin.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace remat;

/// What is handed on as it is, and what grows by a constant in each turn. The latter are found first as
/// numbers of which nothing is known, so that what a turn adds is all that is left.
void CountingLoop::findCounters() {
  for (auto [position, value] : llvm::enumerate(carried))
    if (isInvariant(position))
      if (std::optional<StepIndex> init = indices.get(inits[position]))
        indices.set(value, *init);
  for (auto [position, value] : llvm::enumerate(carried)) {
    std::optional<StepIndex> init = indices.get(inits[position]);
    if (isInvariant(position) || !init)
      continue;
    indices.set(value, {0, 0, value});
    std::optional<StepIndex> later = indices.get(next[position]);
    indices.forget(value);
    if (later && later->isInvariant() && later->base == value)
      indices.set(value, {later->constant, init->constant, init->base});
  }
}

/// The difference of the ends may be known where they are not.
void CountingLoop::findCount() {
  if (first.base != end.base || (step && !getConstantIntValue(step)))
    return;
  int64_t distance = std::max<int64_t>(end.constant - first.constant, 0);
  count = llvm::divideCeil(distance, increment);
  indices.setCount(count);
}

bool CountingLoop::matchFor(std::string &reason) {
  auto loop = cast<scf::ForOp>(op);
  if (loop.getUnsignedCmp()) {
    reason = "it compares its numbers without a sign";
    return false;
  }
  std::optional<StepIndex> lower = indices.get(loop.getLowerBound()), upper = indices.get(loop.getUpperBound());
  std::optional<int64_t> constant = getConstantIntValue(loop.getStep());
  if (!lower || !upper) {
    reason = "its bounds are expected to be index or integers of 32 to 64 bits, and constants below 2^30";
    return false;
  }
  // Fails in front of the loop.
  if (constant && *constant < 1) {
    reason = "its step is expected to be positive, but is " + std::to_string(*constant);
    return false;
  }
  turn = loop.getBody();
  llvm::append_range(inits, loop.getInits());
  llvm::append_range(carried, loop.getRegionIterArgs());
  number = loop.getInductionVar();
  step = loop.getStep();
  first = *lower;
  end = *upper;
  if (constant) {
    increment = *constant;
    indices.set(number, {increment, first.constant, first.base});
  }
  return true;
}

/// The condition \p value as a comparison that the first is below the second.
static std::pair<Value, Value> getOrdered(Value value) {
  auto comparison = lookThroughWrapping(value).getDefiningOp<arith::CmpIOp>();
  if (comparison && comparison.getPredicate() == arith::CmpIPredicate::slt)
    return {comparison.getLhs(), comparison.getRhs()};
  if (comparison && comparison.getPredicate() == arith::CmpIPredicate::sgt)
    return {comparison.getRhs(), comparison.getLhs()};
  return {};
}

bool CountingLoop::matchWhile(std::string &reason) {
  auto loop = cast<scf::WhileOp>(op);
  // A condition that fails, or hands on something else, is more than a count.
  reason = "its condition is expected to be that a counter, to which each turn adds a positive constant, is below "
           "a number that no turn changes";
  Block *test = loop.getBeforeBody();
  scf::ConditionOp condition = loop.getConditionOp();
  if (condition.getArgs() != ValueRange(test->getArguments()) ||
      !llvm::all_of(test->without_terminator(), [](Operation &inside) { return isMemoryEffectFree(&inside); }))
    return false;
  turn = loop.getAfterBody();
  llvm::append_range(inits, loop.getInits());
  llvm::append_range(carried, turn->getArguments());
  llvm::append_range(next, turn->getTerminator()->getOperands());
  findCounters();
  for (auto [tested, handedOn] : llvm::zip_equal(test->getArguments(), carried))
    if (std::optional<StepIndex> index = indices.get(handedOn))
      indices.set(tested, *index);
  auto [left, right] = getOrdered(condition.getCondition());
  std::optional<StepIndex> counter = left ? indices.get(left) : std::nullopt,
                           bound = right ? indices.get(right) : std::nullopt;
  if (!counter || !bound || counter->factor < 1 || !bound->isInvariant())
    return false;
  first = {0, counter->constant, counter->base};
  end = *bound;
  increment = counter->factor;
  // It would come around, and go on. Constants are far from that.
  if (increment > 1 && end.base) {
    reason = "its counter grows by " + std::to_string(increment) +
             ", for which its bound is expected to be a constant; 'scf.for' may have any";
    return false;
  }
  return true;
}

std::optional<CountingLoop> CountingLoop::match(Operation *op, std::string &reason) {
  CountingLoop loop(op);
  if (isa<scf::ForOp>(op) ? !loop.matchFor(reason) : !loop.matchWhile(reason))
    return std::nullopt;
  if (loop.next.empty()) {
    llvm::append_range(loop.next, loop.turn->getTerminator()->getOperands());
    loop.findCounters();
  }
  llvm::append_range(loop.results, op->getResults());
  loop.findCount();
  return loop;
}

Value CountingLoop::materializeCount(OpBuilder &builder) const {
  Location loc = op->getLoc();
  auto constant = [&](int64_t value) { return arith::ConstantIndexOp::create(builder, loc, value).getResult(); };
  if (count)
    return constant(*count);
  Value low = getValueOrCreateConstantIndexOp(builder, loc, materializeStart(first, builder, loc));
  Value high = getValueOrCreateConstantIndexOp(builder, loc, materializeStart(end, builder, loc));
  bool isUnit = !step ? increment == 1 : getConstantIntValue(step) == 1;
  if (isUnit && getConstantIntValue(low) == 0)
    // An extent is never negative, and stays one that can be seen to be the same.
    return ExtentOrigin::of(OpFoldResult(high)).isAxis() ? high
                                                         : builder.createOrFold<arith::MaxSIOp>(loc, high, constant(0));
  Value distance = builder.createOrFold<arith::SubIOp>(loc, high, low);
  if (!isUnit) {
    Value by = step ? getValueOrCreateCastToIndexLike(builder, loc, builder.getIndexType(), step) : constant(increment);
    Value before = builder.createOrFold<arith::SubIOp>(loc, distance, constant(1));
    distance =
        builder.createOrFold<arith::AddIOp>(loc, builder.createOrFold<arith::DivUIOp>(loc, before, by), constant(1));
  }
  Value isRun = builder.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::slt, low, high);
  return builder.createOrFold<arith::SelectOp>(loc, isRun, distance, constant(0));
}
