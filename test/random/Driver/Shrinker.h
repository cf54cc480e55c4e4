//===- Shrinker.h - Small programs that fail in the same way ----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Deletes and simplifies, one change at a time, as long as the same judge says the
// same: uses of values are replaced by other values or constants, operations that
// nobody uses go, so do carries, scans, emitted values, arguments and results;
// branches replace their scf.if, extents and counts become smaller.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_RANDOM_SHRINKER_H
#define REMAT_TEST_RANDOM_SHRINKER_H

#include "Children.h"

namespace remat::random {

struct ShrinkResult {
  Case program;
  Verdict verdict;
  unsigned numTried = 0;
};

ShrinkResult shrink(const Case &program, const Verdict &verdict, const JudgeOptions &options, Children &children,
                    mlir::MLIRContext &context);

/// \p text with each extent \p from of a tensor type, a list of sizes or an index
/// constant replaced by \p to.
std::string replaceExtent(llvm::StringRef text, int64_t from, int64_t to);

} // namespace remat::random

#endif // REMAT_TEST_RANDOM_SHRINKER_H
