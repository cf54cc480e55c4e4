//===- LoopLayout.h - Where the parts of a loop lie ---------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one place that knows whether a plan was made by the compiler, so that offsets
// are constants, or comes as an argument of the function, so that they are loaded.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_CONVERSION_REMATTOSCF_LOOPLAYOUT_H
#define REMAT_CONVERSION_REMATTOSCF_LOOPLAYOUT_H

#include "remat/ABI/PlanWords.h"
#include "remat/Dialect/Remat/IR/EntryFunctions.h"
#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace remat {

class LoopLayout {
public:
  /// Of \p chain, whose sweeps stand in an entry function with these \p arguments.
  LoopLayout(ChainOp chain, const EntryArguments &arguments);

  /// Whether the plan is an argument.
  bool isDynamic() const { return plan != nullptr; }

  /// The arguments of the entry that remat-plan-memory added.
  Value getArena() const { return arena; }
  Value getCounters() const { return counters; }
  Value getWalk() const { return walk; }

  /// The offset of a part of the loop in the block that it lies in, of type index.
  Value getOffset(ImplicitLocOpBuilder &builder, schedule::LoopPart part);

  /// The address of the plan table in the plan argument, an i64.
  Value getTableAddress(ImplicitLocOpBuilder &builder);

private:
  /// A word of the plan, loaded once at the start of the function.
  Value loadWord(ImplicitLocOpBuilder &builder, int64_t position);

  ChainOp chain;
  Value arena, counters, walk;
  /// Null if the plan is an attribute of the chain.
  Value plan;
  DenseMap<int64_t, Value> loaded;
};

} // namespace remat

#endif // REMAT_CONVERSION_REMATTOSCF_LOOPLAYOUT_H
