//===- MemoryBlock.h - Memory that can be measured ------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The arena, the parameter block and the measured stack. How much of a block a
// call used is found without asking the plan: the block is filled with a pattern
// that a program is most unlikely to write, and scanned afterwards.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_EXECUTION_MEMORYBLOCK_H
#define REMAT_LIB_EXECUTION_MEMORYBLOCK_H

#include "remat/Execution/Array.h"

#include "llvm/Support/Error.h"

namespace remat {

/// Anonymous pages. Memory is only used when it is first touched.
class MemoryBlock {
public:
  MemoryBlock() = default;
  MemoryBlock(MemoryBlock &&other) noexcept { *this = std::move(other); }
  MemoryBlock &operator=(MemoryBlock &&other) noexcept;
  ~MemoryBlock();

  /// At least \p bytes bytes (a multiple of 64), at a page boundary. With
  /// \p guardBehind an inaccessible page begins right behind byte \p *guardBehind
  /// (a multiple of 64 as well, possibly less than \p bytes), and the address is
  /// aligned to 64 only.
  static llvm::Expected<MemoryBlock> create(int64_t bytes, std::optional<int64_t> guardBehind = {});

  void *getAddress() const { return address; }
  int64_t getByteSize() const { return bytes; }

  /// Fills the block with the pattern, from byte \p begin on, a multiple of the size of a
  /// page. What lies before stays without memory until it is touched.
  void fillWithPattern(int64_t begin = 0);
  /// Bytes from the start to the end of the last 64-byte unit that no longer
  /// holds the pattern. Linear time.
  int64_t findHighestTouched() const;
  /// How far a stack grew down in a block that was filled from byte \p begin on: the address
  /// of the first unit that no longer holds the pattern, or of the first page before
  /// \p begin that has been touched.
  void *findLowestTouched(int64_t begin) const;

private:
  void *mapping = nullptr;
  size_t mappedBytes = 0;
  void *address = nullptr;
  int64_t bytes = 0;
  /// Bytes before the guard page.
  int64_t accessible = 0;
};

} // namespace remat

#endif // REMAT_LIB_EXECUTION_MEMORYBLOCK_H
