//===- Grid.cpp - Many blocks for one operation -------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Grid.h"

#include "../HostCode/MemoryPlaces.h"
#include "Counting.h"
#include "HostValues.h"
#include "SharedArrays.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace remat;

/// The one linalg op in \p scope, if it is in no loop; null otherwise.
static linalg::GenericOp findOnly(Operation *scope) {
  SmallVector<linalg::GenericOp> ops;
  scope->walk([&](linalg::GenericOp op) { ops.push_back(op); });
  if (ops.size() != 1)
    return {};
  for (Operation *parent = ops.front()->getParentOp(); parent != scope; parent = parent->getParentOp())
    if (!isa<scf::IfOp>(parent))
      return {};
  return ops.front();
}

/// Whether threads may do everything of \p region but \p op in any order.
static bool hasNoOrder(OnDeviceOp region, linalg::GenericOp op) {
  WalkResult result = region.getBody().walk<WalkOrder::PreOrder>([&](Operation *other) {
    if (other == op)
      return WalkResult::skip();
    if (DeviceChecks::isCheck(other) || isa<memref::StoreOp, ResetCountersOp>(other))
      return WalkResult::interrupt();
    auto load = dyn_cast<memref::LoadOp>(other);
    bool isOverwritten =
        load && llvm::any_of(op.getDpsInits(), [&](Value written) { return mayOverlap(load.getMemRef(), written); });
    return isOverwritten ? WalkResult::interrupt() : WalkResult::advance();
  });
  return !result.wasInterrupted();
}

Value remat::countGridBlocks(OnDeviceOp region) {
  linalg::GenericOp op = findOnly(region);
  if (!op || !hasNoOrder(region, op))
    return Value();
  KernelBuilder b(op);
  return HostValues(region).find(chooseForm(op)->countBlocks(b));
}

linalg::GenericOp remat::getGridOp(gpu::GPUFuncOp kernel) { return findOnly(kernel); }

void remat::emitGrid(gpu::GPUFuncOp kernel, const DeviceChecks &checks) {
  SmallVector<CountOp> counts;
  kernel.walk([&](CountOp count) { counts.push_back(count); });
  if (!counts.empty()) {
    OpBuilder builder = OpBuilder::atBlockBegin(&kernel.getBody().front());
    Location loc = kernel.getLoc();
    Value block = gpu::BlockIdOp::create(builder, loc, gpu::Dimension::x);
    Value thread = gpu::ThreadIdOp::create(builder, loc, gpu::Dimension::x);
    Value both = arith::OrIOp::create(builder, loc, block, thread);
    Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
    Value isFirst = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, both, zero);
    for (CountOp count : counts)
      emitCounting(count, isFirst, checks);
  }
  linalg::GenericOp op = getGridOp(kernel);
  KernelBuilder b(op);
  DeclaredArrays shared(kernel);
  Value block = gpu::BlockIdOp::create(b, gpu::Dimension::x), thread = gpu::ThreadIdOp::create(b, gpu::Dimension::x);
  chooseForm(op)->emit(b, block, thread, shared);
  op.erase();
}
