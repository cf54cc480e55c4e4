//===- ObjectFile.h - Machine code for a linker ----------------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_HOST_OBJECTFILE_H
#define REMAT_LIB_TARGET_HOST_OBJECTFILE_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/Support/Error.h"

#include <string>

namespace remat {

/// The object file of \p module, which is in the LLVM dialect, with its public functions and
/// variables under their own names, for a program that is linked without LLVM.
llvm::Expected<std::string> compileObjectFile(mlir::ModuleOp module, llvm::orc::JITTargetMachineBuilder builder);

} // namespace remat

#endif // REMAT_LIB_TARGET_HOST_OBJECTFILE_H
