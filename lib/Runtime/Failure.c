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

/// Long enough for the path of a file and what is said of it.
enum { MessageSize = 4600 };

void rematFailAtIndex(int64_t index, int64_t step, int64_t position, int64_t limit, const char *source) {
  char place[64], range[64], message[MessageSize];
  if (step >= 0)
    snprintf(place, sizeof(place), "step %" PRId64 ", position %" PRId64, step, position);
  else
    snprintf(place, sizeof(place), "position %" PRId64, position);
  if (limit > 0)
    snprintf(range, sizeof(range), "expected 0 to %" PRId64, limit - 1);
  else
    snprintf(range, sizeof(range), "it is empty");
  snprintf(message, sizeof(message), "index %" PRId64 " at %s is outside its table: %s%s", index, place, range, source);
  rematFail(message);
}

void rematCheckIndices(const void *indices, int64_t steps, int64_t perStep, int64_t limit, int64_t width,
                       int64_t firstStep, int64_t reversed, const char *place) {
  for (int64_t step = 0; step < steps; ++step) {
    int64_t row = reversed ? steps - 1 - step : step;
    for (int64_t position = 0; position < perStep; ++position) {
      int64_t index = loadIndex(indices, row * perStep + position, width);
      if (index < 0 || index >= limit)
        rematFailAtIndex(index, firstStep < 0 ? firstStep : firstStep + step, position, limit, place);
    }
  }
}

void rematCheckRange(int64_t value, int64_t least, int64_t most, int64_t step, const char *what, const char *place) {
  if (value >= least && value <= most)
    return;
  char when[32] = "", range[64], message[MessageSize];
  if (step >= 0)
    snprintf(when, sizeof(when), " at step %" PRId64, step);
  if (least == most)
    snprintf(range, sizeof(range), "%" PRId64, most);
  else if (most == INT64_MAX)
    snprintf(range, sizeof(range), "at least %" PRId64, least);
  else if (least > most)
    snprintf(range, sizeof(range), "another, there is none that fits");
  else
    snprintf(range, sizeof(range), "%" PRId64 " to %" PRId64, least, most);
  snprintf(message, sizeof(message), "%s is %" PRId64 "%s: expected %s%s", what, value, when, range, place);
  rematFail(message);
}
