//===- Generator.h - Random programs --------------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A seed becomes a well-typed program and the inputs to run it with. Programs are
// numerically tame: intervals are tracked, so that nothing is divided by nearly
// zero, exponentials are bounded and carries stay where they began. Bits that two
// right evaluations may differ in are never compared or rounded to integers.
// `edges` allows ties, zeros and the ends of the integers.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_RANDOM_GENERATOR_H
#define REMAT_TEST_RANDOM_GENERATOR_H

#include "Type.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace remat::random {

struct GeneratorOptions {
  uint64_t seed = 0;
  /// Element types that may occur; all if empty.
  std::vector<Element> types;
  /// A production that every program has; any if empty.
  std::string only;
  /// About how many operations a program has.
  unsigned size = 14;
};

struct GeneratedProgram {
  std::string text;
  /// As remat-run's --input takes them: "a=normal:0.5".
  std::vector<std::string> inputs;
  /// As its --shape, for arguments with dynamic extents.
  std::vector<std::string> shapes;
  /// It may end with an error: indices outside of their tables, extents that disagree.
  bool mayEnd = false;
  /// How often each production was used.
  std::map<std::string, unsigned> productions;
};

GeneratedProgram generate(const GeneratorOptions &options);

/// The names of all productions.
std::vector<std::string> getProductionNames();

} // namespace remat::random

#endif // REMAT_TEST_RANDOM_GENERATOR_H
