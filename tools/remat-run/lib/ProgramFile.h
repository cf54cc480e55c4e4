//===- ProgramFile.h - A program as its author wrote it -------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Arguments and results are known to the user by the names in the text of the
// program (%xs, %loss), which MLIR forgets when it parses. They are taken from the
// parser's state and kept as `remat.name` attributes.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_RUN_PROGRAMFILE_H
#define REMAT_TOOLS_REMAT_RUN_PROGRAMFILE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/SourceMgr.h"

namespace remat {

/// Parses the file in \p sources, text or bytecode, and names the arguments and results of its
/// functions: an existing `remat.name`, else the name in the text unless that is a
/// number; bytecode has no such names. Null if the text is wrong; the diagnostics went to the context.
mlir::OwningOpRef<mlir::ModuleOp> parseProgram(llvm::SourceMgr &sources, mlir::MLIRContext *context);

/// The function to run: \p name if it is not empty, else the only public function
/// with a body, else the only one of these that asks for a gradient.
llvm::Expected<mlir::func::FuncOp> findEntry(mlir::ModuleOp module, llvm::StringRef name);

} // namespace remat

#endif // REMAT_TOOLS_REMAT_RUN_PROGRAMFILE_H
