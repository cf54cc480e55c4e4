//===- LoopFrame.cpp - Where the parts of a loop lie -------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoopFrame.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace remat;
using schedule::LoopPart;

LoopFrame::LoopFrame(ChainOp chain, const EntryArguments &arguments)
    : chain(chain), arena(arguments.get(REMAT_ENTRY_ARENA)), counters(arguments.get(REMAT_ENTRY_COUNTERS)),
      plan(arguments.get(REMAT_ENTRY_PLAN)) {}

int64_t LoopFrame::getConstant(LoopPart part) {
  FrameAttr frame = chain.getFrameAttr();
  switch (part) {
  case LoopPart::ForwardState0:
    return frame.getForwardState0();
  case LoopPart::ForwardState1:
    return frame.getForwardState1();
  case LoopPart::ForwardWorkspace:
    return frame.getForwardWorkspace();
  case LoopPart::TurnWorkspace:
    return frame.getTurnWorkspace();
  case LoopPart::Walk:
    return frame.getWalk();
  case LoopPart::CarriedTape:
    return frame.getCarriedTape();
  case LoopPart::CoreTape:
    return frame.getCoreTape();
  case LoopPart::CoreState0:
    return frame.getCoreState0();
  case LoopPart::CoreState1:
    return frame.getCoreState1();
  case LoopPart::ReverseWorkspace:
    return frame.getReverseWorkspace();
  case LoopPart::LinearizeWorkspace:
    return frame.getLinearizeWorkspace();
  case LoopPart::ReplayWorkspace:
    return frame.getReplayWorkspace();
  case LoopPart::Gradients:
    return frame.getGradients();
  case LoopPart::Slots:
    return frame.getSlots();
  }
  return 0;
}

Value LoopFrame::loadWord(ImplicitLocOpBuilder &builder, int64_t position) {
  Value &word = loaded[position];
  if (word)
    return word;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(cast<BlockArgument>(plan).getOwner());
  Value index = arith::ConstantIndexOp::create(builder, position);
  word = arith::IndexCastOp::create(builder, builder.getIndexType(), memref::LoadOp::create(builder, plan, index));
  return word;
}

Value LoopFrame::getOffset(ImplicitLocOpBuilder &builder, LoopPart part) {
  if (isDynamic())
    return loadWord(builder, schedule::getPartPosition(*chain.getPlanPosition(), part));
  return arith::ConstantIndexOp::create(builder, getConstant(part));
}

Value LoopFrame::getTableAddress(ImplicitLocOpBuilder &builder) {
  Value position = loadWord(builder, schedule::getTablePosition(*chain.getPlanPosition()));
  Value wordBytes = arith::ConstantIndexOp::create(builder, sizeof(int64_t));
  Value start = memref::ExtractAlignedPointerAsIndexOp::create(builder, plan);
  Value address = arith::AddIOp::create(builder, start, arith::MulIOp::create(builder, position, wordBytes));
  return arith::IndexCastOp::create(builder, builder.getI64Type(), address);
}
