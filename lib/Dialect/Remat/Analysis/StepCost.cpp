//===- StepCost.cpp - How long a step takes --------------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Analysis/StepCost.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace remat;

/// The cost of one execution of a linalg body.
static double getBodyCost(Block &body, const StepCosts &costs) {
  double cost = costs.move;
  body.walk([&](Operation *op) {
    if (isa<math::MathDialect>(op->getDialect()) && !isa<math::FmaOp, math::AbsFOp, math::CopySignOp>(op))
      cost += costs.function;
    else if (!op->hasTrait<OpTrait::IsTerminator>() && op->getNumResults() != 0)
      cost += costs.operation;
  });
  return cost;
}

static double getCost(FlatSymbolRefAttr name, ChainOp chain, const StepCosts &costs) {
  double cost = 0;
  auto function = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(chain, name);
  if (!function)
    return cost;
  function.walk([&](linalg::LinalgOp op) {
    double iterations = 1;
    for (int64_t range : op.getStaticLoopRanges())
      iterations *= ShapedType::isDynamic(range) ? 1 : double(range);
    cost += iterations * getBodyCost(*op.getBlock(), costs);
  });
  return cost;
}

StepTimes remat::estimateStepTimes(ChainOp chain, const StepCosts &costs) {
  StepTimes times;
  double unit = getCost(chain.getAdvanceAttr(), chain, costs) / 1000;
  if (!chain.isDifferentiated() || unit <= 0)
    return times;
  // Ratios beyond a million say nothing and would eat the 64 bits of a total.
  auto scale = [&](double cost) { return std::clamp<int64_t>(std::llround(cost / unit), 1, 1000000000); };
  times.record = scale(getCost(chain.getRecordAttr(), chain, costs));
  times.reverse = scale(getCost(chain.getReverseAttr(), chain, costs));
  return times;
}
