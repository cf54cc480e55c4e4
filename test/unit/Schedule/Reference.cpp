//===- Reference.cpp - the recurrences as they are written ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reference.h"

#include <algorithm>

using namespace remat::schedule;

CostTable remat::schedule::hsmCosts(int64_t steps, int64_t slots) {
  CostTable cost(steps, slots);
  for (int64_t m = 1; m <= slots; ++m) {
    for (int64_t t = 0; t <= steps; ++t) {
      int64_t &best = cost.at(t, m);
      if (t <= 1 || m == 1)
        best = t * (t + 1) / 2;
      for (int64_t y = 1; m > 1 && y < t; ++y)
        best = std::min(best, y + cost.at(t - y, m - 1) + cost.at(y, m));
    }
  }
  return cost;
}

CostTable remat::schedule::ismCosts(int64_t steps, int64_t tapes) {
  CostTable cost(steps, tapes);
  for (int64_t m = 1; m <= tapes; ++m) {
    for (int64_t t = 0; t <= steps; ++t) {
      int64_t &best = cost.at(t, m);
      if (t <= 1 || m == 1)
        best = t * (t + 1) / 2;
      for (int64_t y = 1; m > 1 && y <= t; ++y)
        best = std::min(best, y + cost.at(t - y, m - 1) + cost.at(y - 1, m));
    }
  }
  return cost;
}

CostTable remat::schedule::msmCosts(int64_t steps, int64_t free, int64_t state, int64_t tape) {
  CostTable cost(steps, free);
  for (int64_t k = 0; k <= free; ++k) {
    for (int64_t t = 0; t <= steps; ++t) {
      int64_t &best = cost.at(t, k);
      best = t <= 1 ? t : t + cost.at(t - 1, k);
      for (int64_t y = 1; k >= state && y < t; ++y)
        best = std::min(best, y + cost.at(y, k) + cost.at(t - y, k - state));
      for (int64_t y = 1; t > 1 && k >= tape && y <= t; ++y)
        best = std::min(best, y + cost.at(y - 1, k) + cost.at(t - y, k - tape));
    }
  }
  return cost;
}

ReuseCosts remat::schedule::reuseCosts(int64_t steps, int64_t free, int64_t state, int64_t tape) {
  ReuseCosts cost = {CostTable(steps, free), CostTable(steps, free)};
  // Taking over a slot may lead to a larger k, but always to fewer steps.
  for (int64_t t = 0; t <= steps; ++t) {
    for (int64_t k = 0; k <= free; ++k) {
      for (CostTable *table : {&cost.held, &cost.owned}) {
        int64_t &best = table->at(t, k);
        best = t <= 1 ? t : t + table->at(t - 1, k);
        for (int64_t y = 1; k >= state && y < t; ++y)
          best = std::min(best, y + cost.owned.at(t - y, k - state) + table->at(y, k));
        for (int64_t y = 1; t > 1 && k >= tape && y <= t; ++y)
          best = std::min(best, y + cost.held.at(t - y, k - tape) + table->at(y - 1, k));
      }
      int64_t after = k + state - tape;
      if (t > 1 && after >= 0 && after <= free) {
        int64_t &best = cost.owned.at(t, k);
        best = std::min(best, 1 + cost.held.at(t - 1, after));
      }
    }
  }
  return cost;
}

CoreCosts remat::schedule::coreCosts(int64_t steps, int64_t free, int64_t state, int64_t tape) {
  CoreCosts cost = {CostTable(steps, free), CostTable(steps, free)};
  for (int64_t t = 0; t <= steps; ++t) {
    for (int64_t k = 0; k <= free; ++k) {
      int64_t &best = cost.inCore.at(t, k);
      if (t <= 1)
        best = t;
      else if (k >= tape)
        best = std::min(best, 1 + cost.inCore.at(t - 1, k - tape));
      for (int64_t y = 1; k >= state && y < t; ++y)
        best = std::min(best, y + cost.inCore.at(t - y, k - state) + cost.inCore.at(y, k));
      int64_t &pinned = cost.pinned.at(t, k);
      pinned = best;
      for (int64_t y = 1; y < t; ++y)
        pinned = std::min(pinned, y + cost.inCore.at(t - y, k) + cost.pinned.at(y, k));
    }
  }
  return cost;
}
