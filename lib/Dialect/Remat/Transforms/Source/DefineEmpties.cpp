//===- DefineEmpties.cpp - What nobody wrote is zero --------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// MLIR leaves the elements of a `tensor.empty` undefined. A program that reads them would
// have other bits in every run, and others again when a step runs a second time, so here
// they have a value. Nearly every `tensor.empty` only says where to write: those stay.
//
//===----------------------------------------------------------------------===//

#include "DefineEmpties.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

/// Whether \p use writes every element and reads none.
static bool isOverwritten(OpOperand &use) {
  Operation *op = use.getOwner();
  if (isa<tensor::DimOp>(op))
    return true;
  auto destination = dyn_cast<DestinationStyleOpInterface>(op);
  if (!destination || !destination.isDpsInit(&use))
    return false;
  // An element that a map leaves out, and all of them if a loop of a reduction has no
  // turn, is not written.
  if (auto structured = dyn_cast<linalg::LinalgOp>(op))
    return !structured.payloadUsesValueFromOperand(&use) && structured.getMatchingIndexingMap(&use).isPermutation();
  return isa<linalg::SoftmaxOp, linalg::PackOp, linalg::UnPackOp, linalg::WinogradFilterTransformOp,
             linalg::WinogradInputTransformOp, linalg::WinogradOutputTransformOp>(op);
}

void remat::defineEmpties(Operation *root) {
  root->walk([](tensor::EmptyOp empty) {
    SmallVector<OpOperand *> reads;
    for (OpOperand &use : empty->getUses())
      if (!isOverwritten(use))
        reads.push_back(&use);
    Type element = empty.getType().getElementType();
    if (reads.empty() || !isa<FloatType, IntegerType, IndexType>(element))
      return;
    OpBuilder builder(empty->getContext());
    builder.setInsertionPointAfter(empty);
    Value zero = arith::ConstantOp::create(builder, empty.getLoc(), builder.getZeroAttr(element));
    Value filled = linalg::FillOp::create(builder, empty.getLoc(), zero, empty.getResult()).getResult(0);
    for (OpOperand *use : reads)
      use->set(filled);
  });
}
