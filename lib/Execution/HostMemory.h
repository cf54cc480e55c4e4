//===- HostMemory.h - Memory that can be measured ------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The walk of a plan, on any target; on processors also the arena, the parameter block and the
// measured stack. How much of a block a
// call used is found without asking the plan: the block is filled with a pattern
// that a program is most unlikely to write, and scanned afterwards.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_EXECUTION_HOSTMEMORY_H
#define REMAT_LIB_EXECUTION_HOSTMEMORY_H

#include "remat/Execution/Array.h"
#include "remat/Target/Target.h"

#include "llvm/Support/Error.h"

namespace remat {

/// Anonymous pages. Memory is only used when it is first touched.
class HostMemory final : public TargetMemory {
public:
  HostMemory() = default;
  HostMemory(HostMemory &&other) noexcept { *this = std::move(other); }
  HostMemory &operator=(HostMemory &&other) noexcept;
  ~HostMemory() override;

  /// At least \p bytes bytes (a multiple of 64), at a page boundary. With
  /// \p guardBehind an inaccessible page begins right behind byte \p *guardBehind
  /// (a multiple of 64 as well, possibly less than \p bytes), and the address is
  /// aligned to 64 only.
  static llvm::Expected<HostMemory> create(int64_t bytes, std::optional<int64_t> guardBehind = {});

  void *getAddress() const override { return address; }
  int64_t getByteSize() const { return bytes; }

  llvm::Error fillWithPattern() override {
    fillWithPatternFrom(0);
    return llvm::Error::success();
  }
  /// Fills the block from byte \p begin on, a multiple of the size of a page. What lies
  /// before stays without memory until it is touched.
  void fillWithPatternFrom(int64_t begin);
  llvm::Expected<int64_t> findHighestTouched() const override;
  llvm::Error copyIn(const void *source, int64_t size) override;
  llvm::Error copyOut(void *target, int64_t size) const override;
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

#endif // REMAT_LIB_EXECUTION_HOSTMEMORY_H
