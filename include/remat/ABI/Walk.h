//===- Walk.h - The memory of a walk ---------------------------- -*- C -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A walk of a plan table lies in the arena: the walker, behind it the move that it
// made last, behind that the frames of its stack.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_ABI_WALK_H
#define REMAT_ABI_WALK_H

#include "remat/ABI/Alignment.h"

enum {
  /// Bytes of the walker, a multiple of the alignment, and of one frame of its stack.
  REMAT_WALK_BYTES = 192,
  REMAT_FRAME_BYTES = 56,
  /// Where the move lies, which takes one unit of alignment, and the first frame.
  REMAT_MOVE_OFFSET = REMAT_WALK_BYTES,
  REMAT_STACK_OFFSET = REMAT_MOVE_OFFSET + REMAT_ALIGNMENT
};

#endif // REMAT_ABI_WALK_H
