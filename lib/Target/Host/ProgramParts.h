//===- ProgramParts.h - Entry and steps as modules of their own -----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The entry of a program holds its plan; the steps do not know it. Apart, the code
// of the steps is the same for all budgets and trip counts (see CodeCache.h), and
// the bits of a step cannot depend on what the optimiser knows of a plan.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_HOST_PROGRAMPARTS_H
#define REMAT_LIB_TARGET_HOST_PROGRAMPARTS_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/IR/Module.h"

#include <memory>

namespace remat {

/// Takes all functions but those that \p isEntry names out of \p module, into a
/// module that is returned; null if there are none, or if the program has variables. What one module has of the
/// other's functions are declarations, under names that no library has. Everything
/// that only one of the two uses is in that one alone; a constant that \p isEntry names
/// stays, used or not.
std::unique_ptr<llvm::Module> splitOffSteps(llvm::Module &module,
                                            llvm::function_ref<bool(const llvm::GlobalObject &)> isEntry);

} // namespace remat

#endif // REMAT_LIB_TARGET_HOST_PROGRAMPARTS_H
