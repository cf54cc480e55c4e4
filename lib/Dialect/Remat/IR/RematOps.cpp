//===- RematOps.cpp - Operations of the remat dialect ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/IR/Remat.h"

#include "RematSyntax.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace remat;

Type remat::getElementOverTime(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || tensor.getRank() == 0)
    return {};
  return RankedTensorType::get(tensor.getShape().drop_front(), tensor.getElementType());
}

bool remat::isFloatOrFloatTensor(Type type) {
  return isa<FloatType>(type) ||
         (isa<RankedTensorType>(type) && isa<FloatType>(cast<RankedTensorType>(type).getElementType()));
}

/// Names block arguments or results for the reader, group by group.
static void setNames(ValueRange values, StringRef name, OpAsmSetValueNameFn setName) {
  for (Value value : values)
    setName(value, name);
}

//===----------------------------------------------------------------------===//
// recurrence
//===----------------------------------------------------------------------===//

YieldOp RecurrenceOp::getYield() { return cast<YieldOp>(getStep().getTerminator()); }

std::optional<int64_t> RecurrenceOp::getStaticCount() { return getConstantIntValue(getCount()); }

/// Names the arguments of a step that takes the carries and the scan elements.
static void nameStepArguments(Region &region, size_t numCarries, OpAsmSetValueNameFn setName) {
  if (region.empty() || region.getNumArguments() < 1 + numCarries)
    return;
  setName(region.getArgument(0), "t");
  setNames(region.getArguments().slice(1, numCarries), "carry", setName);
  setNames(region.getArguments().drop_front(1 + numCarries), "element", setName);
}

void RecurrenceOp::getAsmBlockArgumentNames(Region &region, OpAsmSetValueNameFn setName) {
  nameStepArguments(region, getInits().size(), setName);
}

void RecurrenceOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setNames(getFinalCarries(), "final", setName);
  setNames(getStacked(), "stacked", setName);
}

//===----------------------------------------------------------------------===//
// bptt
//===----------------------------------------------------------------------===//

YieldOp BpttOp::getAdvanceYield() { return cast<YieldOp>(getAdvance().front().getTerminator()); }

YieldOp BpttOp::getRecordYield() { return cast<YieldOp>(getRecord().front().getTerminator()); }

YieldAdjointOp BpttOp::getReverseYield() { return cast<YieldAdjointOp>(getReverse().front().getTerminator()); }

TypeRange BpttOp::getTapeTypes() {
  return isDifferentiated() ? TypeRange(getRecordYield().getTape().getTypes()) : TypeRange();
}

UnwindOp BpttOp::getUnwind() {
  Value history = getHistory();
  return history && history.hasOneUse() ? dyn_cast<UnwindOp>(*history.user_begin()) : UnwindOp();
}

std::optional<int64_t> BpttOp::getStaticCount() { return getConstantIntValue(getCount()); }

/// A history belongs to one forward half: two equal halves are not one.
void BpttOp::getEffects(SmallVectorImpl<MemoryEffects::EffectInstance> &effects) {
  if (isDifferentiated())
    effects.emplace_back(MemoryEffects::Allocate::get(), cast<OpResult>(getHistory()));
}

void BpttOp::getAsmBlockArgumentNames(Region &region, OpAsmSetValueNameFn setName) {
  size_t numTape = getTapeTypes().size(), numScans = getScans().size();
  if (&region == &getAdvance() || &region == &getRecord())
    return nameStepArguments(region, getInits().size(), setName);
  size_t numCotangents = getActiveCarries().size(), numEmits = getActiveEmits().size();
  bool isReverse = &region == &getReverse();
  if (region.empty() || region.getNumArguments() < 1 + numScans + numTape + isReverse * (numCotangents + numEmits))
    return;
  auto arguments = region.getArguments();
  setName(arguments[0], "t");
  setNames(arguments.slice(1, numScans), "element", setName);
  arguments = arguments.drop_front(1 + numScans);
  setNames(arguments.take_front(numTape), "tape", setName);
  if (!isReverse)
    return;
  arguments = arguments.drop_front(numTape);
  setNames(arguments.take_front(numCotangents), "dcarry", setName);
  setNames(arguments.slice(numCotangents, numEmits), "demit", setName);
  setNames(arguments.drop_front(numCotangents + numEmits), "acc", setName);
}

void BpttOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setNames(getFinalCarries(), "final", setName);
  setNames(getStacked(), "stacked", setName);
  if (Value history = getHistory())
    setName(history, "history");
}

//===----------------------------------------------------------------------===//
// unwind
//===----------------------------------------------------------------------===//

BpttOp UnwindOp::getForward() { return getHistory().getDefiningOp<BpttOp>(); }

void UnwindOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setNames(getInitCotangents(), "dinit", setName);
  setNames(getScanCotangents(), "dscan", setName);
  setNames(getAccumulated(), "dcapture", setName);
}

//===----------------------------------------------------------------------===//
// chain
//===----------------------------------------------------------------------===//

std::optional<unsigned> ChainOp::getTapeCarry(unsigned component) {
  ArrayRef<int64_t> carries = getTapeCarries();
  if (carries.empty() || carries[component] < 0)
    return std::nullopt;
  return carries[component];
}

ArrayAttr ChainOp::getRecordedTypes() {
  SmallVector<Attribute> types;
  for (auto [component, type] : llvm::enumerate(getTapeTypes()))
    if (!getTapeCarry(component))
      types.push_back(type);
  return ArrayAttr::get(getContext(), types);
}

//===----------------------------------------------------------------------===//
// backward_sweep
//===----------------------------------------------------------------------===//

ForwardSweepOp BackwardSweepOp::getForwardSweep() { return getHistory().getDefiningOp<ForwardSweepOp>(); }

#define GET_OP_CLASSES
#include "remat/Dialect/Remat/IR/RematOps.cpp.inc"
