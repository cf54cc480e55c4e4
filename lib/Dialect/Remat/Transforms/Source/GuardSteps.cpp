//===- GuardSteps.cpp - Loops that count upwards ------------- --*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Upstream leaves a loop undefined whose step is not positive or runs over the largest number: it does not
// end, or reads where no check was needed for the numbers between its bounds.
//
//===----------------------------------------------------------------------===//

#include "GuardSteps.h"

#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace remat;

static Value toIndex(OpBuilder &builder, Location loc, OpFoldResult number) {
  if (std::optional<int64_t> constant = getConstantIntValue(number))
    return arith::ConstantIndexOp::create(builder, loc, *constant);
  auto value = cast<Value>(number);
  if (!value.getType().isIndex())
    return arith::IndexCastOp::create(builder, loc, builder.getIndexType(), value);
  return value;
}

/// The largest number that a loop over \p step can have.
static int64_t getLargest(OpFoldResult step) {
  auto value = dyn_cast<Value>(step);
  return value && !value.getType().isIndex() ? llvm::maxIntN(value.getType().getIntOrFloatBitWidth())
                                             : std::numeric_limits<int64_t>::max();
}

/// Whether the step leads from each number below \p end to one that is above it.
static bool isKnownUpwards(OpFoldResult step, OpFoldResult end) {
  std::optional<int64_t> distance = getConstantIntValue(step), last = getConstantIntValue(end);
  if (!distance || *distance < 1)
    return false;
  return *distance == 1 || (last && *distance <= getLargest(step) - std::max<int64_t>(*last, 0));
}

static bool isComputedIn(OpFoldResult number, Operation *op) {
  auto value = dyn_cast<Value>(number);
  return value && !getConstantIntValue(number) && op->isAncestor(value.getParentRegion()->getParentOp());
}

LogicalResult remat::guardSteps(LoopLikeOpInterface loop) {
  std::optional<SmallVector<OpFoldResult>> steps = loop.getLoopSteps(), ends = loop.getLoopUpperBounds();
  if (!steps || !ends)
    return success();
  Operation *place = loop;
  if (auto body = loop->getParentOfType<linalg::LinalgOp>())
    place = body;
  OpBuilder builder(place);
  Location loc = loop.getLoc();
  auto recurrence = place->getParentOfType<RecurrenceOp>();
  Value time = recurrence ? recurrence.getStep().getArgument(0) : Value();
  for (auto [number, step, end] : llvm::enumerate(*steps, *ends)) {
    if (isKnownUpwards(step, end))
      continue;
    if (place != loop && (isComputedIn(step, place) || isComputedIn(end, place)))
      return loop->emitOpError("expects its step and its end to be known in front of the operation in whose body "
                               "it stands, or a step of 1");
    std::string what = "step of '" + loop->getName().getStringRef().str() + "'";
    if (steps->size() > 1)
      what = "step " + std::to_string(number) + what.substr(4);
    Value zero = arith::ConstantIndexOp::create(builder, loc, 0), one = arith::ConstantIndexOp::create(builder, loc, 1);
    Value largest = arith::ConstantIndexOp::create(builder, loc, getLargest(step));
    Value behind = builder.createOrFold<arith::MaxSIOp>(loc, toIndex(builder, loc, end), zero);
    Value most = builder.createOrFold<arith::SubIOp>(loc, largest, behind);
    CheckRangeOp::create(builder, loc, toIndex(builder, loc, step), one,
                         builder.createOrFold<arith::MaxSIOp>(loc, most, one), time, what);
  }
  return success();
}
