//===- StagedRefinement.cpp - a plan from tables in coarse units -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Unequal/StagedRefinement.h"

#include "Unequal/StagedDescent.h"

#include <algorithm>
#include <memory>

using namespace remat::schedule;

/// How much of the free memory tables are believed to need.
static constexpr double guesses[] = {1,     1.1,  1.05, 1.03, 1.02, 1.01, 0.995, 0.99,
                                     0.985, 0.98, 0.97, 0.96, 0.95, 0.93, 0.9};
/// A segment is looked at again when it has shrunk that much.
static constexpr double shrunk = 0.8;
/// Segments of fewer items have no tables of their own.
static constexpr int64_t leastItems = 16;
/// More units do not help so few items.
static constexpr int64_t mostUnits = 2048;
/// Up to here times are held in double precision.
static constexpr int64_t maxDoubleItems = 32;

namespace {
template <typename Value>
class Refiner {
public:
  Refiner(const ItemChain &chain, const StagedTables<Value> &tables, const StagedMinimum &minimum,
          const RefinementOptions &options);

  std::optional<RefinedPlan> plan(const Segment &top);

private:
  /// What one guess makes of segments.
  struct Guess {
    Guess(const ItemChain &chain, const StagedTables<Value> &tables, const StagedMinimum &minimum, double trust)
        : descent(chain, tables, minimum, trust), costs(chain, descent) {}

    StagedDescent<Value> descent;
    SegmentCosts costs;
  };
  struct Pending {
    Segment segment;
    Guess *guess;
    /// Items of the last segment around it that was looked at closely.
    int64_t around;
  };

  /// Follows one guess, or chooses by the plans of all.
  RefinedPlan walk(const Segment &top, Guess *only, int64_t windowItems);
  int64_t windowItems(size_t plans, double effort) const;
  Guess &bestGuess(const Segment &segment);
  Choice look(const Segment &segment);
  bool refine(const Pending &pending, ChosenPlan &choices);
  template <typename FineValue>
  std::optional<RefinedPlan> planWindow(const Segment &segment);

  const ItemChain &chain;
  const StagedMinimum &minimum;
  const RefinementOptions &options;
  std::vector<std::unique_ptr<Guess>> all;
  bool isExact;
  bool interrupted = false;
};
} // namespace

template <typename Value>
Refiner<Value>::Refiner(const ItemChain &chain, const StagedTables<Value> &tables, const StagedMinimum &minimum,
                        const RefinementOptions &options)
    : chain(chain), minimum(minimum), options(options), isExact(tables.isExact()) {
  for (double trust : guesses) {
    all.push_back(std::make_unique<Guess>(chain, tables, minimum, trust));
    if (isExact)
      break;
  }
}

/// The guess that makes the fastest plan; the first one if no time fits in 64 bits.
template <typename Value>
typename Refiner<Value>::Guess &Refiner<Value>::bestGuess(const Segment &segment) {
  Guess *best = all.front().get();
  int64_t least = INT64_MAX;
  for (auto &guess : all) {
    int64_t time = guess->costs.of(segment).time;
    if (time < 0 || time >= least)
      continue;
    best = guess.get();
    least = time;
  }
  return *best;
}

/// The choice of any guess whose parts are reversed fastest, each by its best guess.
template <typename Value>
Choice Refiner<Value>::look(const Segment &segment) {
  std::vector<Choice> known;
  Choice best = bestGuess(segment).descent.choose(segment);
  int64_t least = INT64_MAX;
  for (auto &guess : all) {
    Choice choice = guess->descent.choose(segment);
    if (std::find(known.begin(), known.end(), choice) != known.end())
      continue;
    known.push_back(choice);
    SegmentParts parts = partsOf(chain, segment, choice);
    Checked time = parts.time;
    for (int i = 0; i < parts.count; ++i) {
      int64_t part = bestGuess(parts.parts[i]).costs.of(parts.parts[i]).time;
      time = time + (part < 0 ? Checked(INT64_MAX) : Checked(part));
    }
    int64_t sum = time.get().value_or(INT64_MAX);
    if (sum >= least)
      continue;
    best = choice;
    least = sum;
  }
  return best;
}

template <typename Value>
template <typename FineValue>
std::optional<RefinedPlan> Refiner<Value>::planWindow(const Segment &segment) {
  int64_t units = options.units, exactUnits = segment.free / options.divisor;
  UnitScale scale = {segment.free, units};
  if (exactUnits <= units) {
    scale = {options.divisor, 1};
    units = exactUnits;
  }
  StagedTables<FineValue> tables(chain, segment.from, segment.to, scale, units);
  // Segments become short from the last to the first.
  auto progress = [&](double) {
    return !options.progress ||
           options.progress(1 - static_cast<double>(segment.to) / static_cast<double>(chain.size()));
  };
  if (!tables.solve(progress))
    return std::nullopt;
  RefinementOptions finer = options;
  finer.effort = std::numeric_limits<double>::infinity();
  finer.guessEffort = 0;
  finer.items = options.items / 2;
  finer.units = std::min(options.units * 2, mostUnits);
  return planFromTables(chain, tables, minimum, segment, finer);
}

/// Plans a short segment with tables of its own; false if that is no faster.
template <typename Value>
bool Refiner<Value>::refine(const Pending &pending, ChosenPlan &choices) {
  const Segment &segment = pending.segment;
  auto fine = segment.length() <= maxDoubleItems ? planWindow<double>(segment) : planWindow<float>(segment);
  if (!fine) {
    interrupted = true;
    return false;
  }
  int64_t coarse = pending.guess->costs.of(segment).time;
  if (fine->time < 0 || (coarse >= 0 && coarse <= fine->time))
    return false;
  choices.add(fine->choices);
  return true;
}

template <typename Value>
RefinedPlan Refiner<Value>::walk(const Segment &top, Guess *only, int64_t windowItems) {
  RefinedPlan result;
  std::vector<Pending> stack = {{top, only ? only : &bestGuess(top), INT64_MAX}};
  while (!stack.empty() && !interrupted) {
    Pending pending = stack.back();
    stack.pop_back();
    const Segment &segment = pending.segment;
    // A segment that was planned in finer units for nothing is left alone.
    bool isSettled = isExact || pending.around == 0;
    if (!isSettled && segment.length() <= windowItems) {
      if (refine(pending, result.choices))
        continue;
      isSettled = true;
    }
    bool looks =
        !only && !isSettled && static_cast<double>(segment.length()) <= shrunk * static_cast<double>(pending.around);
    Choice choice = looks ? look(segment) : pending.guess->descent.choose(segment);
    result.choices.set(segment, choice);
    SegmentParts parts = partsOf(chain, segment, choice);
    int64_t around = isSettled ? 0 : looks ? segment.length() : pending.around;
    for (int i = parts.count - 1; i >= 0; --i)
      stack.push_back({parts.parts[i], looks ? &bestGuess(parts.parts[i]) : pending.guess, around});
  }
  if (!interrupted)
    result.time = SegmentCosts(chain, result.choices).of(top).time;
  return result;
}

/// Items of segments with tables of their own if so many plans may take that effort.
template <typename Value>
int64_t Refiner<Value>::windowItems(size_t plans, double effort) const {
  // Those of half as many items take half as long, and so on.
  double each = 2 * static_cast<double>(plans) * static_cast<double>(chain.size()) * static_cast<double>(options.units);
  int64_t items = options.items;
  while (items >= leastItems && each * static_cast<double>(items) * static_cast<double>(items) > effort)
    items /= 2;
  return items >= leastItems && !isExact ? items : 0;
}

template <typename Value>
std::optional<RefinedPlan> Refiner<Value>::plan(const Segment &top) {
  RefinedPlan best = walk(top, nullptr, windowItems(1, options.effort));
  int64_t items = windowItems(all.size(), options.guessEffort);
  for (size_t i = 0; i < all.size() && items > 0 && !interrupted; ++i) {
    RefinedPlan other = walk(top, all[i].get(), items);
    if (other.time >= 0 && (best.time < 0 || other.time < best.time))
      best = std::move(other);
  }
  if (interrupted)
    return std::nullopt;
  return best;
}

template <typename Value>
std::optional<RefinedPlan> remat::schedule::planFromTables(const ItemChain &chain, const StagedTables<Value> &tables,
                                                           const StagedMinimum &minimum, const Segment &top,
                                                           const RefinementOptions &options) {
  return Refiner<Value>(chain, tables, minimum, options).plan(top);
}

template std::optional<RefinedPlan> remat::schedule::planFromTables(const ItemChain &, const StagedTables<float> &,
                                                                    const StagedMinimum &, const Segment &,
                                                                    const RefinementOptions &);
template std::optional<RefinedPlan> remat::schedule::planFromTables(const ItemChain &, const StagedTables<double> &,
                                                                    const StagedMinimum &, const Segment &,
                                                                    const RefinementOptions &);
