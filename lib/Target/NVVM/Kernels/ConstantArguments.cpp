//===- ConstantArguments.cpp - Constant arrays as arguments -------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConstantArguments.h"

#include "../HostCode/MemoryPlaces.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

using namespace remat;

namespace {

class ConstantArguments {
public:
  explicit ConstantArguments(ModuleOp module);
  LogicalResult passDown();

private:
  void visit(func::FuncOp function);
  LogicalResult passDown(func::FuncOp function, BlockArgument argument);
  LogicalResult addFlag(func::FuncOp function, BlockArgument argument, memref::GlobalOp array);

  SymbolTable symbols;
  llvm::MapVector<func::FuncOp, SmallVector<func::CallOp>> callsOf;
  /// All functions, callers in front of callees.
  llvm::SetVector<Operation *> order;
};

} // namespace

ConstantArguments::ConstantArguments(ModuleOp module) : symbols(module) {
  module.walk([&](func::CallOp call) {
    if (auto callee = symbols.lookup<func::FuncOp>(call.getCallee()))
      callsOf[callee].push_back(call);
  });
  for (auto function : module.getOps<func::FuncOp>())
    visit(function);
}

void ConstantArguments::visit(func::FuncOp function) {
  if (order.contains(function))
    return;
  for (func::CallOp call : callsOf.lookup(function))
    visit(call->getParentOfType<func::FuncOp>());
  order.insert(function);
}

/// Whether \p memref is \p array, as a number of the host; null if it may be a part of it, or
/// of something else in other ways.
static Value isArray(OpBuilder &builder, Value memref, memref::GlobalOp array) {
  bool mayBe = llvm::any_of(findPlaces(memref), [&](const MemoryPlace &place) {
    auto global = place.root ? place.root.getDefiningOp<memref::GetGlobalOp>() : memref::GetGlobalOp();
    return global && global.getName() == array.getName();
  });
  Location loc = memref.getLoc();
  Operation *definition = memref.getDefiningOp();
  if (!mayBe || isa_and_present<memref::GetGlobalOp>(definition))
    return arith::ConstantIntOp::create(builder, loc, mayBe, /*width=*/1);
  if (auto cast = dyn_cast_or_null<memref::CastOp>(definition))
    return isArray(builder, cast.getSource(), array);
  auto choice = dyn_cast_or_null<arith::SelectOp>(definition);
  Value first = choice ? isArray(builder, choice.getTrueValue(), array) : Value();
  Value second = first ? isArray(builder, choice.getFalseValue(), array) : Value();
  return second ? arith::SelectOp::create(builder, loc, choice.getCondition(), first, second).getResult() : Value();
}

LogicalResult ConstantArguments::addFlag(func::FuncOp function, BlockArgument argument, memref::GlobalOp array) {
  for (func::CallOp call : callsOf.lookup(function)) {
    OpBuilder builder(call);
    Value flag = isArray(builder, call.getOperand(argument.getArgNumber()), array);
    if (!flag || !memref::CastOp::areCastCompatible(array.getType(), argument.getType()))
      return call.emitOpError("expects the whole of a constant array, or none of it, for operand #")
             << argument.getArgNumber();
    call.getOperandsMutable().append(flag);
  }
  OpBuilder builder = OpBuilder::atBlockBegin(&function.front());
  if (failed(function.insertArgument(function.getNumArguments(), builder.getI1Type(), {}, argument.getLoc())))
    return failure();
  Location loc = argument.getLoc();
  Value own = memref::GetGlobalOp::create(builder, loc, array.getType(), array.getName());
  if (own.getType() != argument.getType())
    own = memref::CastOp::create(builder, loc, argument.getType(), own);
  auto choice = arith::SelectOp::create(builder, loc, function.getArguments().back(), own, argument);
  argument.replaceAllUsesExcept(choice, choice);
  return success();
}

LogicalResult ConstantArguments::passDown(func::FuncOp function, BlockArgument argument) {
  llvm::SetVector<memref::GlobalOp> arrays;
  bool isAlways = true;
  for (func::CallOp call : callsOf.lookup(function)) {
    Value operand = call.getOperand(argument.getArgNumber());
    isAlways &= operand.getDefiningOp<memref::GetGlobalOp>() != nullptr;
    for (const MemoryPlace &place : findPlaces(operand))
      if (auto global = place.root ? place.root.getDefiningOp<memref::GetGlobalOp>() : memref::GetGlobalOp())
        arrays.insert(symbols.lookup<memref::GlobalOp>(global.getName()));
  }
  if (!isAlways || arrays.size() > 1) {
    for (memref::GlobalOp array : arrays)
      if (failed(addFlag(function, argument, array)))
        return failure();
    return success();
  }
  if (arrays.empty())
    return success();
  OpBuilder builder = OpBuilder::atBlockBegin(&function.front());
  memref::GlobalOp array = arrays.front();
  argument.replaceAllUsesWith(
      memref::GetGlobalOp::create(builder, argument.getLoc(), array.getType(), array.getName()).getResult());
  return success();
}

LogicalResult ConstantArguments::passDown() {
  for (Operation *op : order) {
    auto function = cast<func::FuncOp>(op);
    if (!function.isPrivate() || function.isExternal())
      continue;
    for (BlockArgument argument : SmallVector<BlockArgument>(function.getArguments()))
      if (isa<MemRefType>(argument.getType()) && !argument.use_empty() && failed(passDown(function, argument)))
        return failure();
  }
  return success();
}

LogicalResult remat::passConstantsDown(ModuleOp module) { return ConstantArguments(module).passDown(); }
