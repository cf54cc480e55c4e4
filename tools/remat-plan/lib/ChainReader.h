//===- ChainReader.h - Chain problems from JSON -----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Times may be fractions in a file and are whole numbers in the library, where
// bounds are exact. All times of a problem are multiplied by the smallest power of
// ten, up to 10^9, that makes them whole.
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
