//===- StagedTables.h - dynamic program over unequal steps ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The least time of every segment (StagedChoice.h) for every whole number of
// memory units. Rotor's table (Beaumont et al. 2019) for tapes that stand for
// themselves, with slots that are used again. For N items and M units it takes
// O(N^3 M) time and O(N^2 M) memory.
//
// What a unit is, and how sizes become units, is up to the caller: with sizes
// rounded up every schedule fits, with sizes rounded down the result is a lower
// bound, with the unit a divisor of all sizes it is both.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_STAGEDTABLES_H
#define REMAT_LIB_SCHEDULE_STAGEDTABLES_H

#include "StagedChoice.h"
#include "WorkerPair.h"

#include <memory>

namespace remat::schedule {

enum class Rounding { Up, Nearest, Down };

/// How sizes become units.
struct UnitScale {
  int64_t unit = 1;
  Rounding rounding = Rounding::Up;

  int64_t operator()(int64_t size) const {
    switch (rounding) {
    case Rounding::Up:
      return size / unit + (size % unit != 0);
    case Rounding::Nearest:
      return size / unit + (size % unit > unit / 2);
    case Rounding::Down:
      break;
    }
    return size / unit;
  }
};

/// `Value` is float or double; times beyond its precision are rounded.
template <typename Value>
class StagedTables final : public ChoiceSource {
public:
  StagedTables(const ItemChain &chain, UnitScale scale, int64_t units);

  void solve();

  /// The least time of a segment; infinite if there is no schedule.
  Value value(const Segment &segment) const;

  Choice choose(const Segment &segment) const override;
  int64_t stateUnits(int64_t boundary) const override { return states[boundary]; }
  int64_t tapeUnits(int64_t item, int64_t mode) const override { return modes[item][mode].tape; }

private:
  /// A mode of an item in units.
  struct Mode {
    int64_t tape;
    Value once;
  };
  struct Block {
    int64_t need;
    Value time;
  };
  struct FreeAligned {
    void operator()(Value *values) const;
  };
  using Cells = std::unique_ptr<Value[], FreeAligned>;

  Cells makeCells(int64_t count) const;

  Value *core(int64_t s, int64_t t) const { return coreColumns[t].get() + s * stride; }
  Value *held(int64_t s, int64_t t) const { return heldRows[s].get() + (t - s - 1) * stride; }
  Value *owned(int64_t s, int64_t t) const { return ownedRows[s].get() + (t - s - 1) * stride; }
  bool hasHeld(int64_t s) const;
  bool hasOwned(int64_t s) const;

  void solveColumns(int64_t first, int64_t last, WorkerPair &workers);
  void relaxRange(int64_t s, int64_t t, int64_t yFirst, int64_t yLast, int64_t chunkBegin, int64_t chunkEnd);
  void finish(int64_t s, int64_t t);
  void enterInto(Value *into, int64_t s, int64_t t) const;
  Value tapeValue(const Segment &segment, int64_t mode) const;
  Choice chooseCore(const Segment &segment) const;
  Choice chooseKept(const Segment &segment) const;

  const ItemChain &chain;
  UnitScale scale;
  int64_t items;
  int64_t width;
  /// The width, rounded up to whole cache lines.
  int64_t stride;
  std::vector<int64_t> states;
  std::vector<int64_t> stateWork;
  std::vector<int64_t> work;
  std::vector<std::vector<Mode>> modes;
  std::vector<std::vector<Block>> heldBlocks;
  std::vector<std::vector<Block>> ownedBlocks;
  /// Most workspace, and the time, on the way from a start to each boundary.
  std::vector<std::vector<int32_t>> wayWork;
  std::vector<std::vector<Value>> wayTimes;
  std::vector<Cells> coreColumns;
  std::vector<Cells> heldRows;
  std::vector<Cells> ownedRows;
};

extern template class StagedTables<float>;
extern template class StagedTables<double>;

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_STAGEDTABLES_H
