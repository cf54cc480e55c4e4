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

/// Compiles the model for each budget, takes the gradient of the present batch
/// with each version, and prints a line per budget. Times and bits are compared
/// with the first budget. A budget that is too small gets a line that says so.
/// Fails when the bits or the peaks are not what they must be, and stops between
/// lines once \p stop is set.
llvm::Error printBudgetTable(Model &model, llvm::ArrayRef<llvm::StringRef> budgets, const std::atomic<bool> &stop);

#endif // CHAR_LSTM_BUDGETTABLE_H
