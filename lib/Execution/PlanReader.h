//===- PlanReader.h - The figures of a planned program --------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_EXECUTION_PLANREADER_H
#define REMAT_LIB_EXECUTION_PLANREADER_H

#include "remat/Execution/CompiledProgram.h"

namespace remat {

/// Reads what `remat-plan-schedule` left on \p entry and on the chains that it
/// sweeps. \p limited: whether there was a budget.
PlanFigures readPlan(mlir::func::FuncOp entry, bool limited);

/// The words of the problem that \p entry is planned from when it is called; empty
/// if it is planned already.
std::vector<int64_t> readRuntimeProblem(mlir::func::FuncOp entry);

/// The error for a budget that no plan meets, with the compiler's \p message; a
/// null error if \p entry was not found infeasible.
llvm::Error readInfeasible(mlir::func::FuncOp entry, const std::string &message);

} // namespace remat

#endif // REMAT_LIB_EXECUTION_PLANREADER_H
