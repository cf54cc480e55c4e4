//===- ChainReader.h - Chain problems from JSON -----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_CHAINREADER_H
#define REMAT_TOOLS_REMAT_PLAN_CHAINREADER_H

#include "remat/Schedule/Chain.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace remat::plantool {

/// Where the parts of a problem stand in its file.
struct ChainLines {
  unsigned problem = 1;
  unsigned stages = 1;
  unsigned slow = 1;
  std::vector<unsigned> eachStage;
};

struct ChainInput {
  schedule::Chain chain;
  schedule::Verdict validate() const { return chain.validate(); }
  /// Whether the problem names a budget.
  bool hasBudget = false;
  ChainLines lines;
};

/// Reads a chain problem (docs/Contracts.md). \p file names it in messages. Only the
/// form is checked; checkChain() checks the rest.
llvm::Expected<ChainInput> readChain(llvm::StringRef text, llvm::StringRef file, bool printWarnings = true);

/// Chain::validate() with the line of what is wrong.
llvm::Error checkChain(const ChainInput &input, llvm::StringRef file);

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_CHAINREADER_H
