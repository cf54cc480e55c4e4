//===- Machine.h - Runs kernels on the CPU ----------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Blocks run one after the other, warps of a block from barrier to barrier. The
// lanes of a warp that stand at the least instruction go on together, so that
// lanes that parted meet again where their paths join. Everything is
// deterministic; a seed changes the order of blocks, warps and atomic
// operations, on which no result may depend.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_STANDIN_MACHINE_H
#define REMAT_TEST_STANDIN_MACHINE_H

#include "Program.h"

#include <map>

namespace remat::standin {

enum class FaultKind : uint8_t {
  OutOfBounds,
  Misaligned,
  NeverWritten,
  Race,
  Barrier,
  Constant,
  Division,
  Trap,
  Endless
};

/// What a kernel did that it may not do.
struct Fault : std::runtime_error {
  Fault(FaultKind kind, const std::string &text) : std::runtime_error(text), kind(kind) {}
  FaultKind kind;
};

struct Launch {
  uint32_t grid[3] = {1, 1, 1}, block[3] = {1, 1, 1};
  uint32_t dynamicShared = 0;
  std::vector<uint8_t> parameters;
};

/// What the warps of one kernel asked of global memory: bytes of all lanes, and sectors of 32 bytes that
/// they lie in, counted for each instruction of a warp.
struct Traffic {
  uint64_t bytes = 0, sectors = 0;
};

class Machine {
public:
  explicit Machine(Memory &memory) : memory(memory) {}

  /// Runs a kernel to its end; throws Fault.
  void run(const Kernel &kernel, const Launch &launch);

  Memory &memory;
  /// 0: all orders are ascending; 1: descending; others: shuffled.
  uint64_t seed = 0;
  /// Instructions of a warp that a launch may execute.
  uint64_t limit = uint64_t(1) << 36;
  /// Instructions of a warp so far, over all launches.
  uint64_t executed = 0;
  /// By kernel, if it is to be counted.
  bool countsTraffic = false;
  std::map<std::string, Traffic> traffic;
  /// The stretch between two barriers that runs, over all launches (Shadow.h).
  uint64_t stretch = 1;
};

} // namespace remat::standin

#endif // REMAT_TEST_STANDIN_MACHINE_H
