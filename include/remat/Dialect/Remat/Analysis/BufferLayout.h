//===- BufferLayout.h - Sizes and offsets of buffers ------------ -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// How many bytes a buffer takes, and where buffers lie that share one block of
// memory. Every size is a multiple of the alignment, in the plan as in the arena.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_ANALYSIS_BUFFERLAYOUT_H
#define REMAT_DIALECT_REMAT_ANALYSIS_BUFFERLAYOUT_H

#include "remat/Support/LLVM.h"

#include "llvm/ADT/SmallVector.h"

#include <optional>

namespace remat {

/// The alignment, in bytes, of every buffer in an arena.
inline constexpr int64_t arenaAlignment = 64;

/// Rounds \p bytes up to the alignment; nothing on overflow.
std::optional<int64_t> alignBytes(int64_t bytes);

/// Sum and product of sizes that are not negative; nothing on overflow.
std::optional<int64_t> addBytes(int64_t a, int64_t b);
std::optional<int64_t> multiplyBytes(int64_t a, int64_t b);

/// Bytes of one element in memory; nothing for types that are no integer, float
/// or index.
std::optional<int64_t> getElementBytes(Type elementType);

/// Bytes of a tensor or memref of static shape in identity layout, rounded up to
/// the alignment; nothing if the shape is dynamic or the size overflows.
std::optional<int64_t> getAlignedBytes(ShapedType type);

/// The sum of getAlignedBytes over tensors of \p types.
std::optional<int64_t> getAlignedBytes(ArrayAttr types);

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
/// time, which is exact for nested lifetimes, by length, and by size; O(n^2 log n).
/// The topmost buffer is one that is certainly touched, if there is one that can
/// be: the highest byte in use is then the one that was planned.
std::optional<int64_t> packBuffers(MutableArrayRef<LiveBuffer> buffers);

} // namespace remat

#endif // REMAT_DIALECT_REMAT_ANALYSIS_BUFFERLAYOUT_H
