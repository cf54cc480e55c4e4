//===- Pattern.cpp - What a program is unlikely to write ------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pattern.h"

#include "remat/ABI/Alignment.h"

using namespace remat;

static constexpr int64_t unitBytes = schedule::arenaAlignment;
static constexpr int64_t unitWords = unitBytes / 8;

/// What the pattern of the 64-byte unit \p unit begins with: the finaliser of SplitMix64
/// (Steele, Lea and Flood 2014).
static uint64_t getPattern(uint64_t unit) {
  uint64_t word = (unit + 1) * 0x9e3779b97f4a7c15u;
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9u;
  word = (word ^ (word >> 27)) * 0x94d049bb133111ebu;
  return word ^ (word >> 31);
}

/// The word at \p number of a unit whose pattern begins with \p first. One product for each
/// word would make a test of what a program leaves slower than the program.
static uint64_t getWord(uint64_t first, uint64_t number) { return first + number * 0x9e3779b97f4a7c15u; }

/// Whether the words of unit \p unit, at \p words, still hold the pattern.
static bool isUntouched(const uint64_t *words, int64_t unit) {
  uint64_t first = getPattern(static_cast<uint64_t>(unit));
  uint64_t difference = 0;
  for (int64_t number = 0; number < unitWords; ++number)
    difference |= words[number] ^ getWord(first, static_cast<uint64_t>(number));
  return difference == 0;
}

void remat::writePattern(void *target, int64_t offset, int64_t bytes) {
  auto *words = static_cast<uint64_t *>(target);
  for (int64_t unit = offset / unitBytes; unit < (offset + bytes) / unitBytes; ++unit) {
    uint64_t first = getPattern(static_cast<uint64_t>(unit));
    for (int64_t number = 0; number < unitWords; ++number)
      *words++ = getWord(first, static_cast<uint64_t>(number));
  }
}

int64_t remat::findEndOfTouched(const void *source, int64_t offset, int64_t bytes) {
  const auto *words = static_cast<const uint64_t *>(source);
  int64_t first = offset / unitBytes, unit = (offset + bytes) / unitBytes;
  while (unit > first && isUntouched(words + (unit - 1 - first) * unitWords, unit - 1))
    --unit;
  return unit * unitBytes;
}

int64_t remat::findStartOfTouched(const void *block, int64_t begin, int64_t bytes) {
  const auto *words = static_cast<const uint64_t *>(block);
  int64_t unit = begin / unitBytes, end = bytes / unitBytes;
  while (unit < end && isUntouched(words + unit * unitWords, unit))
    ++unit;
  return unit * unitBytes;
}
