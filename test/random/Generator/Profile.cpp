//===- Profile.cpp - How often what is written -----------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Profile.h"

using namespace remat::random;

static Profile makeUsual() {
  Profile profile;
  profile.name = "usual";
  return profile;
}

static Profile makeRunTime() {
  Profile profile;
  profile.name = "run-time";
  profile.factors = {{"guarded read", 4}, {"scf.if", 1.5}};
  // A program that ends shows one thing: few indices are wrong, and most of those stand where a branch reads.
  profile.mayEnd = 0.55;
  profile.unchecked = 0.02;
  profile.wrongExtent = 0.05;
  profile.freeCondition = 0.75;
  profile.otherRead = 0.9;
  profile.outside = 0.4;
  profile.yieldsRead = 0.75;
  profile.readIntoTensor = 0.75;
  profile.negative = 0.3;
  profile.constantIndex = 0.15;
  profile.mostArguments = 10;
  profile.conditionArgument = 1;
  profile.dynamicCount = 0.4;
  profile.countOfArray = 0.3;
  profile.countInMemory = 0.6;
  profile.computedCount = 0.7;
  profile.summedCount = 0.3;
  profile.returnedCount = 0.9;
  return profile;
}

const Profile &remat::random::getProfile(uint64_t seed) {
  static const Profile usual = makeUsual(), runTime = makeRunTime();
  return seed % 12 == 8 ? runTime : usual;
}

std::vector<std::string> remat::random::getProfileNames() { return {getProfile(0).name, getProfile(8).name}; }
