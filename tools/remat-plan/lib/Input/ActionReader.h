//===- ActionReader.h - Actions from JSON lines -----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_ACTIONREADER_H
#define REMAT_TOOLS_REMAT_PLAN_ACTIONREADER_H

#include "Json.h"
#include "remat/Schedule/Action.h"

namespace remat::plantool {

/// Reads actions (docs/Contracts.md) one line at a time, in the memory of one line.
class ActionReader {
public:
  ActionReader(llvm::StringRef text, llvm::StringRef file) : rest(text), file(file) {}

  /// Sets \p action to the next one and returns true, or returns false at the
  /// end. Empty lines are passed over. Whether the numbers make sense is for the
  /// simulator to say.
  llvm::Expected<bool> next(schedule::Action &action);

  /// The line of the last action.
  unsigned getLine() const { return line; }

private:
  llvm::Error read(llvm::StringRef text, schedule::Action &action);

  llvm::StringRef rest;
  llvm::StringRef file;
  unsigned line = 0;
  JsonDocument document;
};

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_ACTIONREADER_H
