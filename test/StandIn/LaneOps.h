//===- LaneOps.h - Operations on the lanes of a warp ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An operation reads and writes rows: one register of all 32 lanes side by
// side. The table of operations is compiled once per level of the processor
// (x86-64 as such, -v3, -v4), so that a row is a few vector registers; what is
// computed is the same on all of them.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_STANDIN_LANEOPS_H
#define REMAT_TEST_STANDIN_LANEOPS_H

#include <cstdint>
#include <string_view>

namespace remat::standin {

constexpr unsigned Lanes = 32;

/// Where the rows of an instruction begin in the register file of its warp, in bytes.
struct Rows {
  uint32_t destination = 0;
  uint32_t sources[4] = {0, 0, 0, 0};
  /// For operations that are one function for many opcodes.
  uint32_t variant = 0;
};

/// Lanes outside of `mask` keep what they have.
using LaneHandler = void (*)(const Rows &rows, char *registers, uint32_t mask);

/// The row of the carry flag, a predicate.
constexpr uint32_t CarryRow = 0;

struct LaneOp {
  const char *name;
  /// Destination and sources: h, r, d are registers of 16, 32, 64 bits, p predicates.
  const char *signature;
  LaneHandler handler;
};

/// From which record on accesses are those of this launch, of this block, and of this stretch between two barriers
/// (Shadow.h).
struct ShadowKeys {
  uint64_t launch = 0, block = 0, current = 0;
};

/// Loops over what lanes side by side access: cell `i` is accessed by `mine + (i >> shift)`.
struct ShadowLoops {
  bool (*anyConflict)(const uint64_t *records, unsigned count, uint64_t mine, unsigned shift, const ShadowKeys &keys);
  void (*merge)(uint64_t *records, unsigned count, uint64_t mine, unsigned shift, const ShadowKeys &keys);
  void (*replace)(uint64_t *records, unsigned count, uint64_t mine, unsigned shift);
  /// Whether each of the bytes is `value`.
  bool (*allBytes)(const uint8_t *bytes, uint64_t count, uint8_t value);
  /// Whether all lanes of the mask have one address.
  bool (*allEqual)(const uint64_t *addresses, uint32_t mask);
  /// Whether each lane has the address of lane 0 plus `step` times its number.
  bool (*inSteps)(const uint64_t *addresses, uint64_t step);
};

struct LaneTable {
  const LaneOp *begin, *end;
  ShadowLoops loops;
};

LaneTable baselineLanes();
LaneTable v3Lanes();
LaneTable v4Lanes();

/// The table for this processor.
const LaneTable &laneTable();

/// nullptr if no operation has this name.
const LaneOp *findLaneOp(std::string_view name);

} // namespace remat::standin

#endif // REMAT_TEST_STANDIN_LANEOPS_H
