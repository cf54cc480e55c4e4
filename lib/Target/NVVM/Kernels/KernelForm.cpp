//===- KernelForm.cpp - How threads share an operation ------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelForm.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace remat;

std::unique_ptr<KernelForm> remat::chooseForm(linalg::GenericOp op) {
  if (std::unique_ptr<KernelForm> form = matchContractionForm(op))
    return form;
  if (std::unique_ptr<KernelForm> form = matchLaneForm(op))
    return form;
  return createThreadForm(op);
}

Value remat::countPoints(KernelBuilder &b, ArrayRef<unsigned> dims, ArrayRef<OpFoldResult> extents) {
  Value count = b.index(1);
  for (unsigned dim : dims)
    count = b.createOrFold<arith::MulIOp>(count, b.index(extents[dim]));
  return count;
}

Value remat::ceilDiv(KernelBuilder &b, Value value, int64_t divisor) {
  return divisor == 1 ? value : b.createOrFold<arith::DivUIOp>(b.add(value, divisor - 1), b.index(divisor));
}

void remat::setPoint(KernelBuilder &b, Value number, ArrayRef<unsigned> dims, ArrayRef<OpFoldResult> extents,
                     MutableArrayRef<Value> point) {
  for (unsigned dim : llvm::reverse(dims.drop_front(dims.empty() ? 0 : 1))) {
    // Without any points the numbers mean nothing, but nothing divides by zero.
    Value extent = b.createOrFold<arith::MaxUIOp>(b.index(extents[dim]), b.index(1));
    point[dim] = b.createOrFold<arith::RemUIOp>(number, extent);
    number = b.createOrFold<arith::DivUIOp>(number, extent);
  }
  if (!dims.empty())
    point[dims.front()] = number;
}

void remat::emitIf(KernelBuilder &b, Value condition, function_ref<void()> body) {
  if (!condition)
    return body();
  auto ifOp = scf::IfOp::create(b, condition, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(ifOp.thenBlock());
  body();
}

SmallVector<Value> remat::emitIf(KernelBuilder &b, Value condition, ArrayRef<Value> otherwise,
                                 function_ref<SmallVector<Value>()> body) {
  if (!condition)
    return body();
  auto ifOp = scf::IfOp::create(b, TypeRange(ValueRange(otherwise)), condition, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(ifOp.thenBlock());
  scf::YieldOp::create(b, body());
  b.setInsertionPointToStart(ifOp.elseBlock());
  scf::YieldOp::create(b, otherwise);
  return llvm::to_vector(ValueRange(ifOp.getResults()));
}

Value remat::isLess(KernelBuilder &b, Value lhs, Value rhs) {
  return arith::CmpIOp::create(b, arith::CmpIPredicate::ult, lhs, rhs);
}
