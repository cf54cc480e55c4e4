//===- HeapUse.h - Allocations inside a measured call ---------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A planned program allocates nothing during a call, and that is measured, not
// believed: malloc and its relatives, as the compiled code sees them, are counted
// while a measured call runs. A program that replaces malloc for the whole
// process (as remat-run does) reports to the same record and so also sees
// allocations made by libraries.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_EXECUTION_HEAPUSE_H
#define REMAT_EXECUTION_HEAPUSE_H

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace remat {

/// What a measured call took from the heap, in bytes as the allocator rounds
/// them.
struct HeapUse {
  int64_t allocations = 0;
  int64_t liveBytes = 0;
  int64_t peakBytes = 0;

  void noteAllocation(size_t bytes) {
    ++allocations;
    liveBytes += static_cast<int64_t>(bytes);
    peakBytes = std::max(peakBytes, liveBytes);
  }
  void noteRelease(size_t bytes) { liveBytes -= static_cast<int64_t>(bytes); }
};

/// The record of the measured call that runs on this thread, or null.
HeapUse *getActiveHeapUse() noexcept;

/// Makes \p use the active record of this thread and returns the previous one.
HeapUse *setActiveHeapUse(HeapUse *use) noexcept;

} // namespace remat

#endif // REMAT_EXECUTION_HEAPUSE_H
