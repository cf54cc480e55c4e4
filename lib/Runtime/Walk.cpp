//===- Walk.cpp - Walking a plan table ------------------------ ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The C face of schedule::Walker. The walker is the one that the planner and
// the simulator use, so that what is planned is what runs.
//
//===----------------------------------------------------------------------===//

#include "remat/Runtime/Runtime.h"
#include "remat/Schedule/Walker.h"

using namespace remat::schedule;

static_assert(numMoveWords * sizeof(int64_t) <= REMAT_WALKER_AND_MOVE_BYTES - REMAT_MOVE_OFFSET, "a move has to fit");
static_assert(alignof(Walker) <= 8 && alignof(Walker::Frame) <= 8, "the program aligns to 8");

extern "C" void rematWalkBegin(void *walk, const int64_t *table, int64_t state, int64_t tape, int64_t initial,
                               void *stack) {
  static_cast<Walker *>(walk)->begin(table, {state, tape, initial}, static_cast<Walker::Frame *>(stack));
}

extern "C" int64_t rematWalkNext(void *walk, int64_t *move) {
  Move next = static_cast<Walker *>(walk)->next();
  move[StepWord] = next.step;
  move[SourceWord] = next.src;
  move[DestinationWord] = next.dst;
  move[TapeWord] = next.tape;
  move[ModeWord] = next.mode;
  return static_cast<int64_t>(next.kind);
}
