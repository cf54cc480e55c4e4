//===- SizeUnit.cpp - In what sizes are shown -----------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SizeUnit.h"

#include "Numbers.h"

#include <cmath>

using namespace remat;
using namespace remat::plantool;

SizeUnit::SizeUnit(bool isInBytes, double largest) {
  if (!isInBytes)
    return;
  name = "B";
  for (const char *larger : {"KiB", "MiB", "GiB", "TiB"}) {
    if (largest < 1024 * size)
      return;
    size *= 1024;
    name = larger;
  }
}

std::string plantool::formatSize(int64_t value, bool isInBytes) {
  SizeUnit unit(isInBytes, static_cast<double>(value));
  if (unit.getName().empty())
    return formatCount(value);
  return formatTick(static_cast<double>(value) / unit.getSize()) + " " + unit.getName();
}

std::string plantool::formatTick(double value) {
  for (auto [unit, name] : {std::pair(1e12, " T"), std::pair(1e9, " G"), std::pair(1e6, " M")})
    if (value >= unit)
      return formatTick(value / unit) + name;
  if (value == std::floor(value))
    return formatCount(static_cast<int64_t>(value));
  // Two digits that are not zeros, at least.
  int digits = 2;
  for (double least = 0.1; value > 0 && value < least && digits < 12; least /= 10)
    ++digits;
  std::string text = formatFixed(value, digits);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.')
    text.pop_back();
  return text;
}
