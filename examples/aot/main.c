//===- main.c - A gradient called from C ------------------------------*- C -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Calls the gradient that network.mlir was compiled to and compares one entry with
// a central difference. The caller owns all memory: arguments, results, and the three
// blocks that the plan asks for.
//
//===----------------------------------------------------------------------===//

#include "remat/ABI/Alignment.h"
#include "remat/ABI/Entry.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { steps = 200, batch = 4, width = 8 };

// Arrays as MLIR passes them: where they were allocated, where they begin, and the
// sizes and strides of their dimensions.
typedef struct {
  void *allocated, *aligned;
  int64_t offset;
} Array0;
typedef struct {
  void *allocated, *aligned;
  int64_t offset, sizes[1], strides[1];
} Array1;
typedef struct {
  void *allocated, *aligned;
  int64_t offset, sizes[2], strides[2];
} Array2;
typedef struct {
  void *allocated, *aligned;
  int64_t offset, sizes[3], strides[3];
} Array3;

// What network.mlir becomes: the function, and the sizes of the blocks it works in.
void _mlir_ciface_network(Array3 *xs, Array2 *w, Array0 *loss, Array2 *d_w, Array1 *arena, Array1 *parameters,
                          Array1 *counters, Array1 *walk);
extern const int64_t network_arena_bytes, network_parameter_bytes, network_walk_bytes;

static Array1 allocate(int64_t bytes) {
  int64_t units = bytes > 0 ? (bytes + REMAT_ALIGNMENT - 1) / REMAT_ALIGNMENT : 1;
  void *memory = aligned_alloc(REMAT_ALIGNMENT, units * REMAT_ALIGNMENT);
  if (!memory) {
    fprintf(stderr, "aot: no memory\n");
    exit(1);
  }
  return (Array1){memory, memory, 0, {bytes}, {1}};
}

static float xs[steps][batch][width], w[width][width], d_w[width][width];

static float call(Array1 *arena, Array1 *parameters, Array1 *walk) {
  float loss = 0;
  // Every call writes its own counts.
  static int64_t counts[REMAT_NUM_COUNTERS];
  Array3 inputs = {xs, xs, 0, {steps, batch, width}, {batch * width, width, 1}};
  Array2 weight = {w, w, 0, {width, width}, {width, 1}};
  Array0 result = {&loss, &loss, 0};
  Array2 gradient = {d_w, d_w, 0, {width, width}, {width, 1}};
  Array1 counters = {counts, counts, 0, {REMAT_NUM_COUNTERS}, {1}};
  _mlir_ciface_network(&inputs, &weight, &result, &gradient, arena, parameters, &counters, walk);
  printf("loss %.4f after %lld forward and %lld reverse steps\n", loss,
         (long long)(counts[REMAT_COUNTER_ADVANCE] + counts[REMAT_COUNTER_ADVANCE_AGAIN] +
                     counts[REMAT_COUNTER_RECORD] + counts[REMAT_COUNTER_RECORD_AGAIN]),
         (long long)counts[REMAT_COUNTER_REVERSE]);
  return loss;
}

int main(void) {
  for (int t = 0; t < steps; ++t)
    for (int i = 0; i < batch * width; ++i)
      xs[t][i / width][i % width] = 0.5f * sinf(0.1f * (float)(t * (i + 1)));
  for (int i = 0; i < width * width; ++i)
    w[i / width][i % width] = 0.25f * cosf((float)i);

  Array1 arena = allocate(network_arena_bytes), parameters = allocate(network_parameter_bytes),
         walk = allocate(network_walk_bytes);
  printf("an arena of %lld bytes and a walk of %lld\n", (long long)network_arena_bytes, (long long)network_walk_bytes);
  call(&arena, &parameters, &walk);
  float by_adjoint = d_w[2][3];

  const float shift = 1e-2f, original = w[2][3];
  w[2][3] = original + shift;
  float above = call(&arena, &parameters, &walk);
  w[2][3] = original - shift;
  float below = call(&arena, &parameters, &walk);
  float by_difference = (above - below) / (2 * shift);
  printf("gradient %.3f, central difference %.3f\n", by_adjoint, by_difference);

  free(arena.allocated);
  free(parameters.allocated);
  free(walk.allocated);
  return fabsf(by_adjoint - by_difference) <= 1e-2f * fabsf(by_difference) ? 0 : 1;
}
