//===- Entry.h - How a compiled function is called -------------- -*- C -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The planned form of a public function @f:
//
//   f(arguments..., results..., arena, parameters, counters, walk)
//   f(arguments..., results..., arena, parameters, counters, walk, plan)
//
// the second one if its plan is made when it is called (remat/Runtime/Planner.h). A program
// for a GPU is given one argument more, the RematCudaCall that its kernels are launched in,
// and has a constant f_code, the RematCudaCode that it is (remat/Runtime/Cuda.h).
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_ABI_ENTRY_H
#define REMAT_ABI_ENTRY_H

/// What follows the results, in this order.
enum RematEntryArgument {
  /// The block that all buffers lie in, and that of parameter copies: memory of the target.
  REMAT_ENTRY_ARENA,
  REMAT_ENTRY_PARAMETERS,
  /// What the call did, see RematCounter.
  REMAT_ENTRY_COUNTERS,
  /// The block that plan tables are walked in, see remat/ABI/Walk.h: memory of the host.
  REMAT_ENTRY_WALK,
  /// The words of the plan, see remat/ABI/PlanWords.h.
  REMAT_ENTRY_PLAN
};

/// The counters, an array of 64-bit integers: the steps that ran for the first time
/// without a tape, again without, for the first time with one, again with one, and
/// backward.
enum RematCounter {
  REMAT_COUNTER_ADVANCE,
  REMAT_COUNTER_ADVANCE_AGAIN,
  REMAT_COUNTER_RECORD,
  REMAT_COUNTER_RECORD_AGAIN,
  REMAT_COUNTER_REVERSE,
  REMAT_NUM_COUNTERS
};

/// What the names of symbols end with that come with a function: the bytes of its three
/// blocks or, if its plan is made when it is called, the function that writes the counts
/// and the problem to plan.
#define REMAT_ARENA_BYTES_SUFFIX "_arena_bytes"
#define REMAT_PARAMETER_BYTES_SUFFIX "_parameter_bytes"
#define REMAT_WALK_BYTES_SUFFIX "_walk_bytes"
#define REMAT_COUNTS_SUFFIX "_counts"
#define REMAT_PROBLEM_SUFFIX "_problem"
/// The code for a device.
#define REMAT_CODE_SUFFIX "_code"

#endif // REMAT_ABI_ENTRY_H
