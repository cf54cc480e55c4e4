//===- Memory.h - The memory of the device ----------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Device addresses lie in a range of the process that nothing is mapped to: a
// host that reads one through a pointer faults, as with a device. What is
// allocated has its bytes elsewhere, and knows of each byte whether anything
// was ever written there.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_STANDIN_MEMORY_H
#define REMAT_TEST_STANDIN_MEMORY_H

#include "Shadow.h"

#include <map>

namespace remat::standin {

/// The state of a byte.
enum : uint8_t { NeverWritten = 0, Written = 1, Outside = 2 };

/// Bytes side by side that a kernel may address: an allocation, or the shared memory of a block.
struct Region {
  Region(uint64_t begin, uint64_t size);

  uint64_t begin, size;
  /// Of constants, which no kernel may write.
  bool constant = false;
  std::unique_ptr<uint8_t[]> data, states;
  Shadow shadow;
};

class Memory {
public:
  /// `capacity`: how many bytes can be allocated at once.
  explicit Memory(uint64_t capacity);
  ~Memory();
  Memory(const Memory &) = delete;
  Memory &operator=(const Memory &) = delete;

  /// nullptr if there is no room.
  Region *allocate(uint64_t size, uint64_t align = 256);
  /// False if nothing begins there.
  bool release(uint64_t address);
  /// What the address lies in, or nullptr.
  Region *find(uint64_t address) const;
  /// What all of the bytes lie in, or nullptr.
  Region *find(uint64_t address, uint64_t bytes) const;
  /// Whether the address is one of the device, allocated or not.
  bool isDevice(uint64_t address) const { return address - window < WindowBytes; }

  uint64_t capacity() const { return total; }
  uint64_t used() const { return taken; }
  size_t live() const { return regions.size(); }
  /// Changes whenever something is freed: pointers to regions are then stale.
  uint64_t generation() const { return releases; }

private:
  static constexpr uint64_t WindowBytes = uint64_t(1) << 38;

  uint64_t total, taken = 0, releases = 0;
  uint64_t window = 0, cursor = 0;
  std::map<uint64_t, std::unique_ptr<Region>> regions;
};

} // namespace remat::standin

#endif // REMAT_TEST_STANDIN_MEMORY_H
