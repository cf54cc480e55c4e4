//===- GraphReader.h - Graph problems and plans from JSON -------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_GRAPHREADER_H
#define REMAT_TOOLS_REMAT_PLAN_GRAPHREADER_H

#include "remat/Schedule/GraphVerifier.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace remat::plantool {

struct GraphInput {
  schedule::GraphProblem problem;
  schedule::Verdict validate() const { return problem.validate(); }
  bool hasBudget = false;
  /// Units of time in one unit of the file; a power of ten.
  int64_t timeScale = 1;
  /// Where the parts stand in the file.
  unsigned problemLine = 1;
  unsigned nodesLine = 1;
  std::vector<unsigned> nodeLines;
  std::vector<unsigned> edgeLines;
};

/// Whether \p text is JSON of kind "graph".
bool isGraph(llvm::StringRef text);

/// Reads a graph problem (docs/Contracts.md). \p file names it in messages. Only the form
/// is checked, and that edges join nodes; checkGraph() checks the rest.
llvm::Expected<GraphInput> readGraph(llvm::StringRef text, llvm::StringRef file, bool printWarnings = true);

/// GraphProblem::validate() with the line of what is wrong: of the node with which the
/// sums no longer fit, or the edge that closes a cycle.
llvm::Error checkGraph(const GraphInput &input, llvm::StringRef file);

struct GraphSchedule {
  std::vector<std::vector<schedule::GraphProblem::NodeId>> sequence;
  schedule::GraphClaim claim;
};

/// Reads the sequence of a plan and what it claims of time and memory, with times
/// scaled by \p timeScale.
llvm::Expected<GraphSchedule> readGraphSchedule(llvm::StringRef text, llvm::StringRef file, int64_t timeScale);

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_GRAPHREADER_H
