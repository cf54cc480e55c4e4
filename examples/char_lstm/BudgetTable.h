//===- BudgetTable.h - One gradient under several budgets -------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAR_LSTM_BUDGETTABLE_H
#define CHAR_LSTM_BUDGETTABLE_H

#include "Model.h"

#include <atomic>

/// The bits or the peaks are not what they must be.
class BrokenPromise : public llvm::ErrorInfo<BrokenPromise> {
public:
  static char ID;
  explicit BrokenPromise(std::string text) : text(std::move(text)) {}

  void log(llvm::raw_ostream &stream) const override { stream << text; }
  std::error_code convertToErrorCode() const override { return llvm::inconvertibleErrorCode(); }

private:
  std::string text;
};

/// Compiles the model for each budget, takes the gradient of the present batch
/// with each version, and prints a line per budget. Times and bits are compared
/// with the first budget. A budget that is too small gets a line that says so.
/// Fails when the bits or the peaks are not what they must be (BrokenPromise), and
/// stops between lines once \p stop is set.
llvm::Error printBudgetTable(Model &model, llvm::ArrayRef<llvm::StringRef> budgets, const std::atomic<bool> &stop);

#endif // CHAR_LSTM_BUDGETTABLE_H
