//===- denormals.c - The floating-point mode of a caller in C ---*- C -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Inside a call 2^-126 / 2 is zero, and in this file never, however the call ended.
//
//===----------------------------------------------------------------------===//

#include "remat/ABI/Entry.h"
#include "remat/Runtime/Runtime.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

enum { extent = 19 };

typedef struct {
  void *allocated, *aligned;
  int64_t offset, sizes[1], strides[1];
} Array;

void _mlir_ciface_halve(Array *x, Array *y, Array *table, int64_t k, int64_t flag, Array *half, Array *wideHalf,
                        Array *arena, Array *parameters, Array *counters, Array *walk);
extern const int64_t halve_arena_bytes;

static jmp_buf left;
static volatile float smallest = 0x1p-126f;
static volatile double smallestWide = 0x1p-1022;
static int wrong;

static void expect(int holds, const char *what) {
  if (!holds)
    printf("wrong: %s\n", what);
  wrong |= !holds;
}

static int keepsDenormals(void) { return smallest * 0.5f != 0 && smallestWide * 0.5 != 0; }

static void handle(void *context, const char *message) {
  expect(keepsDenormals(), "the handler flushes");
  printf("%s: %s\n", (const char *)context, message);
  longjmp(left, 1);
}

static Array view(void *data, int64_t count) { return (Array){data, data, 0, {count}, {1}}; }

int main(void) {
  float x[extent], half[extent], table[4] = {0.5f, 0.5f, 0.5f, 0.5f};
  double y[extent], wideHalf[extent];
  int64_t counts[REMAT_NUM_COUNTERS] = {0};
  for (int i = 0; i < extent; ++i) {
    x[i] = smallest;
    y[i] = smallestWide;
    half[i] = 1;
    wideHalf[i] = 1;
  }
  void *memory = aligned_alloc(64, (size_t)(halve_arena_bytes + 64) / 64 * 64);
  Array xs = view(x, extent), ys = view(y, extent), tables = view(table, 4), halves = view(half, extent),
        wideHalves = view(wideHalf, extent), arena = view(memory, halve_arena_bytes), parameters = view(memory, 0),
        counters = view(counts, REMAT_NUM_COUNTERS), walk = view(memory, 0);
  static const struct {
    const char *name;
    int64_t k, flag;
  } calls[] = {{"success", 1, 1}, {"assertion", 1, 0}, {"index", 4, 1}, {"again", 1, 1}};
  for (int i = 0; i < 4; ++i) {
    rematSetFailureHandler(handle, (void *)calls[i].name);
    if (setjmp(left) == 0) {
      _mlir_ciface_halve(&xs, &ys, &tables, calls[i].k, calls[i].flag, &halves, &wideHalves, &arena, &parameters,
                         &counters, &walk);
      printf("%s: %g %g\n", calls[i].name, half[extent - 1], wideHalf[0]);
    }
    expect(keepsDenormals(), calls[i].name);
  }
  free(memory);
  return wrong;
}
