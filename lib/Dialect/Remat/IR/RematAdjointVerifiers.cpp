//===- RematAdjointVerifiers.cpp - Differentiated recurrences ----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each check carries the number that the operation's description gives it.
//
//===----------------------------------------------------------------------===//

#include "LoopVerifiers.h"
#include "remat/Interfaces/AdjointOpInterface.h"

using namespace mlir;
using namespace remat;

/// The cotangent types of the types that \p active names.
static SmallVector<Type> getCotangentTypes(TypeRange types, ArrayRef<int64_t> active) {
  return llvm::map_to_vector(active, [&](int64_t index) { return getCotangentType(types[index]); });
}

static LogicalResult verifyTypes(Operation *op, StringRef what, TypeRange expected, TypeRange actual) {
  if (expected == actual)
    return success();
  return op->emitOpError("expects ") << what << " (" << expected << "), but got (" << actual << ")";
}

//===----------------------------------------------------------------------===//
// bptt
//===----------------------------------------------------------------------===//

/// (C5) for one list.
static LogicalResult verifyActive(BpttOp op, StringRef list, ArrayRef<int64_t> indices, TypeRange types) {
  int64_t previous = -1;
  for (int64_t index : indices) {
    if (index <= previous || index >= int64_t(types.size()))
      return op.emitOpError("expects '") << list << "' to be increasing indices below " << types.size() << ", but got "
                                         << index;
    if (!isDifferentiableType(types[index]))
      return op.emitOpError("expects '") << list << "' to name values of a float type, but #" << index << " has type "
                                         << types[index];
    previous = index;
  }
  return success();
}

LogicalResult BpttOp::verify() {
  // bptt_c1
  if (failed(verifyLoopOperands(*this, getCount(), getInits(), getScans())))
    return failure();
  // bptt_c2
  bool hasHistory = !getResults().empty() && isa<HistoryType>(getResults().back().getType());
  if (getRecord().empty() == hasHistory || getReverse().empty() == hasHistory)
    return emitOpError("expects 'record', 'reverse' and a history together or none of them");
  if (!getResume().empty() && !hasHistory)
    return emitOpError("expects 'resume' only beside 'record' and 'reverse'");
  if (llvm::count_if(getResultTypes(), [](Type type) { return isa<HistoryType>(type); }) > 1)
    return emitOpError("expects at most one history");
  if (!hasHistory)
    return success();
  // bptt_c9
  Value history = getHistory();
  if (!history.use_empty() && (!history.hasOneUse() || !isa<UnwindOp>(*history.user_begin())))
    return emitOpError("expects its history to be consumed by one 'remat.unwind'");
  return success();
}

/// (C3) and (C4) for one forward region.
static LogicalResult verifyForward(BpttOp op, StringRef name, Region &region, bool mayHaveTape) {
  Block &step = region.front();
  if (failed(verifyStepArguments(op, ("'" + name + "'").str(), step, op.getInits(), op.getScans())))
    return failure();
  auto yield = dyn_cast<YieldOp>(step.getTerminator());
  if (!yield || (!mayHaveTape && !yield.getTape().empty()))
    return op.emitOpError("expects '") << name << "' to end with 'remat.yield'"
                                       << (mayHaveTape ? "" : " without a tape");
  return verifyStepYield(op, yield, op.getInits());
}

LogicalResult BpttOp::verifyRegions() {
  // bptt_c3, bptt_c4
  if (failed(verifyForward(*this, "advance", getAdvance(), /*mayHaveTape=*/false)))
    return failure();
  // bptt_c1
  ValueRange results = getResults().drop_back(isDifferentiated());
  if (failed(verifyLoopResults(*this, getCount(), getInits(), getAdvanceYield().getEmits(), results)))
    return failure();
  // bptt_c5
  SmallVector<Type> carryTypes(getInits().getTypes()), elementTypes;
  for (Type type : getScans().getTypes())
    elementTypes.push_back(getElementOverTime(type));
  TypeRange emitTypes = getAdvanceYield().getEmits().getTypes();
  if (failed(verifyActive(*this, "active_carries", getActiveCarries(), carryTypes)) ||
      failed(verifyActive(*this, "active_scans", getActiveScans(), elementTypes)) ||
      failed(verifyActive(*this, "active_emits", getActiveEmits(), emitTypes)))
    return failure();
  if (!isDifferentiated())
    return success();

  // bptt_c3, bptt_c4
  if (failed(verifyForward(*this, "record", getRecord(), /*mayHaveTape=*/true)) ||
      failed(verifyTypes(*this, "'record' to emit", emitTypes, getRecordYield().getEmits().getTypes())))
    return failure();
  // bptt_c6
  SmallVector<Type> stepTypes = {IndexType::get(getContext())};
  llvm::append_range(stepTypes, elementTypes);
  llvm::append_range(stepTypes, getTapeTypes());
  SmallVector<Type> dcarryTypes = getCotangentTypes(carryTypes, getActiveCarries());
  SmallVector<Type> reverseTypes(stepTypes);
  llvm::append_range(reverseTypes, dcarryTypes);
  llvm::append_range(reverseTypes, getCotangentTypes(emitTypes, getActiveEmits()));
  TypeRange actualTypes = getReverse().getArgumentTypes();
  if (failed(verifyTypes(*this, "'reverse' to take first", reverseTypes, actualTypes.take_front(reverseTypes.size()))))
    return failure();
  // bptt_c7
  auto yield = dyn_cast<YieldAdjointOp>(getReverse().front().getTerminator());
  if (!yield)
    return emitOpError("expects 'reverse' to end with 'remat.yield_adjoint'");
  if (failed(verifyTypes(yield, "cotangents of carries", dcarryTypes, yield.getCarries().getTypes())) ||
      failed(verifyTypes(yield, "cotangents of elements", getCotangentTypes(elementTypes, getActiveScans()),
                         yield.getScans().getTypes())) ||
      failed(verifyTypes(yield, "accumulators", actualTypes.drop_front(reverseTypes.size()),
                         yield.getAccumulators().getTypes())))
    return failure();
  // bptt_c8
  if (getResume().empty())
    return success();
  if (failed(verifyTypes(*this, "'resume' arguments", stepTypes, getResume().getArgumentTypes())))
    return failure();
  auto resumed = dyn_cast<YieldOp>(getResume().front().getTerminator());
  if (!resumed || !resumed.getEmits().empty() || !resumed.getTape().empty())
    return emitOpError("expects 'resume' to end with 'remat.yield' with carries alone");
  return verifyStepYield(*this, resumed, getInits());
}

//===----------------------------------------------------------------------===//
// unwind
//===----------------------------------------------------------------------===//

LogicalResult UnwindOp::verify() {
  // unwind_c1
  BpttOp forward = getForward();
  if (!forward || !forward.isDifferentiated())
    return emitOpError("expects a history made by 'remat.bptt'");
  // The operation that this one is checked against may be wrong itself.
  auto yield = dyn_cast<YieldAdjointOp>(forward.getReverse().front().getTerminator());
  auto isInRange = [](ArrayRef<int64_t> indices, size_t size) {
    return llvm::all_of(indices, [&](int64_t index) { return index >= 0 && index < int64_t(size); });
  };
  if (!yield || !isInRange(forward.getActiveCarries(), forward.getInits().size()) ||
      !isInRange(forward.getActiveScans(), forward.getScans().size()) ||
      !isInRange(forward.getActiveEmits(), forward.getStacked().size()))
    return emitOpError("expects a well-formed 'remat.bptt'");
  // unwind_c2
  SmallVector<Type> dcarryTypes = getCotangentTypes(forward.getInits().getTypes(), forward.getActiveCarries());
  if (failed(verifyTypes(*this, "cotangents of carries", dcarryTypes, getCarries().getTypes())))
    return failure();
  // unwind_c3
  if (failed(verifyTypes(*this, "cotangents of stacked results",
                         getCotangentTypes(forward.getStacked().getTypes(), forward.getActiveEmits()),
                         getEmits().getTypes())))
    return failure();
  // unwind_c4
  TypeRange accumulatorTypes = yield.getAccumulators().getTypes();
  if (failed(verifyTypes(*this, "accumulators", accumulatorTypes, getAccumulators().getTypes())))
    return failure();
  // unwind_c5
  SmallVector<Type> resultTypes(dcarryTypes);
  llvm::append_range(resultTypes, getCotangentTypes(forward.getScans().getTypes(), forward.getActiveScans()));
  llvm::append_range(resultTypes, accumulatorTypes);
  return verifyTypes(*this, "results", resultTypes, getResultTypes());
}
