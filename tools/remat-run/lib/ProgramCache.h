//===- ProgramCache.h - Compiled programs that several runs share ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A program whose trip count is dynamic need be compiled only once for all of them, and
// for all budgets: who runs it for one after the other (test/lib/remat-run-many.cpp)
// gets the same program again. It is found by its text, so nobody can be given another one. A program with
// static extents is seldom compiled twice and not kept; its step functions are
// (CodeCache).
//
// What a compilation says to the handlers of a context, it says only the first time.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_RUN_PROGRAMCACHE_H
#define REMAT_TOOLS_REMAT_RUN_PROGRAMCACHE_H

#include "remat/Execution/CodeCache.h"
#include "remat/Execution/CompiledProgram.h"

#include "llvm/ADT/StringMap.h"

#include <memory>

namespace remat {

class ProgramCache {
public:
  /// Programs keep the arena of their last call, so a single run keeps none.
  enum class Keeps { Code, Programs };
  explicit ProgramCache(Keeps keeps = Keeps::Code) : keeps(keeps) {}

  /// As CompiledProgram::compile. One that is shared runs one call at a time.
  llvm::Expected<std::shared_ptr<CompiledProgram>> compile(mlir::ModuleOp module, llvm::StringRef entry,
                                                           const ProgramOptions &options, const Target &target);

private:
  Keeps keeps;
  CodeCache code;
  llvm::StringMap<std::shared_ptr<CompiledProgram>> programs;
};

} // namespace remat

#endif // REMAT_TOOLS_REMAT_RUN_PROGRAMCACHE_H
