//===- Chip.cpp - The GPUs that code is made for ------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Chip.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace remat;

static constexpr Chip chips[] = {
    {"sm_80", 81},   {"sm_86", 81},  {"sm_87", 81},   {"sm_89", 81},  {"sm_90", 81},   {"sm_90a", 81}, {"sm_100", 86},
    {"sm_100a", 86}, {"sm_103", 88}, {"sm_103a", 88}, {"sm_120", 87}, {"sm_120a", 87}, {"sm_121", 88},
};

std::optional<Chip> remat::findChip(llvm::StringRef name) {
  for (const Chip &chip : chips)
    if (name == chip.name)
      return chip;
  return std::nullopt;
}

std::string remat::listChips() {
  return llvm::join(llvm::map_range(chips, [](const Chip &chip) { return std::string(chip.name); }), ", ");
}
