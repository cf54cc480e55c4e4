//===- ProgramParts.cpp - Entry and steps as modules of their own -------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ProgramParts.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace remat;

/// Removes the variables, but those that \p isKept names, and declarations of \p module that
/// nothing uses. One may use another.
static void removeUnused(llvm::Module &module, llvm::function_ref<bool(const llvm::GlobalObject &)> isKept) {
  for (bool changed = true; changed;) {
    changed = false;
    for (llvm::GlobalVariable &variable : llvm::make_early_inc_range(module.globals())) {
      variable.removeDeadConstantUsers();
      if (!variable.use_empty() || isKept(variable))
        continue;
      variable.eraseFromParent();
      changed = true;
    }
  }
  for (llvm::Function &function : llvm::make_early_inc_range(module))
    if (function.isDeclaration() && function.use_empty())
      function.eraseFromParent();
}

std::unique_ptr<llvm::Module> remat::splitOffSteps(llvm::Module &module,
                                                   llvm::function_ref<bool(const llvm::GlobalObject &)> isEntry) {
  llvm::SmallVector<llvm::Function *> entries, steps;
  for (llvm::Function &function : module)
    if (!function.isDeclaration())
      (isEntry(function) ? entries : steps).push_back(&function);
  // Each part gets a copy of what both use, which only a constant may have.
  bool hasState = llvm::any_of(module.globals(), [](const llvm::GlobalVariable &variable) {
    return !variable.isDeclaration() && !variable.isConstant();
  });
  if (steps.empty() || hasState)
    return nullptr;
  for (llvm::Function *step : steps) {
    step->setName("remat_part_" + step->getName());
    step->setLinkage(llvm::GlobalValue::ExternalLinkage);
    step->setVisibility(llvm::GlobalValue::DefaultVisibility);
  }
  llvm::ValueToValueMapTy values;
  std::unique_ptr<llvm::Module> part = llvm::CloneModule(module, values);
  for (llvm::Function *entry : entries)
    llvm::cast<llvm::Function>(values[entry])->deleteBody();
  for (llvm::Function *step : steps)
    step->deleteBody();
  removeUnused(module, isEntry);
  removeUnused(*part, [](const llvm::GlobalObject &) { return false; });
  return part;
}
