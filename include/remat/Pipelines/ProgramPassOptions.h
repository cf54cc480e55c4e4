//===- ProgramPassOptions.h - ProgramOptions of a pipeline ----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What can be said of a program on any target, as options of the pipeline of one: the
// form that command lines and reproducers have.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_PIPELINES_PROGRAMPASSOPTIONS_H
#define REMAT_PIPELINES_PROGRAMPASSOPTIONS_H

#include "remat/Dialect/Remat/Transforms/PolicyOption.h"
#include "remat/Pipelines/ProgramOptions.h"
#include "remat/Support/BudgetOption.h"

#include "mlir/Pass/PassOptions.h"

namespace remat {

/// The options of \p Base, which are a target's own, and those of every program.
template <typename Base>
struct ProgramPassOptions : Base {
  template <typename Value>
  using Option = mlir::detail::PassOptions::Option<Value>;

  Option<Budget> budget{*this, "budget",
                        llvm::cl::desc("Bytes of arena: a size (64MiB), a share of the store-all peak (5%), min, or "
                                       "unlimited"),
                        llvm::cl::init(Budget())};
  Option<schedule::Policy> policy{*this, "policy", llvm::cl::desc("How plans are chosen"),
                                  llvm::cl::init(schedule::Policy::Optimal), getPolicyValues()};
  Option<Expansion> expansion{
      *this, "expansion", llvm::cl::desc("The form of schedules"), llvm::cl::init(Expansion::Table),
      llvm::cl::values(clEnumValN(Expansion::Table, "table", "A walk along the plan table"),
                       clEnumValN(Expansion::Unrolled, "unrolled", "One operation after the other"))};
  Option<int64_t> maxUnrolledMoves{*this, "max-unrolled-moves",
                                   llvm::cl::desc("The most moves of a chain that may be unrolled"),
                                   llvm::cl::init(defaultUnrolledMoves)};
  Option<bool> raise{*this, "raise", llvm::cl::desc("Loops of scf that a gradient passes through become recurrences"),
                     llvm::cl::init(true)};

  void set(const ProgramOptions &options) {
    budget = options.budget;
    policy = options.policy;
    expansion = options.expansion;
    maxUnrolledMoves = options.maxUnrolledMoves;
    raise = options.raise;
  }
  ProgramOptions getProgramOptions() const { return {budget, ByteLimit(), policy, expansion, maxUnrolledMoves, raise}; }
};

} // namespace remat

#endif // REMAT_PIPELINES_PROGRAMPASSOPTIONS_H
