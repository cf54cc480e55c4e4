//===- Memory.cpp - The memory of the device ------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Memory.h"

#include <cstring>
#include <stdexcept>
#include <sys/mman.h>

using namespace remat::standin;

Region::Region(uint64_t begin, uint64_t size)
    : begin(begin), size(size), data(new uint8_t[size + 1]), states(new uint8_t[size + 1]()), shadow(size) {
  // What was never written reads as a pattern where the host copies it.
  std::memset(data.get(), 0xcb, size);
}

Memory::Memory(uint64_t capacity) : total(capacity) {
  // The same addresses in each run, where nothing lies there.
  void *wanted = reinterpret_cast<void *>(uint64_t(0x300000000000));
  void *range = mmap(wanted, WindowBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (range == MAP_FAILED)
    throw std::runtime_error("no room for the addresses of the device");
  window = reinterpret_cast<uint64_t>(range);
}

Memory::~Memory() { munmap(reinterpret_cast<void *>(window), WindowBytes); }

Region *Memory::allocate(uint64_t size, uint64_t align) {
  if (size > total - taken)
    return nullptr;
  // Addresses come back late, so that those of freed memory stay wrong; never two allocations without a gap.
  constexpr uint64_t gap = 256;
  align = std::max(align, uint64_t(256));
  for (bool again : {false, true}) {
    uint64_t at = again ? gap : cursor + gap;
    for (auto next = regions.upper_bound(window + at);; ++next) {
      // An allocation that begins before may reach beyond.
      if (next != regions.begin()) {
        const Region &before = *std::prev(next)->second;
        at = std::max(at, before.begin + before.size - window + gap);
      }
      at = (window + at + align - 1) / align * align - window;
      uint64_t end = next == regions.end() ? WindowBytes : next->first - window;
      if (size + gap <= end && at <= end - size - gap) {
        auto region = std::make_unique<Region>(window + at, size);
        taken += size;
        cursor = at + size;
        return (regions[window + at] = std::move(region)).get();
      }
      if (next == regions.end())
        break;
    }
  }
  return nullptr;
}

bool Memory::release(uint64_t address) {
  auto found = regions.find(address);
  if (found == regions.end())
    return false;
  taken -= found->second->size;
  regions.erase(found);
  ++releases;
  return true;
}

Region *Memory::find(uint64_t address) const {
  auto next = regions.upper_bound(address);
  if (next == regions.begin())
    return nullptr;
  Region *region = std::prev(next)->second.get();
  return address - region->begin < region->size ? region : nullptr;
}

Region *Memory::find(uint64_t address, uint64_t bytes) const {
  Region *region = find(address);
  return region && bytes <= region->size - (address - region->begin) ? region : nullptr;
}
