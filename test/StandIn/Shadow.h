//===- Shadow.h - Who accessed which byte last ------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two accesses race if they touch one byte, one of them writes, they are not
// both atomic, and nothing orders them. Blocks run one after the other here, and
// threads of a block stop at barriers, so time is one number: it counts the
// stretches between two barriers, over all blocks and launches. Accesses of the
// same launch are then unordered if they are of different blocks, or of the
// same stretch and different threads, in whatever order they really happened.
//
// A record is one word: the stretch, "another block did so too" (Others),
// "atomic", and the thread, or Many. Cells are 4 bytes, and single bytes in
// pages where something narrower was accessed.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_STANDIN_SHADOW_H
#define REMAT_TEST_STANDIN_SHADOW_H

#include "LaneOps.h"

#include <memory>
#include <vector>

namespace remat::standin {

namespace record {
constexpr uint64_t Many = 0xfff, AtomicBit = 1 << 12, Others = 1 << 13;
constexpr unsigned StretchShift = 14;
constexpr uint64_t FlagsMask = (uint64_t(1) << StretchShift) - 1;

/// Whether an access by `mine` is unordered with the recorded one.
inline bool conflicts(uint64_t old, uint64_t mine, const ShadowKeys &keys) {
  return (old >= keys.launch) &
         ((old < keys.block) | ((old & Others) != 0) | ((old >= keys.current) & (((old ^ mine) & Many) != 0)));
}

/// The record that stands for both.
inline uint64_t merged(uint64_t old, uint64_t mine, const ShadowKeys &keys) {
  bool here = old >= keys.launch;
  uint64_t others = (here & ((old < keys.block) | ((old & Others) != 0))) ? Others : 0;
  uint64_t many = ((old >= keys.current) & (((old ^ mine) & Many) != 0)) ? Many : 0;
  return mine | others | many;
}
} // namespace record

enum class AccessKind : uint8_t { Read, Write, Atomic, ReadOnly };

class Shadow {
public:
  explicit Shadow(uint64_t bytes) : pages((bytes + PageBytes - 1) / PageBytes) {}

  /// Records an access and returns the record that it conflicts with, or 0.
  uint64_t touch(uint64_t offset, unsigned bytes, uint64_t mine, AccessKind kind, const ShadowKeys &keys);

  /// The same of `count` lanes side by side, beginning with thread `mine`; false if the lanes have to be looked at one
  /// by one, and nothing is recorded then.
  bool touchLanes(uint64_t offset, unsigned bytes, unsigned count, uint64_t mine, AccessKind kind,
                  const ShadowKeys &keys, const ShadowLoops &loops);

private:
  static constexpr uint64_t PageBytes = 1024;
  struct Page {
    bool fine = false;
    std::vector<uint64_t> readers = std::vector<uint64_t>(PageBytes / 4), writers = readers;

    void refine();
  };

  Page &page(uint64_t index);

  std::vector<std::unique_ptr<Page>> pages;
};

} // namespace remat::standin

#endif // REMAT_TEST_STANDIN_SHADOW_H
