//===- Profile.h - How often what is written ------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Weights of the grammar that seeds differ in. Most seeds have the usual ones; every
// twelfth writes more of what only a run knows: conditions, indices, also wrong ones,
// and trip counts. What was found with the usual profile says nothing of new weights,
// so a change of weights is a new profile, and the other seeds keep their programs.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_RANDOM_PROFILE_H
#define REMAT_TEST_RANDOM_PROFILE_H

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace remat::random {

/// Shares of programs or places, and factors. A share of 0 draws no number.
struct Profile {
  std::string name;
  /// By which the weight of a production is multiplied; 1 if it is not there.
  std::map<std::string, double> factors;

  /// Programs that may end; what of their indices and sizes nobody has looked at; and the dynamic
  /// extents of their arguments that disagree.
  double mayEnd = 0.12, unchecked = 0.25, wrongExtent = 0.4;
  /// Guarded reads whose condition says nothing of the index, if the program may end; and of those
  /// the ones whose other branch reads at the same index.
  double freeCondition = 0.6, otherRead = 0.6;
  /// Guarded reads whose index lies outside of the table or far away from it; those that yield what they
  /// read; and the numbers among their results that become a tensor, which losses are made of.
  double outside = 0, yieldsRead = 0, readIntoTensor = 0;
  /// Wrong indices that are negative; those that are constants, as are all in a function that has more
  /// than so many arguments.
  double negative = 0, constantIndex = 0.3;
  unsigned mostArguments = 6;
  /// Conditions that are an argument where nothing is there that they could be computed of.
  double conditionArgument = 0.7;

  /// Trip counts and extents that are values of the run, and of those the ones that an array has.
  double dynamicCount = 0.25, countOfArray = 0.5;
  /// Counts that lie in memory; of those the ones that are computed; of those the sums.
  double countInMemory = 0.4, computedCount = 0.5, summedCount = 0.15;
  /// Computed counts that are results as well.
  double returnedCount = 0.7;
};

/// The profile that a seed has.
const Profile &getProfile(uint64_t seed);

/// The names of all profiles.
std::vector<std::string> getProfileNames();

} // namespace remat::random

#endif // REMAT_TEST_RANDOM_PROFILE_H
