//===- Island.cpp - One block that does all of a region -----------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Island.h"

#include "Counting.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace remat;

static void emitBarrier(Operation *before) {
  OpBuilder builder(before);
  gpu::BarrierOp::create(builder, before->getLoc());
}

/// Whether one thread can go through all of \p op: no work to share, nothing that others
/// would have to know.
static bool isForOneThread(Operation *op) {
  if (isa<memref::StoreOp>(op))
    return true;
  if (op->getNumRegions() == 0 || !op->use_empty())
    return false;
  bool stores = false;
  WalkResult result = op->walk([&](Operation *nested) {
    stores |= isa<memref::StoreOp>(nested);
    bool isShared =
        isa<linalg::GenericOp, CountOp, ResetCountersOp, cf::AssertOp>(nested) || DeviceChecks::isCheck(nested);
    return isShared ? WalkResult::interrupt() : WalkResult::advance();
  });
  return stores && !result.wasInterrupted();
}

void Island::emitAlone(Operation *op) {
  OpBuilder builder(op);
  auto ifOp = scf::IfOp::create(builder, op->getLoc(), isFirstThread, /*withElseRegion=*/false);
  op->moveBefore(ifOp.thenBlock()->getTerminator());
}

/// The number of this thread, read anew. What compilers know to be the same for all operations
/// of a loop, and all that follows from it, they compute in front of the loop and keep in
/// registers, for which those of a thread are too few.
static Value readThread(KernelBuilder &b) {
  Value thread =
      LLVM::InlineAsmOp::create(b, b.getI32Type(), ValueRange(), "mov.u32 $0, %tid.x;", "=r", /*has_side_effects=*/true,
                                /*is_align_stack=*/false, LLVM::TailCallKind::None, LLVM::AsmDialectAttr(), ArrayAttr())
          .getRes();
  // Which is below that, so 32 bits hold what follows from it.
  Value mask = arith::ConstantIntOp::create(b, threadsPerBlock - 1, /*width=*/32);
  return arith::IndexCastUIOp::create(b, b.getIndexType(), arith::AndIOp::create(b, thread, mask));
}

void Island::emitLinalg(linalg::GenericOp op) {
  KernelBuilder b(op);
  std::unique_ptr<KernelForm> form = chooseForm(op);
  Value blocks = form->countBlocks(b);
  bool isOne = getConstantIntValue(blocks) == 1;
  b.loop(b.getIndexAttr(0), blocks, 1, [&](Value block) {
    // The threads of the block before have read what they share.
    if (!isOne)
      gpu::BarrierOp::create(b);
    shared.reset();
    form->emit(b, block, readThread(b), shared);
  });
  op.erase();
}

bool Island::emitRegions(Operation *op, bool isClean) {
  bool isChoice = isa<scf::IfOp, scf::IndexSwitchOp>(op), isCleanBehind = isChoice && isClean;
  for (Region &region : op->getRegions())
    for (Block &block : region)
      isCleanBehind &= emitBlock(block, isChoice && isClean);
  return isCleanBehind;
}

bool Island::emitOp(Operation *op, bool isClean) {
  // Nothing else reads or writes counters, and the first thread does it in order.
  if (isa<CountOp, ResetCountersOp>(op)) {
    emitCounting(op, isFirstThread, checks);
    return isClean;
  }
  bool isCheck = DeviceChecks::isCheck(op);
  if (!isCheck && op->getNumRegions() != 0 && !isa<linalg::GenericOp>(op) && !isForOneThread(op))
    return emitRegions(op, isClean);
  if (!isCheck && !isa<linalg::GenericOp>(op) && !isForOneThread(op))
    return isClean && isMemoryEffectFree(op);
  if (!isClean)
    emitBarrier(op);
  OpBuilder behind(op);
  behind.setInsertionPointAfter(op);
  gpu::BarrierOp::create(behind, op->getLoc());
  if (isCheck) {
    shared.reset();
    checks.emit(op, shared, isFirstThread);
  } else if (auto linalgOp = dyn_cast<linalg::GenericOp>(op)) {
    emitLinalg(linalgOp);
  } else {
    emitAlone(op);
  }
  return true;
}

bool Island::emitBlock(Block &block, bool isClean) {
  SmallVector<Operation *> ops = llvm::map_to_vector(block, [](Operation &op) { return &op; });
  for (Operation *op : ops)
    isClean = emitOp(op, isClean);
  return isClean;
}

void Island::emit() {
  Block &body = kernel.getBody().front();
  OpBuilder builder = OpBuilder::atBlockBegin(&body);
  Location loc = kernel.getLoc();
  Value thread = gpu::ThreadIdOp::create(builder, loc, gpu::Dimension::x);
  Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
  isFirstThread = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, thread, zero);
  // With checks a kernel may begin with a look at the record.
  emitBlock(body, /*isClean=*/!checks.exist());
  Operation *last = body.getTerminator()->getPrevNode();
  if (isa_and_present<gpu::BarrierOp>(last))
    last->erase();
}
