//===- Commands.cpp - What remat-plan does --------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"

#include "llvm/Support/raw_ostream.h"

#include <algorithm>

using namespace remat;
using namespace remat::plantool;

static llvm::Expected<ExitStatus> dispatch(const PlanOptions &options) {
  switch (options.command) {
  case Command::Chain:
    return runChain(options);
  case Command::Verify:
    return runVerify(options);
  case Command::Frontier:
    return runFrontier(options);
  case Command::Compare:
    return runCompare(options);
  case Command::Graph:
    return runGraph(options);
  }
  return makeUsageError("expects a command");
}

schedule::ChainOptions plantool::makeChainOptions(const PlanOptions &options, Progress *progress) {
  schedule::ChainOptions search;
  if (progress)
    search.progress = [=](double share) {
      progress->setShare(share);
      return true;
    };
  search.effort *= options.effort;
  // With less effort the tables become small by themselves.
  search.tableBytes = static_cast<int64_t>(static_cast<double>(search.tableBytes) * std::max(options.effort, 1.0));
  return search;
}

ExitStatus plantool::run(const PlanOptions &options) {
  auto status = dispatch(options);
  if (!status)
    return report(status.takeError());
  llvm::outs().flush();
  if (llvm::outs().has_error()) {
    std::string reason = llvm::outs().error().message();
    llvm::outs().clear_error();
    return report(makeFault("standard output: " + reason));
  }
  return *status;
}
