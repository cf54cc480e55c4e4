//===- Diagnostics.h - Errors that end the tool -----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An error carries the exit status that goes with it (docs/Contracts.md), so that
// whoever finds it decides and nobody in between has to.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_DIAGNOSTICS_H
#define REMAT_TOOLS_REMAT_PLAN_DIAGNOSTICS_H

#include "support/ExitStatus.h"

#include "llvm/Support/Error.h"

#include <string>

namespace remat::plantool {

class ToolError : public llvm::ErrorInfo<ToolError> {
public:
  static char ID;
  ToolError(ExitStatus status, std::string text) : status(status), text(std::move(text)) {}

  ExitStatus getStatus() const { return status; }
  void log(llvm::raw_ostream &stream) const override;
  std::error_code convertToErrorCode() const override;

private:
  ExitStatus status;
  std::string text;
};

/// The input is wrong. With a file: "file:line: error: reason".
llvm::Error makeInputError(llvm::StringRef file, unsigned line, const llvm::Twine &reason);
llvm::Error makeInputError(const llvm::Twine &reason);
llvm::Error makeUsageError(const llvm::Twine &reason);
llvm::Error makeFault(const llvm::Twine &reason);
/// A bug in remat, which is never the fault of the input.
llvm::Error makeInternalError(const llvm::Twine &reason);

/// Prints a warning about a file.
void warn(llvm::StringRef file, unsigned line, const llvm::Twine &text);

/// Prints the error and returns its exit status.
ExitStatus report(llvm::Error error);

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_DIAGNOSTICS_H
