//===- Program.h - A kernel, ready to run -----------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Functions that a kernel calls are part of its list of instructions, once per
// call. A register is a place in the register file of a warp.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_STANDIN_PROGRAM_H
#define REMAT_TEST_STANDIN_PROGRAM_H

#include "LaneOps.h"
#include "Memory.h"
#include "Ptx.h"

#include <functional>

namespace remat::standin {

/// Generic addresses of shared and local memory begin here; no device address is that large.
constexpr uint64_t SharedWindow = uint64_t(1) << 56, LocalWindow = uint64_t(2) << 56;

enum class Step : uint8_t { Lanes, Memory, CheckDivisor, Branch, IndexedBranch, Barrier, Shuffle, Exit, Trap, Nothing };

enum class AtomicOp : uint8_t { Add, And, Or, Xor, Min, Max, Inc, Dec, Exchange, CompareAndSwap };

struct MemoryOp {
  enum Action : uint8_t { Load, Store, Atomic };
  Action action = Load;
  Space space = Space::Global;
  /// `ld.global.nc`: the launch must not write there.
  bool readOnly = false;
  /// A variable of a call: its bytes lie in the register file, those of a lane side by side.
  bool slot = false;
  Type type;
  uint8_t count = 1;
  uint8_t registerBytes = 4;
  /// Rows that are loaded or stored; of an atomic operation first the result.
  uint32_t rows[8] = {};
  bool hasAddressRow = false;
  uint8_t addressBytes = 8;
  uint32_t addressRow = 0;
  uint64_t offset = 0;
  uint32_t slotBytes = 0;
  AtomicOp atomic = AtomicOp::Add;
  /// A result that nobody reads.
  bool noResult = false;
  uint32_t operands[2] = {};

  unsigned bytes() const { return type.bytes * count; }
};

struct ShuffleOp {
  enum Mode : uint8_t { Up, Down, Butterfly, Index };
  Mode mode = Index;
  uint32_t source = 0, amount = 0, clamp = 0, members = 0, result = 0;
};

struct Instruction {
  LaneHandler handler = nullptr;
  Rows rows;
  Step step = Step::Lanes;
  bool guarded = false, guardNegated = false;
  uint32_t guard = 0;
  /// Of a branch; the number of a memory operation, a shuffle or a table of branches.
  uint32_t target = 0;
  uint32_t line = 0;
};

struct Constant {
  uint32_t row;
  uint8_t bytes;
  uint64_t value;
};

struct SpecialRow {
  enum Kind : uint8_t { Thread, Threads, Block, Blocks, LaneNumber };
  uint32_t row;
  Kind kind;
  /// x, y, z
  uint8_t axis;
};

struct KernelParameter {
  uint32_t offset = 0, bytes = 0;
};

struct Kernel {
  std::string name;
  std::vector<Instruction> instructions;
  std::vector<MemoryOp> memoryOps;
  std::vector<ShuffleOp> shuffles;
  struct BranchTable {
    uint32_t row;
    std::vector<uint32_t> targets;
  };
  std::vector<BranchTable> branchTables;
  std::vector<Constant> constants;
  std::vector<SpecialRow> specials;
  std::vector<KernelParameter> parameters;
  uint32_t parameterBytes = 0;
  uint32_t registerBytes = 0;
  /// What each byte of shared and local memory is at the beginning: NeverWritten, or Outside in the gaps.
  std::vector<uint8_t> sharedLayout, localLayout;
  /// Without the gaps, as a device counts.
  uint32_t sharedBytes = 0, localBytes = 0;
  bool dynamicShared = false;
  unsigned requiredThreads[3] = {0, 0, 0}, maximumThreads = 1024;
};

/// Where a variable of the module lies on the device.
using SymbolAddress = std::function<uint64_t(const std::string &)>;

/// Makes a kernel of an entry. Throws PtxError for what the stand-in does not know.
Kernel decodeKernel(const Module &module, const Function &entry, const SymbolAddress &addressOf);

} // namespace remat::standin

#endif // REMAT_TEST_STANDIN_PROGRAM_H
