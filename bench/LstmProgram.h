//===- LstmProgram.h - The LSTM that is benchmarked -------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// examples/lstm.mlir and lstm_single_product.mlir through the C++ interface: batch
// 16, input = hidden = 256, f32, loss = mean of h squared over all steps, gradients
// with respect to the weights. The number of steps is replaced in the text of the
// program.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_BENCH_LSTMPROGRAM_H
#define REMAT_BENCH_LSTMPROGRAM_H

#include "remat/Execution/CompiledProgram.h"

#include <memory>
#include <string>
#include <tuple>
#include <vector>

namespace remat::bench {

/// Floating-point operations of a step with everything kept, recomputation not
/// counted: products of the forward pass 16, of dh 8, of dW 16, each B H^2.
inline constexpr double lstmFlopsPerStep = 40.0 * 16 * 256 * 256;

/// The two spellings of the gates: a product each, or slices of one product.
enum class Spelling { ProductPerGate, SingleProduct };

/// An LSTM to compile, under budgets as remat-run takes them.
struct LstmConfiguration {
  int64_t steps = 1000;
  std::string budget = "unlimited";
  std::string parameterBudget = "unlimited";
  Spelling spelling = Spelling::ProductPerGate;

  bool operator<(const LstmConfiguration &other) const {
    return std::tie(steps, budget, parameterBudget, spelling) <
           std::tie(other.steps, other.budget, other.parameterBudget, other.spelling);
  }
};

/// Prints the error and ends the process when the program does not compile: there is
/// nothing to measure then.
std::unique_ptr<CompiledProgram> compileLstm(const LstmConfiguration &configuration);

/// Arguments and results of one program, and a call on them.
class LstmCall {
public:
  /// Normal values, the same for every program; weights scaled by 1/16.
  explicit LstmCall(CompiledProgram &program);

  /// Runs the program; CPU seconds of the calling thread.
  double run();

  /// What the last run executed.
  const CallCounters &getCounters() const { return counters; }
  /// The plan for these arguments.
  PlanFigures getPlan();

private:
  CompiledProgram &program;
  std::vector<Array> arguments, results;
  std::vector<ArrayView> argumentViews, resultViews;
  CallCounters counters;
};

} // namespace remat::bench

#endif // REMAT_BENCH_LSTMPROGRAM_H
