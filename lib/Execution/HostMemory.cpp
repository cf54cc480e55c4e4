//===- HostMemory.cpp - Memory that can be measured --------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostMemory.h"

#include "Pattern.h"
#include "remat/Execution/AvailableMemory.h"
#include "remat/Execution/ProgramError.h"

#include "llvm/Support/MathExtras.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <utility>
#include <vector>

using namespace remat;

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
  writePattern(static_cast<char *>(address) + begin, begin, accessible - begin);
}

llvm::Expected<int64_t> HostMemory::findHighestTouched() const {
  return findEndOfTouched(address, /*offset=*/0, accessible);
}

llvm::Error HostMemory::copyIn(const void *source, int64_t size) {
  std::memcpy(address, source, static_cast<size_t>(size));
  return llvm::Error::success();
}

llvm::Error HostMemory::copyOut(void *target, int64_t size) const {
  std::memcpy(target, address, static_cast<size_t>(size));
  return llvm::Error::success();
}

void *HostMemory::findLowestTouched(int64_t begin) const {
  int64_t page = sysconf(_SC_PAGESIZE);
  std::vector<unsigned char> isThere(static_cast<size_t>(begin / page));
  // If the system does not say, everything counts as touched.
  if (begin > 0 && mincore(address, static_cast<size_t>(begin), isThere.data()) != 0)
    return address;
  for (size_t number = 0; number < isThere.size(); ++number)
    if (isThere[number] & 1)
      return static_cast<char *>(address) + static_cast<int64_t>(number) * page;
  return static_cast<char *>(address) + findStartOfTouched(address, begin, accessible);
}
