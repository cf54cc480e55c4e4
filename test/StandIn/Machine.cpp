//===- Machine.cpp - Blocks and barriers ----------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockRun.h"

#include <algorithm>
#include <cfenv>
#include <cstring>
#include <numeric>

using namespace remat::standin;

/// 0, 1, 2 ... in the order of a seed.
static std::vector<uint32_t> ordered(uint32_t count, uint64_t seed) {
  std::vector<uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  if (seed == 1)
    std::reverse(order.begin(), order.end());
  if (seed <= 1)
    return order;
  uint64_t state = seed;
  for (uint32_t left = count; left > 1; --left) {
    // splitmix64
    uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    std::swap(order[left - 1], order[(z ^ (z >> 31)) % left]);
  }
  return order;
}

void Machine::run(const Kernel &kernel, const Launch &launch) {
  // Programs may have their own rounding and denormals; the machine needs those of IEEE 754.
  std::fenv_t environment;
  std::fegetenv(&environment);
  std::fesetenv(FE_DFL_ENV);
  struct Restore {
    std::fenv_t &environment;
    ~Restore() { std::fesetenv(&environment); }
  } restore{environment};

  uint32_t blocks = launch.grid[0] * launch.grid[1] * launch.grid[2];
  BlockRun run(*this, kernel, launch);
  for (uint32_t number : ordered(blocks, seed))
    run.runBlock(number);
  ++stretch;
}

BlockRun::BlockRun(Machine &machine, const Kernel &kernel, const Launch &launch)
    : machine(machine), loops(laneTable().loops), kernel(kernel), launch(launch),
      threads(launch.block[0] * launch.block[1] * launch.block[2]),
      shared(0, kernel.sharedLayout.size() + launch.dynamicShared), sharedLayout(kernel.sharedLayout),
      hints(kernel.memoryOps.size()), budget(machine.executed + machine.limit) {
  sharedLayout.resize(shared.size, NeverWritten);
  uint32_t count = (threads + Lanes - 1) / Lanes;
  registerMemory.reset(new char[size_t(count) * kernel.registerBytes + 64]);
  char *registers = registerMemory.get() + (64 - reinterpret_cast<uintptr_t>(registerMemory.get()) % 64) % 64;
  warps.resize(count);
  for (uint32_t index = 0; index < count; ++index) {
    Warp &warp = warps[index];
    warp.first = index * Lanes;
    uint32_t used = std::min(Lanes, threads - warp.first);
    warp.lanes = used == Lanes ? ~0u : (1u << used) - 1;
    warp.registers = registers + size_t(index) * kernel.registerBytes;
    warp.local.resize(Lanes * kernel.localLayout.size());
    warp.localStates.resize(Lanes * kernel.localLayout.size());
  }
  registerImage.resize(size_t(count) * kernel.registerBytes);
  for (const Warp &warp : warps)
    fillImage(warp, registerImage.data() + size_t(warp.first / Lanes) * kernel.registerBytes);
  warpOrder = ordered(count, machine.seed);
  keys.launch = (machine.stretch + 1) << record::StretchShift;
}

BlockRun::~BlockRun() = default;

static void fillRow(char *row, const std::function<uint32_t(uint32_t)> &valueOf) {
  for (uint32_t lane = 0; lane < Lanes; ++lane) {
    uint32_t value = valueOf(lane);
    std::memcpy(row + lane * sizeof(value), &value, sizeof(value));
  }
}

void BlockRun::fillImage(const Warp &warp, char *registers) {
  // Registers that nothing was written to are NaNs and -1.
  std::memset(registers, 0xff, kernel.registerBytes);
  std::memset(registers + CarryRow, 0, 64);
  for (const Constant &constant : kernel.constants)
    for (unsigned lane = 0; lane < Lanes; ++lane)
      std::memcpy(registers + constant.row + lane * constant.bytes, &constant.value, constant.bytes);
  for (const SpecialRow &special : kernel.specials)
    fillRow(registers + special.row, [&](uint32_t lane) -> uint32_t {
      uint32_t thread = warp.first + lane;
      uint32_t place[3] = {thread % launch.block[0], thread / launch.block[0] % launch.block[1],
                           thread / launch.block[0] / launch.block[1]};
      switch (special.kind) {
      case SpecialRow::Thread:
        return place[special.axis];
      case SpecialRow::Threads:
        return launch.block[special.axis];
      case SpecialRow::Blocks:
        return launch.grid[special.axis];
      default:
        return lane;
      }
    });
}

void BlockRun::startWarp(Warp &warp) {
  warp.alive = warp.lanes;
  warp.waiting = 0;
  std::fill(warp.places, warp.places + Lanes, 0);
  std::memcpy(warp.registers, registerImage.data() + size_t(warp.first / Lanes) * kernel.registerBytes,
              kernel.registerBytes);
  uint32_t index[3] = {block % launch.grid[0], block / launch.grid[0] % launch.grid[1],
                       block / launch.grid[0] / launch.grid[1]};
  for (const SpecialRow &special : kernel.specials)
    if (special.kind == SpecialRow::Block)
      fillRow(warp.registers + special.row, [&](uint32_t) { return index[special.axis]; });
  size_t frame = kernel.localLayout.size();
  for (unsigned lane = 0; frame && lane < Lanes; ++lane)
    std::memcpy(warp.localStates.data() + lane * frame, kernel.localLayout.data(), frame);
}

void BlockRun::runBlock(uint32_t number) {
  block = number;
  keys.block = keys.current = ++machine.stretch << record::StretchShift;
  begins.emplace_back(machine.stretch, number);
  if (shared.size)
    std::memcpy(shared.states.get(), sharedLayout.data(), shared.size);
  for (Warp &warp : warps)
    startWarp(warp);
  do
    for (uint32_t index : warpOrder)
      runWarp(warps[index]);
  while (passBarrier());
}

/// All threads of the block stand at one barrier, or all have ended (then the answer is false).
bool BlockRun::passBarrier() {
  const Warp *waiting = nullptr;
  for (const Warp &warp : warps)
    if (warp.alive && !waiting)
      waiting = &warp;
  if (!waiting)
    return false;
  unsigned lane = __builtin_ctz(waiting->alive);
  uint32_t thread = waiting->first + lane, place = waiting->places[lane];
  uint32_t line = kernel.instructions[place].line;
  if (kernel.instructions[place].step != Step::Barrier)
    fault(FaultKind::Barrier, line, thread, "waits in shfl for lanes that do not come");
  for (Warp &warp : warps) {
    for (unsigned other = 0; other < Lanes; ++other) {
      if (!(warp.lanes >> other & 1))
        continue;
      if (!(warp.alive >> other & 1))
        fault(FaultKind::Barrier, line, thread,
              "waits at a barrier that is divergent: " + threadName(warp.first + other) + " has ended");
      if (warp.places[other] != place)
        fault(FaultKind::Barrier, line, thread,
              "waits at a barrier that is divergent: " + threadName(warp.first + other) + " waits in line " +
                  std::to_string(kernel.instructions[warp.places[other]].line));
    }
  }
  for (Warp &warp : warps) {
    warp.waiting = 0;
    std::fill(warp.places, warp.places + Lanes, place + 1);
  }
  keys.current = ++machine.stretch << record::StretchShift;
  return true;
}

static std::string triple(uint32_t x, uint32_t y, uint32_t z) {
  return "(" + std::to_string(x) + ", " + std::to_string(y) + ", " + std::to_string(z) + ")";
}

std::string BlockRun::threadName(uint32_t thread) const {
  return "thread " + triple(thread % launch.block[0], thread / launch.block[0] % launch.block[1],
                            thread / launch.block[0] / launch.block[1]);
}

std::string BlockRun::blockName(uint32_t number) const {
  return "block " + triple(number % launch.grid[0], number / launch.grid[0] % launch.grid[1],
                           number / launch.grid[0] / launch.grid[1]);
}

void BlockRun::fault(FaultKind kind, uint32_t line, uint32_t thread, const std::string &text) {
  throw Fault(kind, kernel.name + ", line " + std::to_string(line) + " of the PTX, " + blockName(block) + ", " +
                        threadName(thread) + ": " + text);
}

/// Who made a record, as far as it says.
std::string BlockRun::culprit(uint64_t old) const {
  uint64_t when = old >> record::StretchShift;
  uint32_t number = block;
  for (auto [begin, other] : begins)
    if (begin <= when)
      number = other;
  uint32_t thread = old & record::Many;
  std::string who = thread == record::Many ? "several threads" : threadName(thread);
  if (number != block)
    who += " of " + blockName(number);
  return who + ((old & record::Others) ? " (and of other blocks)" : "");
}
