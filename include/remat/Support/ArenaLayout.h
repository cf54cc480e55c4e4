//===- ArenaLayout.h - Static offsets by liveness ----------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Places buffers whose lifetimes are known in one block of memory. Buffers that
// are never alive at the same time may share bytes. Standard library only.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SUPPORT_ARENALAYOUT_H
#define REMAT_SUPPORT_ARENALAYOUT_H

#include <cstdint>
#include <optional>
#include <vector>

namespace remat {

/// Alignment of every buffer, and granule of every size, in bytes.
inline constexpr int64_t arenaAlignment = 64;

/// \p bytes rounded up to the alignment; nothing if it is negative or overflows.
std::optional<int64_t> alignToArena(int64_t bytes);

/// A buffer and the points in time, both included, between which it is in use.
struct ArenaBuffer {
  int64_t bytes = 0;
  int64_t first = 0;
  int64_t last = 0;
};

struct ArenaLayout {
  /// One offset per buffer, a multiple of the alignment.
  std::vector<int64_t> offsets;
  /// The first byte behind all buffers.
  int64_t peak = 0;
};

/// Packs \p buffers: largest first, each at the lowest offset where it meets no
/// buffer that is alive at the same time (first fit; deterministic; O(n^2 log n)).
/// Not always the smallest peak, which is NP-hard to find, but never below the
/// largest sum of sizes alive at one point. Nothing if a size is negative or the
/// sizes overflow.
std::optional<ArenaLayout> packArena(const std::vector<ArenaBuffer> &buffers);

} // namespace remat

#endif // REMAT_SUPPORT_ARENALAYOUT_H
