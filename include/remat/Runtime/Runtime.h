//===- Runtime.h - C ABI of compiled programs ------------------ ---*- C -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The functions that compiled programs call, which remat/ABI/Symbols.def lists, and
// what an embedder needs to catch failures. The library needs the C library alone. It
// never allocates; a walk lives in memory that the program's plan counts.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_RUNTIME_RUNTIME_H
#define REMAT_RUNTIME_RUNTIME_H

#include "remat/ABI/Walk.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

//===----------------------------------------------------------------------===//
// Failure
//===----------------------------------------------------------------------===//

/// Called with a message that names what went wrong while a program ran. It must
/// not return to the program: it ends the process or leaves with longjmp. It runs in
/// the floating-point mode of the program's caller.
typedef void (*RematFailureHandler)(void *context, const char *message);

/// Sets the handler of the calling thread; null restores the default, which
/// prints the message to standard error and ends the process with status 6.
void rematSetFailureHandler(RematFailureHandler handler, void *context);

/// The handler of the calling thread and its context; null if it is the default.
RematFailureHandler rematGetFailureHandler(void **context);

/// Ends the run of the calling thread's program with `message`.
void rematFail(const char *message);

/// Fails unless each of `steps` * `perStep` integers is at least 0 and below
/// `limit`. The integers are signed, `width` bytes each (1, 2, 4 or 8), and lie
/// one after the other, those of the last step first if `reversed` is not 0. The
/// message names the first bad one in the order of the steps, by its step and its
/// position in it, and ends with `place`, where the table is read in the program;
/// `firstStep` is the number of the first step, or negative for indices that belong to
/// no step.
void rematCheckIndices(const void *indices, int64_t steps, int64_t perStep, int64_t limit, int64_t width,
                       int64_t firstStep, int64_t reversed, const char *place);

/// Fails as rematCheckIndices does at `index`, of a table of `limit` rows. A device that checks
/// indices says what it found, behind the call.
void rematFailAtIndex(int64_t index, int64_t step, int64_t position, int64_t limit, const char *place);

/// Fails unless `value` is at least `least` and at most `most`. The message calls it
/// `what`, names the step unless that is negative, and ends with `place`.
void rematCheckRange(int64_t value, int64_t least, int64_t most, int64_t step, const char *what, const char *place);

//===----------------------------------------------------------------------===//
// Floating-point environment
//===----------------------------------------------------------------------===//

/// Makes the calling thread flush denormal numbers to zero, both as inputs and
/// as results, and returns the former setting. Gradients that vanish over time
/// become denormal, which costs up to a hundred times the time of an operation.
/// A failure restores it. No effect on processors other than x86-64 and AArch64.
uint64_t rematFlushDenormals(void);

/// Restores what rematFlushDenormals returned.
void rematRestoreDenormals(uint64_t setting);

/// `value` rounded to bf16, to the nearest and in a tie to the even one, in the low 16 bits of the
/// register that it is returned in, where a bf16 is. LLVM calls it under this name.
float __truncsfbf2(float value);

//===----------------------------------------------------------------------===//
// Schedules
//===----------------------------------------------------------------------===//

/// Begins a walk of a plan table. `walk` has REMAT_WALKER_BYTES bytes aligned to 8,
/// `stack` as many frames as the plan asks for. The sizes are the bytes of a
/// state, of a tape, and of the initial state in the slot region (not used when
/// it is external).
void rematWalkBegin(void *walk, const int64_t *table, int64_t state, int64_t tape, int64_t initial, void *stack);

/// Writes the next move to `move`: step, source, destination and tape, with the
/// meaning of remat/ABI/Moves.h. Returns its kind.
int64_t rematWalkNext(void *walk, int64_t *move);

#ifdef __cplusplus
}
#endif

#endif // REMAT_RUNTIME_RUNTIME_H
