//===- ManyRuns.h - Many runs of a tool in one process ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// To start LLVM and MLIR takes as long as to compile a small program. Tests that run a
// tool hundreds of times write command lines to one process (run_many.py). Each line of
// standard input is a JSON array of the words behind the tool. The answer is one line,
//
//   {"status": 0, "output": "...", "errors": "..."}
//
// after which the next line is read.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_LIB_MANYRUNS_H
#define REMAT_TEST_LIB_MANYRUNS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace remat {

/// Calls \p run for each line, with the name of the tool as the first word, and returns the
/// exit status of the process. What a run writes elsewhere appears as ever.
int runMany(
    llvm::StringRef tool,
    llvm::function_ref<int(llvm::ArrayRef<const char *> words, llvm::raw_ostream &output, llvm::raw_ostream &errors)>
        run);

} // namespace remat

#endif // REMAT_TEST_LIB_MANYRUNS_H
