//===- Lowering.h - The pipeline as the execution engine runs it ----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_EXECUTION_LOWERING_H
#define REMAT_LIB_EXECUTION_LOWERING_H

#include "remat/Execution/CompiledProgram.h"

#include "mlir/IR/OwningOpRef.h"

namespace remat {

/// Runs remat-to-cpu on a copy of \p module with \p entry as its only public
/// function. \p signature receives the entry's signature before lowering, \p times
/// the time of each stage.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>> lowerProgram(mlir::ModuleOp module, llvm::StringRef entry,
                                                               const CPUPipelineOptions &options, Signature &signature,
                                                               std::vector<PhaseTime> &times);

} // namespace remat

#endif // REMAT_LIB_EXECUTION_LOWERING_H
