//===- RematCountOps.cpp - Counting what a call does ------------ -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/ABI/Entry.h"
#include "remat/Dialect/Remat/IR/StepSignature.h"

using namespace mlir;
using namespace remat;

static_assert(static_cast<int>(Counter::Advance) == REMAT_COUNTER_ADVANCE &&
                  static_cast<int>(Counter::AdvanceAgain) == REMAT_COUNTER_ADVANCE_AGAIN &&
                  static_cast<int>(Counter::Record) == REMAT_COUNTER_RECORD &&
                  static_cast<int>(Counter::RecordAgain) == REMAT_COUNTER_RECORD_AGAIN &&
                  static_cast<int>(Counter::Reverse) == REMAT_COUNTER_REVERSE &&
                  getMaxEnumValForCounter() + 1 == REMAT_NUM_COUNTERS,
              "the counters that callers read are those that steps count in");

/// Whether \p counters can hold all counters.
static LogicalResult verifyCounters(Operation *op, Value counters) {
  auto type = dyn_cast<MemRefType>(counters.getType());
  bool isCounters = type && type.getRank() == 1 && type.getElementType().isSignlessInteger(64) &&
                    (type.isDynamicDim(0) || type.getDimSize(0) == REMAT_NUM_COUNTERS) && type.getLayout().isIdentity();
  if (isCounters)
    return success();
  return op->emitOpError("expects counters of type ")
         << getCountersType(op->getContext()) << " or 'memref<?xi64>', but got " << counters.getType();
}

// count_c1
LogicalResult CountOp::verify() { return verifyCounters(*this, getCounters()); }

// reset_counters_c1
LogicalResult ResetCountersOp::verify() { return verifyCounters(*this, getCounters()); }
