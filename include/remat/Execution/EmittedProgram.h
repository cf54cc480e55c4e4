//===- EmittedProgram.h - A program as files ---------------------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For programs that are linked without any part of LLVM: an object file, for devices what
// they load, a header for C, and the plan in words. Nothing is loaded or executed.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_EXECUTION_EMITTEDPROGRAM_H
#define REMAT_EXECUTION_EMITTEDPROGRAM_H

#include "remat/Pipelines/ProgramOptions.h"
#include "remat/Target/Target.h"

#include "mlir/IR/BuiltinOps.h"

namespace remat {

/// Compiles function \p entry of \p module, which is not changed, to files: ".o", for devices
/// ".ptx" or ".cubin", ".h" and ".json". As CompiledProgram::compile otherwise.
llvm::Expected<std::vector<EmittedFile>> emitProgram(mlir::ModuleOp module, llvm::StringRef entry,
                                                     const ProgramOptions &options, const Target &target);

} // namespace remat

#endif // REMAT_EXECUTION_EMITTEDPROGRAM_H
