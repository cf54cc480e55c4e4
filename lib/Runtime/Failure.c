//===- Failure.c - Errors of a running program ---------------- ---*- C -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A compiled program has no error results. What can go wrong while it runs (an
// assertion of the step, an index outside a table) ends the run through the
// handler, which the embedding code sets per thread.
//
//===----------------------------------------------------------------------===//

#include "Denormals.h"

#include "remat/Runtime/Runtime.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/// The exit status of a fault while running.
enum { FaultStatus = 6 };

static _Thread_local RematFailureHandler currentHandler;
static _Thread_local void *currentContext;

void rematSetFailureHandler(RematFailureHandler handler, void *context) {
  currentHandler = handler;
  currentContext = context;
}

RematFailureHandler rematGetFailureHandler(void **context) {
  *context = currentContext;
  return currentHandler;
}

void rematFail(const char *message) {
  rematLeaveFlushing();
  if (currentHandler)
    currentHandler(currentContext, message);
  else
    fprintf(stderr, "error: %s\n", message);
  exit(FaultStatus);
}

static int64_t loadIndex(const void *indices, int64_t at, int64_t width) {
  switch (width) {
  case 1:
    return ((const int8_t *)indices)[at];
  case 2:
    return ((const int16_t *)indices)[at];
  case 4:
    return ((const int32_t *)indices)[at];
  default:
    return ((const int64_t *)indices)[at];
  }
}

static void failAtIndex(int64_t index, int64_t step, int64_t position, int64_t limit) {
  char place[64], range[64], message[256];
  if (step >= 0)
    snprintf(place, sizeof(place), "step %" PRId64 ", position %" PRId64, step, position);
  else
    snprintf(place, sizeof(place), "position %" PRId64, position);
  if (limit > 0)
    snprintf(range, sizeof(range), "expected 0 to %" PRId64, limit - 1);
  else
    snprintf(range, sizeof(range), "it is empty");
  snprintf(message, sizeof(message), "index %" PRId64 " at %s is outside its table: %s", index, place, range);
  rematFail(message);
}

void rematCheckIndices(const void *indices, int64_t steps, int64_t perStep, int64_t limit, int64_t width,
                       int64_t firstStep, int64_t reversed) {
  for (int64_t step = 0; step < steps; ++step) {
    int64_t row = reversed ? steps - 1 - step : step;
    for (int64_t position = 0; position < perStep; ++position) {
      int64_t index = loadIndex(indices, row * perStep + position, width);
      if (index < 0 || index >= limit)
        failAtIndex(index, firstStep < 0 ? firstStep : firstStep + step, position, limit);
    }
  }
}
