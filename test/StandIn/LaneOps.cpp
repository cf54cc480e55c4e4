//===- LaneOps.cpp - Which table of operations this processor runs --------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LaneOps.h"

#include <cstdlib>
#include <unordered_map>

using namespace remat::standin;

static LaneTable chooseTable() {
#ifdef REMAT_STANDIN_LEVELS
  // Tests ask for each level, to see that they agree.
  const char *wanted = std::getenv("REMAT_STANDIN_LEVEL");
  unsigned most = wanted ? std::strtoul(wanted, nullptr, 10) : 4;
  bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
            __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("f16c") && __builtin_cpu_supports("lzcnt") &&
            __builtin_cpu_supports("movbe");
  bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
            __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
            __builtin_cpu_supports("avx512vl");
  if (v4 && most >= 4)
    return v4Lanes();
  if (v3 && most >= 3)
    return v3Lanes();
#endif
  return baselineLanes();
}

const LaneTable &remat::standin::laneTable() {
  static const LaneTable table = chooseTable();
  return table;
}

const LaneOp *remat::standin::findLaneOp(std::string_view name) {
  static const auto names = [] {
    std::unordered_map<std::string_view, const LaneOp *> result;
    for (const LaneOp *op = laneTable().begin; op != laneTable().end; ++op)
      result.emplace(op->name, op);
    return result;
  }();
  auto found = names.find(name);
  return found == names.end() ? nullptr : found->second;
}
