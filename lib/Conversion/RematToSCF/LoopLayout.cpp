//===- LoopLayout.cpp - Where the parts of a loop lie -------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoopLayout.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace remat;
using schedule::LoopPart;

LoopLayout::LoopLayout(ChainOp chain, const EntryArguments &arguments)
    : chain(chain), arena(arguments.get(REMAT_ENTRY_ARENA)), counters(arguments.get(REMAT_ENTRY_COUNTERS)),
      walk(arguments.get(REMAT_ENTRY_WALK)), plan(arguments.get(REMAT_ENTRY_PLAN)) {}

Value LoopLayout::loadWord(ImplicitLocOpBuilder &builder, int64_t position) {
  Value &word = loaded[position];
  if (word)
    return word;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(cast<BlockArgument>(plan).getOwner());
  Value index = arith::ConstantIndexOp::create(builder, position);
  word = arith::IndexCastOp::create(builder, builder.getIndexType(), memref::LoadOp::create(builder, plan, index));
  return word;
}

Value LoopLayout::getOffset(ImplicitLocOpBuilder &builder, LoopPart part) {
  if (isDynamic())
    return loadWord(builder, schedule::getPartPosition(*chain.getLoopNumber(), part));
  return arith::ConstantIndexOp::create(builder, chain.getLayoutAttr().getOffset(part));
}

Value LoopLayout::getTableAddress(ImplicitLocOpBuilder &builder) {
  Value position = loadWord(builder, schedule::getTablePosition(*chain.getLoopNumber()));
  Value wordBytes = arith::ConstantIndexOp::create(builder, sizeof(int64_t));
  Value start = memref::ExtractAlignedPointerAsIndexOp::create(builder, plan);
  Value address = arith::AddIOp::create(builder, start, arith::MulIOp::create(builder, position, wordBytes));
  return arith::IndexCastOp::create(builder, builder.getI64Type(), address);
}
