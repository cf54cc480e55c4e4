//===- Verdict.h - What became of a program ---------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_RANDOM_VERDICT_H
#define REMAT_TEST_RANDOM_VERDICT_H

#include "llvm/ADT/StringRef.h"

#include <string>

namespace remat::random {

enum class Outcome {
  /// Right in every respect.
  Right,
  /// Refused with a message in the user's words.
  Refused,
  /// The program is invalid: a fault of the generator or the mutation.
  Invalid,
  /// The compiler or the program crashed.
  Crash,
  /// Too slow, or too much memory.
  Limit,
  /// A message that no user can understand.
  Message,
  /// Another value than the reference.
  Value,
  /// Bits that depend on budget or policy, on the run, or on the compilation.
  Bits,
  /// Measured peak, planned peak and budget disagree, or allocations in a call.
  Memory,
  /// The program ended with an error that it does not have.
  Fault,
};

struct Verdict {
  Outcome outcome = Outcome::Right;
  /// One line.
  std::string detail;

  bool isFailure() const {
    return outcome != Outcome::Right && outcome != Outcome::Refused && outcome != Outcome::Invalid;
  }
  /// Equal for programs that fail in the same way: the outcome, and the detail
  /// without what belongs to the one program.
  std::string getKind() const;
};

llvm::StringRef getName(Outcome outcome);
bool parseOutcome(llvm::StringRef name, Outcome &outcome);

/// A diagnostic that a user of \p program cannot understand: it names operations,
/// types or passes that the user did not write.
bool isInternalMessage(llvm::StringRef message, llvm::StringRef program);

} // namespace remat::random

#endif // REMAT_TEST_RANDOM_VERDICT_H
