//===- Random.h - The source of all choices -------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// SplitMix64 (Steele, Lea and Flood 2014): the same choices on every machine. The
// generators of the standard library are, its distributions are not.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_RANDOM_RANDOM_H
#define REMAT_TEST_RANDOM_RANDOM_H

#include <cstdint>
#include <vector>

namespace remat::random {

class Random {
public:
  explicit Random(uint64_t seed) : state(seed) {}

  uint64_t next() {
    uint64_t word = state += 0x9e3779b97f4a7c15u;
    word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9u;
    word = (word ^ (word >> 27)) * 0x94d049bb133111ebu;
    return word ^ (word >> 31);
  }

  /// From 0 to \p range - 1; 0 if the range is empty.
  int64_t below(int64_t range) { return range <= 1 ? 0 : static_cast<int64_t>((next() >> 1) % range); }
  /// From \p low to \p high, both included.
  int64_t between(int64_t low, int64_t high) { return low + below(high - low + 1); }
  bool chance(double probability) { return static_cast<double>(next() >> 11) * 0x1p-53 < probability; }

  template <typename T>
  const T &pick(const std::vector<T> &choices) {
    return choices[below(static_cast<int64_t>(choices.size()))];
  }
  /// The position of one of \p weights, each as likely as it is heavy.
  size_t pickWeighted(const std::vector<double> &weights) {
    double sum = 0;
    for (double weight : weights)
      sum += weight;
    double point = static_cast<double>(next() >> 11) * 0x1p-53 * sum;
    for (size_t i = 0; i < weights.size(); ++i)
      if ((point -= weights[i]) < 0)
        return i;
    return weights.size() - 1;
  }

private:
  uint64_t state;
};

} // namespace remat::random

#endif // REMAT_TEST_RANDOM_RANDOM_H
