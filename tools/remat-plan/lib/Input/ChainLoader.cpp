//===- ChainLoader.cpp - The chain that a command is about ----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChainLoader.h"

#include "Diagnostics.h"
#include "Numbers.h"
#include "ScaledReading.h"
#include "SizeUnit.h"
#include "remat/Support/Budget.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <limits>

using namespace remat;
using namespace remat::plantool;
using namespace remat::schedule;

llvm::Error plantool::makeVerdictError(const Verdict &verdict, const LoadedChain &loaded) {
  if (verdict.status == Status::Internal)
    return makeInternalError(verdict.message);
  return loaded.file.empty() ? makeInputError(verdict.message)
                             : makeInputError(loaded.file, loaded.lines.stages, verdict.message);
}

llvm::Error plantool::requireBudget(const LoadedChain &loaded) {
  constexpr char reason[] = "expects a budget, in the problem or as --budget";
  if (loaded.hasBudget)
    return llvm::Error::success();
  return loaded.file.empty() ? makeInputError(reason) : makeInputError(loaded.file, loaded.lines.problem, reason);
}

llvm::Expected<Policy> plantool::readPolicy(const std::string &name) {
  if (name.empty())
    return Policy::Optimal;
  if (std::optional<Policy> policy = parsePolicy(name))
    return *policy;
  std::string names;
  for (const auto &[number, known] : llvm::enumerate(policyNames))
    names += (number == 0 ? "" : number + 1 == std::size(policyNames) ? " or " : ", ") + std::string(known.name);
  return makeUsageError("--policy expects " + names + ", but got '" + name + "'");
}

static llvm::Expected<Chain> makeChain(const ChainFlags &flags) {
  Chain chain;
  chain.stages.emplace_back();
  ChainStage &stage = chain.stages.back();
  stage.count = flags.steps;
  stage.state = flags.state;
  stage.restartable = flags.restartable;
  stage.workspace = flags.workspace;
  stage.modes.front().tape = flags.tape;
  chain.initialState = flags.initialState.value_or(flags.state);
  chain.start = flags.start == "pinned"     ? Start::Pinned
                : flags.start == "external" ? Start::External
                                            : Start::Releasable;
  std::vector<std::pair<int64_t *, const Decimal *>> times = {{&stage.advance, &flags.advance},
                                                              {&stage.modes.front().record, &flags.record},
                                                              {&stage.modes.front().reverse, &flags.reverse}};
  if (flags.slow) {
    SlowTier &slow = chain.slow.emplace();
    slow.capacity = flags.slow->capacity;
    slow.blocking = flags.slow->blocking;
    times.push_back({&slow.write, &flags.slow->write});
    times.push_back({&slow.read, &flags.slow->read});
    times.push_back({&slow.latency, &flags.slow->latency});
  }
  TimeUnit unit;
  auto readWith = [&](int fraction) {
    unit = {fraction};
    for (auto [time, decimal] : times)
      *time = unit.read(*decimal);
    return !unit.hasOverflowed;
  };
  if (!readWith(0))
    return makeInputError("expects times of 64 bits");
  int fraction = chooseFraction(
      unit.needed, [&](int digits) { return readWith(digits) && chain.validate().status != Status::Overflow; });
  (void)readWith(fraction);
  chain.timeScale = powerOfTen(fraction);
  std::string rounding = describeRounding(unit);
  if (!rounding.empty() && chain.validate().ok())
    llvm::errs() << "remat-plan: warning: " << rounding << '\n';
  return chain;
}

/// The budget of an option; `chain` is valid.
static llvm::Expected<int64_t> resolveBudget(const Budget &budget, const LoadedChain &loaded, Policy policy) {
  int64_t minimum = 0;
  if (budget.getKind() == Budget::Kind::Minimum) {
    Chain nothing = loaded.chain;
    nothing.budget = 0;
    PlanResult result = planChain(nothing, policy);
    if (!result.ok() && result.verdict.status != Status::Infeasible)
      return makeVerdictError(result.verdict, loaded);
    minimum = result.plan.minimumBudget;
  }
  return budget.resolve(loaded.storeAll, minimum).value_or(loaded.storeAll);
}

llvm::Expected<LoadedChain> plantool::loadChain(const PlanOptions &options, Policy policy) {
  if (options.flags)
    return loadChain(options, policy, nullptr);
  auto file = openInput(options.problemPath);
  if (!file)
    return file.takeError();
  return loadChain(options, policy, &*file);
}

llvm::Expected<LoadedChain> plantool::loadChain(const PlanOptions &options, Policy policy, const InputFile *file) {
  LoadedChain loaded;
  loaded.isInBytes = options.isInBytes;
  if (!file) {
    auto chain = makeChain(*options.flags);
    if (!chain)
      return chain.takeError();
    loaded.chain = std::move(*chain);
    if (Verdict verdict = loaded.chain.validate(); !verdict.ok())
      return makeVerdictError(verdict, loaded);
  } else {
    auto input = readChain(file->getText(), file->name);
    if (!input)
      return input.takeError();
    if (llvm::Error error = checkChain(*input, file->name))
      return std::move(error);
    loaded.chain = std::move(input->chain);
    loaded.hasBudget = input->hasBudget;
    loaded.file = file->name;
    loaded.lines = std::move(input->lines);
  }

  loaded.storeAll = storeAllPeak(loaded.chain);
  if (options.budget) {
    auto budget = resolveBudget(*options.budget, loaded, policy);
    if (!budget)
      return budget.takeError();
    loaded.chain.budget = *budget;
    loaded.hasBudget = true;
  }
  if (!loaded.hasBudget)
    loaded.chain.budget = loaded.storeAll;
  return loaded;
}

static std::string describe(const Chain &chain, const std::string &steps, std::string (*formatSize)(int64_t)) {
  std::string text = steps + (chain.steps() == 1 ? " step" : " steps");
  std::optional<EqualChain> equal = chain.equalSteps();
  if (equal && chain.steps() > 0) {
    text += ", state " + formatSize(equal->state) + ", tape " + formatSize(equal->tape);
    if (equal->workspace > 0)
      text += ", workspace " + formatSize(equal->workspace);
    if (!equal->restartable)
      text += ", no restart from tapes";
  } else if (!equal) {
    text += " in " + formatMany(static_cast<int64_t>(chain.stages.size()), "stage");
  }
  text += chain.start == Start::Pinned     ? ", start pinned"
          : chain.start == Start::External ? ", start external"
                                           : ", start releasable";
  if (chain.slow)
    text += chain.slow->blocking ? ", blocking slow tier" : ", slow tier";
  return text;
}

std::string plantool::describeChain(const Chain &chain) {
  return describe(chain, std::to_string(chain.steps()), [](int64_t size) { return std::to_string(size); });
}

std::string plantool::describePicture(const LoadedChain &loaded) {
  std::string steps = formatCount(loaded.chain.steps());
  return loaded.isInBytes ? describe(loaded.chain, steps, [](int64_t size) { return formatSize(size, true); })
                          : describe(loaded.chain, steps, formatCount);
}
