//===- PlanReader.h - The figures of a planned program --------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_EXECUTION_PLANREADER_H
#define REMAT_LIB_EXECUTION_PLANREADER_H

#include "Lowering.h"

namespace remat {

/// Reads what `remat-plan-schedule` left on the chains that \p entry sweeps.
PlanFigures readPlan(mlir::func::FuncOp entry);

/// Reads what `remat-plan-memory` left on \p entry, if its plan was made: the bytes in
/// \p figures. \p limited: whether there was a budget.
void readMemory(mlir::func::FuncOp entry, bool limited, PlanFigures &figures);

/// The problems that the plans of \p entry solve.
std::vector<schedule::Chain> readChainProblems(mlir::func::FuncOp entry);

/// Reads what \p entry is planned from when it is called into \p program; nothing
/// changes if it is planned already.
void readOpenProblem(mlir::func::FuncOp entry, LoweredProgram &program);

/// The error for a budget that no plan meets, with the compiler's \p message; a
/// null error if \p entry was not found infeasible.
llvm::Error readInfeasible(mlir::func::FuncOp entry, const std::string &message);

} // namespace remat

#endif // REMAT_LIB_EXECUTION_PLANREADER_H
