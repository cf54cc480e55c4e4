//===- HoistCheck.cpp - Checks in front of loops -------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A run of hours should not end in its last step for an index that was known before
// the first. The indices of all steps could be computed at once, but that array would
// grow with the number of steps and count against the budget; a loop over the steps
// needs the indices of one.
//
//===----------------------------------------------------------------------===//

#include "HoistCheck.h"

#include "remat/Dialect/Remat/Transforms/Recurrence.h"
#include "remat/Interfaces/BlockDifferentiator.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace remat;

bool remat::isKnownBefore(Value value, Operation *op) { return !op->isAncestor(value.getParentBlock()->getParentOp()); }

void remat::hoistCheck(CheckIndicesOp check, RecurrenceOp loop) {
  Block &step = loop.getStep();
  llvm::SetVector<Operation *> slice;
  llvm::SetVector<Value> arguments;
  size_t numCarries = loop.getInits().size();
  auto collect = [&](auto &self, Value value) -> bool {
    if (isKnownBefore(value, loop))
      return true;
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      arguments.insert(argument);
      unsigned number = argument.getArgNumber();
      return argument.getOwner() == &step && (number == 0 || number > numCarries);
    }
    Operation *definition = value.getDefiningOp();
    if (definition->getBlock() != &step || !isMemoryEffectFree(definition) || isa<RecurrenceOp>(definition))
      return false;
    for (Value input : getInputs(definition))
      if (!self(self, input))
        return false;
    slice.insert(definition);
    return true;
  };
  if (check->getBlock() != &step || !collect(collect, check.getIndices()) || !collect(collect, check.getLimit()))
    return;

  OpBuilder builder(loop);
  Location loc = check.getLoc();
  IRMapping mapping;
  Value number;
  if (!arguments.empty()) {
    Value zero = arith::ConstantIndexOp::create(builder, loc, 0), one = arith::ConstantIndexOp::create(builder, loc, 1);
    auto steps = scf::ForOp::create(builder, loc, zero, loop.getCount(), one);
    builder.setInsertionPointToStart(steps.getBody());
    number = steps.getInductionVar();
    Value position = number;
    if (loop.getReversed())
      position = arith::SubIOp::create(builder, loc, arith::SubIOp::create(builder, loc, loop.getCount(), one), number);
    mapping.map(step.getArgument(0), number);
    for (auto [scan, element] : llvm::zip_equal(loop.getScans(), loop.getElements()))
      if (arguments.contains(element))
        mapping.map(element, extractElement(builder, loc, scan, position));
  } else if (std::optional<int64_t> count = getConstantIntValue(loop.getCount()); !count || *count <= 0) {
    // What is the same in all steps is used in the first one, if there is one.
    Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
    Value hasSteps = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::sgt, loop.getCount(), zero);
    builder.setInsertionPointToStart(scf::IfOp::create(builder, loc, hasSteps, /*withElseRegion=*/false).thenBlock());
  }
  for (Operation *op : slice)
    builder.clone(*op, mapping);
  CheckIndicesOp::create(builder, loc, mapping.lookupOrDefault(check.getIndices()),
                         mapping.lookupOrDefault(check.getLimit()), number, /*per_step=*/false, /*reversed=*/false);
  check.erase();
}
