//===- Mutator.h - Programs that are nearly given ones ----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One to three changes to a program of the repository: an operation becomes another
// of the same type, operands change places, an extent changes everywhere, an element
// type becomes another.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_RANDOM_MUTATOR_H
#define REMAT_TEST_RANDOM_MUTATOR_H

#include "Judge.h"

#include <optional>

namespace remat::random {

/// A mutation of one program of \p path (a file may have several, separated by
/// "// -----"); nullopt if it has none that could be run.
std::optional<Case> mutate(llvm::StringRef path, uint64_t seed, mlir::MLIRContext &context);

} // namespace remat::random

#endif // REMAT_TEST_RANDOM_MUTATOR_H
