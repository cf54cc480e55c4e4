//===- HostMemory.cpp - Memory that can be measured --------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostMemory.h"

#include "remat/Execution/AvailableMemory.h"
#include "remat/Execution/ProgramError.h"

#include "llvm/Support/MathExtras.h"

#include <sys/mman.h>
#include <unistd.h>

#include <utility>
#include <vector>

using namespace remat;

static constexpr int64_t unitWords = schedule::arenaAlignment / 8;

/// What the pattern of the 64-byte unit \p unit begins with: the finaliser of SplitMix64
/// (Steele, Lea and Flood 2014), so that neither zeros nor any repeated value look untouched.
static uint64_t getPattern(uint64_t unit) {
  uint64_t word = (unit + 1) * 0x9e3779b97f4a7c15u;
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9u;
  word = (word ^ (word >> 27)) * 0x94d049bb133111ebu;
  return word ^ (word >> 31);
}

/// The word at \p number of a unit whose pattern begins with \p first. One product for each
/// word would make a test of what a program leaves slower than the program.
static uint64_t getWord(uint64_t first, uint64_t number) { return first + number * 0x9e3779b97f4a7c15u; }

/// Whether the 64-byte unit \p unit still holds the pattern.
static bool isUntouched(const uint64_t *words, int64_t unit) {
  const uint64_t *begin = words + unit * unitWords;
  uint64_t first = getPattern(static_cast<uint64_t>(unit));
  uint64_t difference = 0;
  for (int64_t number = 0; number < unitWords; ++number)
    difference |= begin[number] ^ getWord(first, static_cast<uint64_t>(number));
  return difference == 0;
}

HostMemory &HostMemory::operator=(HostMemory &&other) noexcept {
  std::swap(mapping, other.mapping);
  std::swap(mappedBytes, other.mappedBytes);
  std::swap(address, other.address);
  std::swap(bytes, other.bytes);
  std::swap(accessible, other.accessible);
  return *this;
}

HostMemory::~HostMemory() {
  if (mapping)
    munmap(mapping, mappedBytes);
}

llvm::Expected<HostMemory> HostMemory::create(int64_t bytes, std::optional<int64_t> guardBehind) {
  int64_t page = sysconf(_SC_PAGESIZE);
  int64_t accessible = guardBehind.value_or(bytes);
  int64_t usable = 0;
  if (bytes < 0 || accessible < 0 || llvm::AddOverflow(accessible, 2 * page, usable))
    return makeInputError("an arena of " + llvm::Twine(bytes) + " bytes is too large");
  usable = llvm::alignTo(accessible, page);
  if (llvm::Error error = checkAvailable(usable, "an arena"))
    return std::move(error);

  HostMemory block;
  block.bytes = bytes;
  block.accessible = accessible;
  block.mappedBytes = usable + page;
  void *mapping =
      mmap(nullptr, block.mappedBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED)
    return makeFault("no memory for an arena of " + llvm::Twine(bytes) + " bytes");
  block.mapping = mapping;
  block.address = mapping;
  if (guardBehind) {
    char *guard = static_cast<char *>(mapping) + usable;
    if (mprotect(guard, page, PROT_NONE) != 0)
      return makeFault("an inaccessible page cannot be made");
    block.address = guard - accessible;
  }
  return block;
}

void HostMemory::fillWithPatternFrom(int64_t begin) {
#ifdef MADV_NOHUGEPAGE
  // A huge page would be there as a whole when a part of it is touched.
  if (begin > 0)
    madvise(mapping, mappedBytes, MADV_NOHUGEPAGE);
#endif
  auto *words = static_cast<uint64_t *>(address);
  for (int64_t unit = begin / schedule::arenaAlignment; unit < accessible / schedule::arenaAlignment; ++unit) {
    uint64_t first = getPattern(static_cast<uint64_t>(unit));
    for (int64_t number = 0; number < unitWords; ++number)
      words[unit * unitWords + number] = getWord(first, static_cast<uint64_t>(number));
  }
}

int64_t HostMemory::findHighestTouched() const {
  const auto *words = static_cast<const uint64_t *>(address);
  int64_t unit = accessible / schedule::arenaAlignment;
  while (unit > 0 && isUntouched(words, unit - 1))
    --unit;
  return unit * schedule::arenaAlignment;
}

void *HostMemory::findLowestTouched(int64_t begin) const {
  auto *words = static_cast<uint64_t *>(address);
  int64_t page = sysconf(_SC_PAGESIZE);
  std::vector<unsigned char> isThere(static_cast<size_t>(begin / page));
  // If the system does not say, everything counts as touched.
  if (begin > 0 && mincore(address, static_cast<size_t>(begin), isThere.data()) != 0)
    return address;
  for (size_t number = 0; number < isThere.size(); ++number)
    if (isThere[number] & 1)
      return static_cast<char *>(address) + static_cast<int64_t>(number) * page;
  int64_t units = accessible / schedule::arenaAlignment;
  int64_t unit = begin / schedule::arenaAlignment;
  while (unit < units && isUntouched(words, unit))
    ++unit;
  return words + unit * unitWords;
}
