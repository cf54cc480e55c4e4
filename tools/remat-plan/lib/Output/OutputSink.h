//===- OutputSink.h - Where a command writes its files ----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_OUTPUTSINK_H
#define REMAT_TOOLS_REMAT_PLAN_OUTPUTSINK_H

#include "remat-plan/lib/Input/Diagnostics.h"
#include "support/OutputFiles.h"

namespace remat::plantool {

/// OutputFiles in which `-` is standard output. Errors are faults.
class OutputSink {
public:
  llvm::Error add(llvm::StringRef path, llvm::function_ref<void(llvm::raw_ostream &)> write);
  llvm::Error commit() { return files.commit(); }

private:
  OutputFiles files{makeFault};
};

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_OUTPUTSINK_H
