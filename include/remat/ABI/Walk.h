//===- Walk.h - The memory of a walk ---------------------------- -*- C -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A walk of a plan table lies in memory of the host, in a block of its own: what a target
// has in its arena is data. A loop has two parts of the block, the walker with the move that
// it made last, and the frames of its stack.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_ABI_WALK_H
#define REMAT_ABI_WALK_H

#include "remat/ABI/Alignment.h"

enum {
  /// Bytes of the walker, a multiple of the alignment, and of one frame of its stack.
  REMAT_WALKER_BYTES = 192,
  REMAT_FRAME_BYTES = 56,
  /// Where the move lies behind the walker. It takes one unit of alignment, the last one of
  /// the two: each step writes there, so that the end of the block is surely used.
  REMAT_MOVE_OFFSET = REMAT_WALKER_BYTES,
  REMAT_WALKER_AND_MOVE_BYTES = REMAT_MOVE_OFFSET + REMAT_ALIGNMENT
};

#endif // REMAT_ABI_WALK_H
