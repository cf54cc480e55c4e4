//===- MemoryBlock.cpp - Memory that can be measured --------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MemoryBlock.h"

#include "AvailableMemory.h"
#include "remat/Execution/ProgramError.h"

#include "llvm/Support/MathExtras.h"

#include <sys/mman.h>
#include <unistd.h>

#include <utility>

using namespace remat;

/// The pattern's word at \p index: the finaliser of SplitMix64 (Steele, Lea and
/// Flood 2014), so that neither zeros nor any repeated value look untouched.
static uint64_t getPattern(uint64_t index) {
  uint64_t word = (index + 1) * 0x9e3779b97f4a7c15u;
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9u;
  word = (word ^ (word >> 27)) * 0x94d049bb133111ebu;
  return word ^ (word >> 31);
}

static constexpr int64_t unitWords = arrayAlignment / 8;

/// Whether the 64-byte unit \p unit still holds the pattern.
static bool isUntouched(const uint64_t *words, int64_t unit) {
  uint64_t difference = 0;
  for (int64_t word = unit * unitWords; word < (unit + 1) * unitWords; ++word)
    difference |= words[word] ^ getPattern(word);
  return difference == 0;
}

MemoryBlock &MemoryBlock::operator=(MemoryBlock &&other) noexcept {
  std::swap(mapping, other.mapping);
  std::swap(mappedBytes, other.mappedBytes);
  std::swap(address, other.address);
  std::swap(bytes, other.bytes);
  std::swap(accessible, other.accessible);
  return *this;
}

MemoryBlock::~MemoryBlock() {
  if (mapping)
    munmap(mapping, mappedBytes);
}

llvm::Expected<MemoryBlock> MemoryBlock::create(int64_t bytes, std::optional<int64_t> guardBehind) {
  int64_t page = sysconf(_SC_PAGESIZE);
  int64_t accessible = guardBehind.value_or(bytes);
  int64_t usable = 0;
  if (bytes < 0 || accessible < 0 || llvm::AddOverflow(accessible, 2 * page, usable))
    return makeInputError("an arena of " + llvm::Twine(bytes) + " bytes is too large");
  usable = llvm::alignTo(accessible, page);
  if (llvm::Error error = checkAvailable(usable, "an arena"))
    return std::move(error);

  MemoryBlock block;
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
      return makeFault("an inaccessible page can not be made");
    block.address = guard - accessible;
  }
  return block;
}

void MemoryBlock::fillWithPattern() {
  auto *words = static_cast<uint64_t *>(address);
  for (int64_t word = 0; word < accessible / 8; ++word)
    words[word] = getPattern(word);
}

int64_t MemoryBlock::findHighestTouched() const {
  const auto *words = static_cast<const uint64_t *>(address);
  int64_t unit = accessible / arrayAlignment;
  while (unit > 0 && isUntouched(words, unit - 1))
    --unit;
  return unit * arrayAlignment;
}

void *MemoryBlock::findLowestTouched() const {
  auto *words = static_cast<uint64_t *>(address);
  int64_t units = accessible / arrayAlignment;
  int64_t unit = 0;
  while (unit < units && isUntouched(words, unit))
    ++unit;
  return words + unit * unitWords;
}
