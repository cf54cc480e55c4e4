//===- Diagnostics.cpp - Errors that end the tool -------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Diagnostics.h"

#include "llvm/ADT/Twine.h"
#include "llvm/Support/raw_ostream.h"

using namespace remat;
using namespace remat::plantool;

char ToolError::ID = 0;

void ToolError::log(llvm::raw_ostream &stream) const { stream << text; }

std::error_code ToolError::convertToErrorCode() const { return llvm::inconvertibleErrorCode(); }

static llvm::Error make(ExitStatus status, const llvm::Twine &text) {
  return llvm::make_error<ToolError>(status, text.str());
}

llvm::Error plantool::makeInputError(llvm::StringRef file, unsigned line, const llvm::Twine &reason) {
  return make(ExitStatus::InvalidInput, file + ":" + llvm::Twine(line) + ": error: " + reason);
}

llvm::Error plantool::makeInputError(const llvm::Twine &reason) {
  return make(ExitStatus::InvalidInput, "remat-plan: error: " + reason);
}

llvm::Error plantool::makeUsageError(const llvm::Twine &reason) {
  return make(ExitStatus::Usage, "remat-plan: error: " + reason + " (see remat-plan --help)");
}

llvm::Error plantool::makeFault(const llvm::Twine &reason) {
  return make(ExitStatus::Fault, "remat-plan: error: " + reason);
}

llvm::Error plantool::makeInternalError(const llvm::Twine &reason) {
  return make(ExitStatus::Internal, "remat-plan: " + reason);
}

void plantool::warn(llvm::StringRef file, unsigned line, const llvm::Twine &text) {
  llvm::errs() << file << ':' << line << ": warning: " << text << '\n';
}

ExitStatus plantool::report(llvm::Error error) {
  ExitStatus status = ExitStatus::Success;
  llvm::handleAllErrors(std::move(error), [&](const ToolError &problem) {
    status = problem.getStatus();
    llvm::errs() << problem.message() << '\n';
  });
  return status;
}
