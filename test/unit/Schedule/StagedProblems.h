//===- StagedProblems.h - unequal chains for tests --------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_UNIT_SCHEDULE_STAGEDPROBLEMS_H
#define REMAT_TEST_UNIT_SCHEDULE_STAGEDPROBLEMS_H

#include "remat/Schedule/ChainPlanner.h"

#include <ostream>
#include <random>

namespace remat::schedule {

/// What random chains are like.
struct RandomStages {
  int64_t maxStages = 5;
  int64_t maxCount = 1;
  int64_t maxModes = 2;
  int64_t maxSize = 7;
  int64_t maxTime = 5;
  int64_t maxWorkspace = 2;
};

class RandomChains {
public:
  explicit RandomChains(uint32_t seed) : engine(seed) {}

  int64_t number(int64_t least, int64_t most) { return std::uniform_int_distribution<int64_t>(least, most)(engine); }

  Chain chain(const RandomStages &like) {
    Chain problem;
    problem.start = static_cast<Start>(number(0, 2));
    problem.initialState = number(0, like.maxSize);
    int64_t kind = number(0, 2), total = problem.initialState;
    int64_t stages = number(1, like.maxStages);
    for (int64_t i = 0; i < stages; ++i) {
      ChainStage stage;
      stage.count = number(1, like.maxCount);
      stage.advance = number(0, like.maxTime);
      stage.state = number(0, like.maxSize);
      stage.restartable = kind == 2 ? number(0, 1) == 0 : kind == 0;
      stage.workspace = number(0, like.maxWorkspace);
      stage.modes.clear();
      int64_t modes = number(1, like.maxModes);
      for (int64_t k = 0; k < modes; ++k)
        stage.modes.push_back({number(0, like.maxTime), number(0, like.maxTime), number(0, like.maxSize + 2)});
      total += stage.count * (stage.state + stage.modes[0].tape) + stage.workspace;
      problem.stages.push_back(stage);
    }
    problem.budget = number(0, total / number(1, 3) + 2);
    return problem;
  }

private:
  std::mt19937 engine;
};

/// For messages.
inline std::ostream &operator<<(std::ostream &os, const Chain &p) {
  os << "budget=" << p.budget << " initial=" << p.initialState << " start=" << static_cast<int64_t>(p.start);
  for (const ChainStage &stage : p.stages) {
    os << "\n  " << stage.count << "x advance=" << stage.advance << " state=" << stage.state
       << " restartable=" << stage.restartable << " workspace=" << stage.workspace;
    for (const StageMode &mode : stage.modes)
      os << " (" << mode.record << "," << mode.reverse << "," << mode.tape << ")";
  }
  return os << "\n";
}

} // namespace remat::schedule

#endif // REMAT_TEST_UNIT_SCHEDULE_STAGEDPROBLEMS_H
