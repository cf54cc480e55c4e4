//===- ProgramCache.cpp - Compiled programs that several runs share -----------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ProgramCache.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace remat;

/// Everything that the code depends on, the budget aside. Places in the source are part
/// of it, because programs that fail name them.
static std::string makeKey(mlir::ModuleOp module, llvm::StringRef entry, const ProgramOptions &options,
                           const Target &target) {
  std::string key;
  llvm::raw_string_ostream stream(key);
  ProgramOptions apart = options;
  apart.budget = Budget();
  stream << entry << '\n'
         << target.getName() << '\n'
         << target.getMachine() << '\n'
         << target.getPipelineText(apart) << '\n';
  module->print(stream, mlir::OpPrintingFlags().enableDebugInfo().useLocalScope());
  return key;
}

static bool hasDynamicExtent(const CompiledProgram &program) {
  return llvm::any_of(program.getSignature().getArguments(), [](const ArgumentInfo &info) {
    return llvm::is_contained(info.shape, mlir::ShapedType::kDynamic);
  });
}

llvm::Expected<std::shared_ptr<CompiledProgram>> ProgramCache::compile(mlir::ModuleOp module, llvm::StringRef entry,
                                                                       const ProgramOptions &options,
                                                                       const Target &target) {
  if (keeps == Keeps::Code)
    return CompiledProgram::compile(module, entry, options, target, &code);
  std::string codeKey = makeKey(module, entry, options, target);
  std::string key = codeKey + options.budget.str();
  if (auto found = programs.find(key); found != programs.end())
    return found->second;
  if (auto found = programs.find(codeKey); found != programs.end()) {
    if (llvm::Error error = found->second->setBudget(options.budget))
      return std::move(error);
    return found->second;
  }
  auto program = CompiledProgram::compile(module, entry, options, target, &code);
  if (!program)
    return program.takeError();
  std::shared_ptr<CompiledProgram> shared = std::move(*program);
  if (hasDynamicExtent(*shared))
    programs.try_emplace(shared->isPlannedPerCall() ? codeKey : key, shared);
  return shared;
}
