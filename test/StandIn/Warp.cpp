//===- Warp.cpp - The instructions of a warp ------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockRun.h"

#include <algorithm>
#include <cstring>

using namespace remat::standin;

static uint32_t predicateAt(const Warp &warp, uint32_t row) {
  uint32_t bits;
  std::memcpy(&bits, warp.registers + row, sizeof(bits));
  return bits;
}

static void place(Warp &warp, uint32_t mask, uint32_t where) {
  for (unsigned lane = 0; lane < Lanes; ++lane)
    if (mask >> lane & 1)
      warp.places[lane] = where;
}

void BlockRun::runWarp(Warp &warp) {
  const Instruction *code = kernel.instructions.data();
  while (uint32_t ready = warp.alive & ~warp.waiting) {
    // The lanes that are furthest behind go on; they stop where others wait to be joined.
    uint32_t at = ~0u, next = ~0u, active = 0;
    for (unsigned lane = 0; lane < Lanes; ++lane)
      if (ready >> lane & 1)
        at = std::min(at, warp.places[lane]);
    for (unsigned lane = 0; lane < Lanes; ++lane) {
      if (!(ready >> lane & 1))
        continue;
      if (warp.places[lane] == at)
        active |= 1u << lane;
      else
        next = std::min(next, warp.places[lane]);
    }
    uint64_t count = 0;
    for (bool together = true; together;) {
      const Instruction &instruction = code[at];
      ++count;
      uint32_t mask = active;
      if (instruction.guarded) {
        uint32_t guard = predicateAt(warp, instruction.guard);
        mask &= instruction.guardNegated ? ~guard : guard;
      }
      ++at;
      switch (instruction.step) {
      case Step::Lanes:
        if (mask)
          instruction.handler(instruction.rows, warp.registers, mask);
        break;
      case Step::Memory:
        if (mask)
          access(warp, instruction, mask);
        break;
      case Step::CheckDivisor:
        checkDivisor(warp, instruction, mask);
        break;
      case Step::Nothing:
        break;
      case Step::Branch:
        if (mask == active) {
          at = instruction.target;
        } else if (mask) {
          place(warp, mask, instruction.target);
          place(warp, active & ~mask, at);
          together = false;
        }
        if (machine.executed + count > budget)
          fault(FaultKind::Endless, instruction.line, warp.first + __builtin_ctz(active),
                "the launch executed more instructions than it may");
        break;
      case Step::IndexedBranch: {
        const Kernel::BranchTable &table = kernel.branchTables[instruction.target];
        place(warp, active & ~mask, at);
        for (unsigned lane = 0; lane < Lanes; ++lane) {
          if (!(mask >> lane & 1))
            continue;
          uint32_t index;
          std::memcpy(&index, warp.registers + table.row + lane * sizeof(index), sizeof(index));
          if (index >= table.targets.size())
            fault(FaultKind::OutOfBounds, instruction.line, warp.first + lane,
                  "branches to entry " + std::to_string(index) + " of " + std::to_string(table.targets.size()));
          warp.places[lane] = table.targets[index];
        }
        together = false;
        break;
      }
      case Step::Barrier:
        place(warp, mask, at - 1);
        place(warp, active & ~mask, at);
        warp.waiting |= mask;
        together = false;
        break;
      case Step::Shuffle:
        // Lanes that came here before waited for these.
        for (unsigned lane = 0; lane < Lanes; ++lane)
          if ((warp.waiting >> lane & 1) && warp.places[lane] == at - 1)
            mask |= 1u << lane;
        warp.waiting &= ~mask;
        if (mask)
          shuffle(warp, instruction, mask);
        place(warp, (mask | active) & ~warp.waiting, at);
        place(warp, mask & warp.waiting, at - 1);
        together = false;
        break;
      case Step::Exit:
        warp.alive &= ~mask;
        active &= ~mask;
        place(warp, active, at);
        together = active != 0;
        break;
      case Step::Trap:
        if (mask)
          fault(FaultKind::Trap, instruction.line, warp.first + __builtin_ctz(mask), "runs into a trap");
        break;
      }
      if (together && at >= next) {
        place(warp, active, at);
        together = false;
      }
    }
    machine.executed += count;
  }
}

void BlockRun::checkDivisor(Warp &warp, const Instruction &instruction, uint32_t mask) {
  unsigned bytes = instruction.rows.variant;
  for (unsigned lane = 0; lane < Lanes; ++lane) {
    uint64_t divisor = 0;
    std::memcpy(&divisor, warp.registers + instruction.rows.sources[0] + lane * bytes, bytes);
    if ((mask >> lane & 1) && divisor == 0)
      fault(FaultKind::Division, instruction.line, warp.first + lane, "divides an integer by zero");
  }
}

/// Lanes whose partners are not all there wait.
void BlockRun::shuffle(Warp &warp, const Instruction &instruction, uint32_t mask) {
  const ShuffleOp &op = kernel.shuffles[instruction.target];
  auto row = [&](uint32_t offset) { return reinterpret_cast<uint32_t *>(warp.registers + offset); };
  uint32_t source[Lanes], result[Lanes];
  std::memcpy(source, row(op.source), sizeof(source));
  std::memcpy(result, row(op.result), sizeof(result));
  uint32_t members = row(op.members)[__builtin_ctz(mask)];
  if (members & warp.alive & ~mask) {
    warp.waiting |= mask;
    return;
  }
  for (unsigned lane = 0; lane < Lanes; ++lane) {
    if (!(mask >> lane & 1))
      continue;
    if (row(op.members)[lane] != members || !(members >> lane & 1))
      fault(FaultKind::Barrier, instruction.line, warp.first + lane, "is no member of the lanes that shfl names");
    uint32_t amount = row(op.amount)[lane] & 31, clamp = row(op.clamp)[lane] & 31;
    uint32_t segment = row(op.clamp)[lane] >> 8 & 31;
    uint32_t least = lane & segment, most = least | (clamp & ~segment & 31);
    int partner = int(lane);
    bool inside = false;
    switch (op.mode) {
    case ShuffleOp::Up:
      partner = int(lane) - int(amount);
      inside = partner >= int(most);
      break;
    case ShuffleOp::Down:
      partner = int(lane + amount);
      inside = partner <= int(most);
      break;
    case ShuffleOp::Butterfly:
      partner = int(lane ^ amount);
      inside = partner <= int(most);
      break;
    case ShuffleOp::Index:
      partner = int(least | (amount & ~segment & 31));
      inside = partner <= int(most);
      break;
    }
    if (!inside)
      partner = int(lane);
    if (!(mask >> partner & 1))
      fault(FaultKind::Barrier, instruction.line, warp.first + lane,
            "reads by shfl from lane " + std::to_string(partner) + ", which is not there");
    result[lane] = source[partner];
  }
  std::memcpy(row(op.result), result, sizeof(result));
}
