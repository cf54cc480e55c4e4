//===- RematOps.cpp - Operations of the remat dialect --------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/IR/Remat.h"

#include "RematSyntax.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace remat;

YieldOp RecurrenceOp::getYield() { return cast<YieldOp>(getStep().getTerminator()); }

std::optional<int64_t> RecurrenceOp::getStaticCount() { return getConstantIntValue(getCount()); }

ForwardSweepOp BackwardSweepOp::getForwardSweep() { return getHistory().getDefiningOp<ForwardSweepOp>(); }

#define GET_OP_CLASSES
#include "remat/Dialect/Remat/IR/RematOps.cpp.inc"
