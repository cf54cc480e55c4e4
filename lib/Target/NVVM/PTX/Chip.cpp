//===- Chip.cpp - The GPUs that code is made for ------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Target/NVVM/Chip.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <iterator>

using namespace remat;

namespace {

struct KnownChip {
  const char *name;
  unsigned oldestPTX;
};

} // namespace

static constexpr KnownChip chips[] = {
    {"sm_80", 81},   {"sm_86", 81},  {"sm_87", 81},   {"sm_89", 81},  {"sm_90", 81},   {"sm_90a", 81}, {"sm_100", 86},
    {"sm_100a", 86}, {"sm_103", 88}, {"sm_103a", 88}, {"sm_120", 87}, {"sm_120a", 87}, {"sm_121", 88},
};

/// What LLVM 22 writes.
static constexpr unsigned versions[] = {81, 82, 83, 84, 85, 86, 87, 88, 90};

static std::string print(unsigned version) { return std::to_string(version / 10) + "." + std::to_string(version % 10); }

static llvm::Error refuse(llvm::StringRef name) {
  std::string all =
      llvm::join(llvm::map_range(chips, [](const KnownChip &chip) { return llvm::StringRef(chip.name); }), ", ");
  llvm::StringRef number = name;
  unsigned capability = 0;
  if (number.consume_front("sm_") && !number.consumeInteger(10, capability) && capability < 80)
    return llvm::createStringError("expects a processor from sm_80 on, one of " + all + ", but got '" + name.str() +
                                   "'");
  return llvm::createStringError("there is no processor '" + name.str() + "' for nvptx64-nvidia-cuda, but " + all);
}

llvm::Expected<Chip> Chip::create(llvm::StringRef name, llvm::StringRef ptx) {
  const KnownChip *known = llvm::find_if(chips, [&](const KnownChip &chip) { return name == chip.name; });
  if (known == std::end(chips))
    return refuse(name);
  if (ptx.empty())
    return Chip{known->name, known->oldestPTX};
  const unsigned *version = llvm::find_if(versions, [&](unsigned each) { return print(each) == ptx; });
  if (version == std::end(versions) || *version < known->oldestPTX) {
    auto usable = llvm::make_filter_range(versions, [&](unsigned each) { return each >= known->oldestPTX; });
    return llvm::createStringError("expects a version of PTX that " + name.str() + " has, " +
                                   llvm::join(llvm::map_range(usable, print), ", ") + ", but got '" + ptx.str() + "'");
  }
  return Chip{known->name, *version};
}

llvm::StringRef Chip::findNameFor(int32_t capability) {
  llvm::StringRef newest;
  for (const KnownChip &chip : chips) {
    llvm::StringRef number = chip.name;
    int32_t value = 0;
    // Names with a letter behind the number are of chips whose code runs nowhere else.
    if (number.consume_front("sm_") && !number.getAsInteger(10, value) && value <= capability)
      newest = chip.name;
  }
  return newest;
}

bool Chip::runsOn(int32_t capability, KernelFormat format) const {
  llvm::StringRef rest = name;
  int32_t own = 0;
  rest.consume_front("sm_");
  rest.consumeInteger(10, own);
  if (!rest.empty())
    return capability == own;
  return capability >= own && (format == KernelFormat::Isa || capability / 10 == own / 10);
}
