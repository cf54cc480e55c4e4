//===- ProgramError.h - What can go wrong with a program ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The errors that compiling and calling return. The kind tells an embedding
// program what to do next; the message tells a person.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_EXECUTION_PROGRAMERROR_H
#define REMAT_EXECUTION_PROGRAMERROR_H

#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace remat {

/// A part of the smallest feasible budget.
struct BudgetComponent {
  int64_t bytes = 0;
  /// For people: "core tape of @loop".
  std::string description;
};

class ProgramError : public llvm::ErrorInfo<ProgramError> {
public:
  enum class Kind {
    /// The program, an option or an array is wrong; nothing ran.
    InvalidInput,
    /// The budget is below the smallest feasible one, see getMinimumBudget().
    Infeasible,
    /// The compiled program stopped: an assertion of the program, an index
    /// outside a table, no memory. Results are unspecified.
    Fault,
    /// A bug in remat: neither the program nor the budget is to blame. See
    /// InternalError.
    Internal,
    /// This machine has no such target, or cannot execute code for it: no driver, no
    /// device, a processor without the instructions.
    Unavailable,
  };
  static char ID;

  ProgramError(Kind kind, std::string message) : kind(kind), text(std::move(message)) {}
  /// The budget is infeasible.
  ProgramError(std::string message, int64_t budget, int64_t minimumBudget, std::vector<BudgetComponent> components)
      : kind(Kind::Infeasible), text(std::move(message)), budget(budget), minimumBudget(minimumBudget),
        components(std::move(components)) {}

  Kind getKind() const { return kind; }
  /// What was given and what would do, in bytes; negative unless the kind is
  /// Infeasible.
  int64_t getBudget() const { return budget; }
  int64_t getMinimumBudget() const { return minimumBudget; }
  /// What the smallest feasible budget consists of, largest first.
  const std::vector<BudgetComponent> &getComponents() const { return components; }

  void log(llvm::raw_ostream &stream) const override;
  std::error_code convertToErrorCode() const override;

private:
  Kind kind;
  std::string text;
  int64_t budget = -1;
  int64_t minimumBudget = -1;
  std::vector<BudgetComponent> components;
};

/// A fault of remat itself. The message says no more than that; what failed, and what
/// is needed to see it again, is in the reproducer.
class InternalError : public llvm::ErrorInfo<InternalError, ProgramError> {
public:
  static char ID;

  explicit InternalError(std::string reproducer);

  /// A file for `remat-opt --run-reproducer`: what failed, the module, the pipeline.
  const std::string &getReproducer() const { return reproducer; }

private:
  std::string reproducer;
};

/// Shorthands for returning an error.
llvm::Error makeInputError(const llvm::Twine &message);
llvm::Error makeFault(const llvm::Twine &message);
llvm::Error makeInternalError(const llvm::Twine &reproducer);

} // namespace remat

#endif // REMAT_EXECUTION_PROGRAMERROR_H
