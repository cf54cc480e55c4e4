//===- CountToMemory.cpp - Counters in memory of the host ------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For targets whose steps run on the host, one at a time: a counter is a number in
// memory like any other.
//
//===----------------------------------------------------------------------===//

#include "remat/ABI/Entry.h"
#include "remat/Conversion/Passes.h"
#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace remat {
#define GEN_PASS_DEF_CONVERTCOUNTTOMEMORYPASS
#include "remat/Conversion/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

static Value createI64(OpBuilder &builder, Location loc, int64_t value) {
  return arith::ConstantIntOp::create(builder, loc, value, /*width=*/64);
}

static void lower(CountOp count) {
  OpBuilder builder(count);
  Location loc = count.getLoc();
  Value index = arith::ConstantIndexOp::create(builder, loc, static_cast<int64_t>(count.getCounter()));
  Value one = createI64(builder, loc, 1);
  Value old = memref::LoadOp::create(builder, loc, count.getCounters(), index);
  Value next = arith::AddIOp::create(builder, loc, old, one);
  memref::StoreOp::create(builder, loc, next, count.getCounters(), index);
  count.erase();
}

static void lower(ResetCountersOp reset) {
  OpBuilder builder(reset);
  Location loc = reset.getLoc();
  for (int64_t counter = 0; counter < REMAT_NUM_COUNTERS; ++counter) {
    Value zero = createI64(builder, loc, 0);
    Value index = arith::ConstantIndexOp::create(builder, loc, counter);
    memref::StoreOp::create(builder, loc, zero, reset.getCounters(), index);
  }
  reset.erase();
}

namespace {
struct ConvertCountToMemoryPass final : remat::impl::ConvertCountToMemoryPassBase<ConvertCountToMemoryPass> {
  using Base::Base;

  void runOnOperation() override {
    getOperation().walk([](CountOp count) { lower(count); });
    getOperation().walk([](ResetCountersOp reset) { lower(reset); });
  }
};
} // namespace
