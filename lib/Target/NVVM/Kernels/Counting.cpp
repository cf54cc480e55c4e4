//===- Counting.cpp - Steps count themselves on the device --------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Counting.h"

#include "KernelForm.h"
#include "remat/ABI/Entry.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace remat;

static Value createWord(KernelBuilder &b, int64_t value) {
  return arith::ConstantIntOp::create(b, value, /*width=*/64);
}

static void emitCount(KernelBuilder &b, CountOp count) {
  Value at = b.index(static_cast<int64_t>(count.getCounter()));
  Value old = memref::LoadOp::create(b, count.getCounters(), at);
  memref::StoreOp::create(b, arith::AddIOp::create(b, old, createWord(b, 1)), count.getCounters(), at);
}

static void emitReset(KernelBuilder &b, ResetCountersOp reset) {
  for (int64_t counter = 0; counter < REMAT_NUM_COUNTERS; ++counter)
    memref::StoreOp::create(b, createWord(b, 0), reset.getCounters(), b.index(counter));
}

void remat::emitCounting(Operation *op, Value condition, const DeviceChecks &checks) {
  KernelBuilder b(op);
  emitIf(b, condition, [&] {
    if (auto reset = dyn_cast<ResetCountersOp>(op)) {
      emitReset(b, reset);
      checks.emitReset(b);
    } else {
      emitCount(b, cast<CountOp>(op));
    }
  });
  op->erase();
}
