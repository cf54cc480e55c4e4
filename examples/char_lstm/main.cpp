//===- main.cpp - Training a character-level LSTM ---------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiles char_lstm.mlir once for a byte budget, then calls it once per batch and
// updates the parameters with Adam. At the end the gradient of one batch is taken
// under several budgets, side by side.
//
//===----------------------------------------------------------------------===//

#include "Adam.h"
#include "BudgetTable.h"
#include "Model.h"
#include "Text.h"
#include "remat/Execution/ProgramError.h"
#include "remat/Support/Budget.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <cmath>
#include <csignal>

using namespace remat;

static llvm::cl::OptionCategory category("Options");
static llvm::cl::opt<std::string> textPath("text", llvm::cl::desc("File to train on"),
                                           llvm::cl::init("/usr/share/common-licenses/GPL-3"),
                                           llvm::cl::value_desc("file"), llvm::cl::cat(category));
static llvm::cl::opt<std::string> budget("budget",
                                         llvm::cl::desc("Memory for the gradient: bytes, a share such as 5%, "
                                                        "min, or unlimited"),
                                         llvm::cl::init("5%"), llvm::cl::cat(category));
static llvm::cl::opt<unsigned> iterations("iterations", llvm::cl::desc("How many batches to train on"),
                                          llvm::cl::init(100), llvm::cl::cat(category));
static llvm::cl::opt<unsigned> seed("seed", llvm::cl::desc("Seed of parameters and batches"), llvm::cl::init(1),
                                    llvm::cl::cat(category));
static llvm::cl::opt<float> learningRate("learning-rate", llvm::cl::desc("Step size of Adam"), llvm::cl::init(5e-3f),
                                         llvm::cl::cat(category));

/// Set by Ctrl-C; the present call is finished first.
static std::atomic<bool> stop = false;

static double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

static llvm::Error train(Model &model, const Text &text, const Budget &limit) {
  auto program = model.compile(limit);
  if (!program)
    return program.takeError();
  std::vector<ArrayView> arguments = model.getArguments();
  auto plan = (*program)->getPlan(arguments);
  if (!plan)
    return plan.takeError();
  auto results = model.allocateResults(**program);
  if (!results)
    return results.takeError();
  std::vector<ArrayView> views = getViews(*results);
  std::vector<llvm::ArrayRef<float>> gradients;
  for (Array &gradient : llvm::drop_begin(*results))
    gradients.push_back(gradient.getElements<float>());

  llvm::outs() << llvm::formatv("{0:N} characters of {1}; {2} texts of {3:N} characters a batch\n", text.size(),
                                textPath, Model::texts, Model::steps)
               << llvm::formatv(
                      "compiled in {0:F2} s for a budget of {1}; keeping everything would take {2:N} bytes\n\n",
                      (*program)->getCompileSeconds(), budget, plan->storeAllBytes);
  Adam adam(learningRate);
  std::mt19937 random(seed);
  for (unsigned iteration = 1; iteration <= iterations && !stop && !llvm::outs().has_error(); ++iteration) {
    text.sample(random, Model::steps, Model::texts, model.getCharacters(), model.getTargets());
    double start = now();
    Measurement measured;
    if (llvm::Error error = (*program)->measure(arguments, views, {}, measured))
      return error;
    double seconds = now() - start;
    double bits = results->front().getElements<float>()[0] / std::log(2.0);
    llvm::outs() << llvm::formatv("iteration {0,4}   {1:F3} bits per character   {2:F2} s   peak {3:N} bytes "
                                  "planned, {4:N} measured\n",
                                  iteration, bits, seconds, plan->peakBytes, measured.getPeakBytes());
    llvm::outs().flush();
    adam.update(model.getParameters(), gradients);
  }
  return llvm::Error::success();
}

/// Reads the options that are text. A wrong one, as one line for people; empty if there is none.
static std::string readOptions(Budget &limit) {
  std::string reason;
  std::optional<Budget> read = parseBudget(budget.getValue(), reason);
  if (!read)
    return "--budget " + reason;
  limit = *read;
  if (!std::isfinite(learningRate) || learningRate <= 0)
    return "--learning-rate expects a positive number, but got " + std::to_string(learningRate);
  return "";
}

/// Prints what went wrong; returns the exit status that the tools of remat have for it.
static int fail(llvm::Error error) {
  int status = 1;
  llvm::handleAllErrors(
      std::move(error),
      [&](const ProgramError &problem) {
        status = problem.getKind() == ProgramError::Kind::Infeasible ? 3
                 : problem.getKind() == ProgramError::Kind::Fault    ? 6
                                                                     : 1;
        llvm::errs() << "char_lstm: " << problem.message() << '\n';
        for (const BudgetComponent &component : problem.getComponents())
          llvm::errs() << "char_lstm: note: " << component.bytes << " bytes: " << component.description << '\n';
      },
      [&](const BrokenPromise &problem) {
        status = 4;
        llvm::errs() << "char_lstm: " << problem.message() << '\n';
      },
      [](const llvm::ErrorInfoBase &other) { llvm::errs() << "char_lstm: " << other.message() << '\n'; });
  return status;
}

static llvm::Error run(const Budget &limit) {
  auto text = Text::read(textPath, Model::steps);
  if (!text)
    return text.takeError();
  auto model = Model::create(seed);
  if (!model)
    return model.takeError();
  if (llvm::Error error = train(**model, *text, limit))
    return error;
  return stop || llvm::outs().has_error() ? llvm::Error::success()
                                          : printBudgetTable(**model, {"unlimited", "20%", "5%", "1%"}, stop);
}

int main(int argc, char **argv) {
  llvm::cl::HideUnrelatedOptions(category);
  if (!llvm::cl::ParseCommandLineOptions(
          argc, argv, "Trains a character-level LSTM over 1,000 time steps inside a byte budget.\n", &llvm::errs()))
    return 2;
  Budget limit;
  if (std::string wrong = readOptions(limit); !wrong.empty()) {
    llvm::errs() << "char_lstm: " << wrong << '\n';
    return 2;
  }
  // A second Ctrl-C ends the program at once.
  struct sigaction action = {};
  action.sa_handler = [](int) { stop = true; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);

  int status = 0;
  if (llvm::Error error = run(limit))
    status = fail(std::move(error));
  else if (stop)
    status = 130;
  if (status == 130)
    llvm::outs() << "stopped\n";
  llvm::outs().flush();
  if (!llvm::outs().has_error())
    return status;
  llvm::errs() << "char_lstm: standard output: " << llvm::outs().error().message() << '\n';
  llvm::outs().clear_error();
  return 6;
}
