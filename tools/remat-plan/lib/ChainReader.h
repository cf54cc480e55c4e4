//===- ChainReader.h - Chain problems from JSON -----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_CHAINREADER_H
#define REMAT_TOOLS_REMAT_PLAN_CHAINREADER_H

#include "remat/Schedule/StagedChain.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace remat::plantool {

struct ChainInput {
  schedule::StagedChain chain;
  /// Whether the problem names a budget.
  bool hasBudget = false;
};

/// Reads a chain problem (contracts.md). \p file names it in messages. Only the
/// form is checked; StagedChain::validate() checks the rest.
llvm::Expected<ChainInput> readChain(llvm::StringRef text, llvm::StringRef file, bool printWarnings = true);

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_CHAINREADER_H
