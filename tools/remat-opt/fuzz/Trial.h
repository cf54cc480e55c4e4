//===- Trial.h - What is done with a program that a fuzzer made ----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_OPT_FUZZ_TRIAL_H
#define REMAT_TOOLS_REMAT_OPT_FUZZ_TRIAL_H

#include "llvm/ADT/StringRef.h"

namespace remat::fuzz {

/// An input: the first line names passes, as in a textual pipeline, the rest is a program as
/// text or as bytecode. Returns false if the passes have no such names.
///
/// Programs that do not parse or verify are done with. `remat-to-cpu` is run as remat-run runs
/// it, on the first public function; other passes as remat-opt runs them. Messages are
/// swallowed, but an internal error, which says that remat is wrong and not the program, ends
/// the process as a crash does.
bool tryInput(llvm::StringRef input);

} // namespace remat::fuzz

#endif // REMAT_TOOLS_REMAT_OPT_FUZZ_TRIAL_H
