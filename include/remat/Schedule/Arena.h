//===- Arena.h - Buffers that share one block of memory ---------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where buffers lie that are in use at different times. The compiler asks this for
// programs of a known length, the runtime for others; both get the same answer.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_ARENA_H
#define REMAT_SCHEDULE_ARENA_H

#include "remat/ABI/Alignment.h"

#include <optional>
#include <vector>

namespace remat::schedule {

/// Rounds `bytes` up to the alignment; nothing on overflow.
std::optional<int64_t> alignBytes(int64_t bytes);

/// Sum and product of sizes; nothing on overflow.
std::optional<int64_t> addBytes(int64_t a, int64_t b);
std::optional<int64_t> multiplyBytes(int64_t a, int64_t b);

/// A buffer that is in use at the times first..last, both included.
struct LiveBuffer {
  int64_t bytes = 0;
  int64_t first = 0;
  int64_t last = 0;
  /// Whether every run surely touches the last bytes of the buffer.
  bool isCertain = true;
  /// Filled by packBuffers.
  int64_t offset = 0;

  bool overlaps(const LiveBuffer &other) const { return first <= other.last && other.first <= last; }
};

/// Gives each buffer an offset such that buffers in use at the same time do not
/// overlap, and returns the number of bytes taken; nothing on overflow. Sizes are
/// multiples of the alignment. Takes the best of a few first-fit orders: by start
/// time, which is exact for nested lifetimes, by length, and by size, and of those that put
/// what lies highest in front of all others, a few times over; O(n^2 log n).
/// The topmost buffer is one that is certainly touched, if there is one that can
/// be: the highest byte in use is then the one that was planned. Buffers of no
/// bytes change nothing.
std::optional<int64_t> packBuffers(std::vector<LiveBuffer> &buffers);

/// Whether a buffer that is certainly touched reaches the top of what is taken; true
/// if nothing is.
bool isTopCertain(const std::vector<LiveBuffer> &buffers);

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_ARENA_H
