//===- BlockRun.h - One launch while it runs --------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Machine.cpp has blocks and barriers, Warp.cpp the instructions of a warp,
// Access.cpp and Atomics.cpp its accesses to memory.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_STANDIN_BLOCKRUN_H
#define REMAT_TEST_STANDIN_BLOCKRUN_H

#include "Access.h"
#include "Machine.h"

namespace remat::standin {

struct Warp {
  /// Number of its first thread in the block, and lanes that have a thread.
  uint32_t first = 0, lanes = 0;
  /// Lanes that have not ended, and among them those that wait for others.
  uint32_t alive = 0, waiting = 0;
  uint32_t places[Lanes] = {};
  char *registers = nullptr;
  std::vector<uint8_t> local, localStates;
};

class BlockRun {
public:
  BlockRun(Machine &machine, const Kernel &kernel, const Launch &launch);
  ~BlockRun();
  BlockRun(const BlockRun &) = delete;
  BlockRun &operator=(const BlockRun &) = delete;

  void runBlock(uint32_t number);

private:
  struct Place {
    const Warp &warp;
    const MemoryOp &op;
    uint32_t line;
  };

  void fillImage(const Warp &warp, char *registers);
  void startWarp(Warp &warp);
  bool passBarrier();
  void runWarp(Warp &warp);
  void checkDivisor(Warp &warp, const Instruction &instruction, uint32_t mask);
  void shuffle(Warp &warp, const Instruction &instruction, uint32_t mask);

  void access(Warp &warp, const Instruction &instruction, uint32_t mask);
  void countTraffic(const Place &place, const uint64_t *addresses, uint32_t mask);
  void accessGlobal(Warp &warp, const Place &place, const uint64_t *addresses, uint32_t mask, Shape shape);
  void accessRegion(Warp &warp, const Place &place, Region &region, const uint64_t *addresses, uint32_t mask,
                    Shape shape);
  void accessLocal(Warp &warp, const Place &place, const uint64_t *offsets, uint32_t mask);
  void checkAligned(const Place &place, const uint64_t *addresses, uint32_t mask);
  void checkStates(const Place &place, const uint8_t *states, uint64_t address, unsigned lane);
  void checkRun(const Place &place, Region &region, const uint64_t *offsets, unsigned first, unsigned count, bool same);
  ShadowKeys keysOf(const Region &region) const;
  void checkRaces(const Place &place, Region &region, const uint64_t *offsets, uint32_t mask);

  [[noreturn]] void fault(FaultKind kind, uint32_t line, uint32_t thread, const std::string &text);
  [[noreturn]] void fault(FaultKind kind, const Place &place, unsigned lane, const std::string &text) {
    fault(kind, place.line, place.warp.first + lane, text);
  }
  std::string threadName(uint32_t thread) const;
  std::string blockName(uint32_t number) const;
  std::string accessName(const Place &place, uint64_t address) const;
  std::string culprit(uint64_t record) const;

  Machine &machine;
  const ShadowLoops &loops;
  const Kernel &kernel;
  const Launch &launch;
  uint32_t threads;
  std::vector<Warp> warps;
  std::vector<uint32_t> warpOrder;
  std::unique_ptr<char[]> registerMemory;
  /// The registers of each warp at the beginning of a block, but for the block's number.
  std::vector<char> registerImage;
  Region shared;
  std::vector<uint8_t> sharedLayout;
  /// The region that an operation accessed last, while nothing is freed (launches free nothing).
  std::vector<Region *> hints;
  ShadowKeys keys;
  uint32_t block = 0;
  /// When each block began, for reports: stretch and number.
  std::vector<std::pair<uint64_t, uint32_t>> begins;
  /// Instructions of a warp after which the launch counts as endless.
  uint64_t budget;
};

} // namespace remat::standin

#endif // REMAT_TEST_STANDIN_BLOCKRUN_H
