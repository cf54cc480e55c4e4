//===- CoreLayout.h - Where states and tapes lie ---------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A slot has the carries of a state, or the components of a tape, one behind the
// other. The core has them in several parts of the loop, as each is in use at other
// times, and has a carry that is a component of the tape once: core state 0 and the
// core tape share it. This is the one place that knows where each of them is.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_IR_CORELAYOUT_H
#define REMAT_DIALECT_REMAT_IR_CORELAYOUT_H

#include "remat/ABI/PlanWords.h"
#include "remat/Dialect/Remat/IR/Remat.h"

namespace remat {

/// Bytes behind the beginning of a part of a loop.
struct PartOffset {
  schedule::LoopPart part;
  int64_t offset;
};

class CoreLayout {
public:
  /// Of \p chain. Without a backward sweep there is no tape that could share a carry.
  CoreLayout(ChainOp chain, bool hasBackward);

  /// Bytes of the carries that core state 0 shares with the core tape.
  int64_t getCarriedBytes() const { return carriedBytes; }

  /// The offset of a carry in a state, of a component in a tape, that lies in a slot.
  int64_t getStateOffset(unsigned carry) const { return stateOffsets[carry]; }
  int64_t getTapeOffset(unsigned component) const { return tapeOffsets[component]; }

  /// Where a carry of core state 0 or 1 of a sweep is.
  PartOffset getCarry(unsigned carry, unsigned state, bool isBackward) const;
  /// Where a component of the core tape is.
  PartOffset getTape(unsigned component) const { return tape[component]; }

private:
  int64_t carriedBytes = 0;
  SmallVector<int64_t> stateOffsets, tapeOffsets;
  SmallVector<PartOffset> tape;
  /// Of the carries of core state 0: in CarriedTape or among the others.
  SmallVector<bool> isCarried;
  SmallVector<int64_t> offsetsInState0;
};

} // namespace remat

#endif // REMAT_DIALECT_REMAT_IR_CORELAYOUT_H
