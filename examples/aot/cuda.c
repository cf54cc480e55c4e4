//===- cuda.c - A gradient on a GPU, called from C --------------------*- C -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// As main.c, but network.mlir is compiled for a GPU. Arrays, arena and counters are
// memory of the device; the walk of the plan is the host's. The CUDA driver is loaded
// when the device is opened; nothing of CUDA, MLIR or LLVM is linked.
//
//===----------------------------------------------------------------------===//

#include "remat/Runtime/Cuda.h"
#include "remat/ABI/Alignment.h"
#include "remat/ABI/Entry.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { steps = 200, batch = 4, width = 8 };

// Arrays as MLIR passes them: where they were allocated, where they begin, and the
// sizes and strides of their dimensions. Here the addresses are the device's.
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

// What network.mlir becomes: the function, the sizes of the blocks it works in, and its kernels.
void _mlir_ciface_network(Array3 *xs, Array2 *w, Array0 *loss, Array2 *d_w, Array1 *arena, Array1 *parameters,
                          Array1 *counters, Array1 *walk, RematCudaCall *call);
extern const int64_t network_arena_bytes, network_parameter_bytes, network_walk_bytes;
extern const RematCudaCode network_code;

static RematCudaError error;

static void check(RematCudaStatus status) {
  if (status == REMAT_CUDA_SUCCESS)
    return;
  fprintf(stderr, "aot: %s\n", error.message);
  exit(1);
}

static RematCudaDevice *device;
static RematCudaProgram *program;

static void *allocate(int64_t bytes) {
  uint64_t address = 0;
  check(rematCudaAllocate(device, (uint64_t)bytes, &address, &error));
  return (void *)(uintptr_t)address;
}

static void copy_in(void *target, const void *source, size_t bytes) {
  check(rematCudaCopyToDevice(device, (uintptr_t)target, source, bytes, &error));
}

static void copy_out(void *target, const void *source, size_t bytes) {
  check(rematCudaCopyToHost(device, target, (uintptr_t)source, bytes, &error));
}

static float xs[steps][batch][width], w[width][width], d_w[width][width];
static struct {
  void *xs, *w, *loss, *d_w, *arena, *parameters, *counters;
} on_device;
static void *walk;

static float call_network(void) {
  copy_in(on_device.w, w, sizeof(w));
  Array3 inputs = {on_device.xs, on_device.xs, 0, {steps, batch, width}, {batch * width, width, 1}};
  Array2 weight = {on_device.w, on_device.w, 0, {width, width}, {width, 1}};
  Array0 result = {on_device.loss, on_device.loss, 0};
  Array2 gradient = {on_device.d_w, on_device.d_w, 0, {width, width}, {width, 1}};
  Array1 arena = {on_device.arena, on_device.arena, 0, {network_arena_bytes}, {1}};
  Array1 parameters = {on_device.parameters, on_device.parameters, 0, {network_parameter_bytes}, {1}};
  Array1 counters = {on_device.counters, on_device.counters, 0, {REMAT_NUM_COUNTERS}, {1}};
  Array1 moves = {walk, walk, 0, {network_walk_bytes}, {1}};

  // The kernels of a call go into a stream; what follows waits for them.
  RematCudaCall call;
  if (rematCudaBegin(&call, program, rematCudaGetStream(program)) == REMAT_CUDA_SUCCESS) {
    _mlir_ciface_network(&inputs, &weight, &result, &gradient, &arena, &parameters, &counters, &moves, &call);
    rematCudaEnd(&call);
    rematCudaWait(&call);
  }
  error = call.error;
  check(call.error.status);

  float loss = 0;
  int64_t counts[REMAT_NUM_COUNTERS];
  copy_out(&loss, on_device.loss, sizeof(loss));
  copy_out(d_w, on_device.d_w, sizeof(d_w));
  copy_out(counts, on_device.counters, sizeof(counts));
  printf("loss %.4f after %lld forward and %lld reverse steps, %lld kernels\n", loss,
         (long long)(counts[REMAT_COUNTER_ADVANCE] + counts[REMAT_COUNTER_ADVANCE_AGAIN] +
                     counts[REMAT_COUNTER_RECORD] + counts[REMAT_COUNTER_RECORD_AGAIN]),
         (long long)counts[REMAT_COUNTER_REVERSE], (long long)call.launches);
  return loss;
}

int main(void) {
  for (int t = 0; t < steps; ++t)
    for (int i = 0; i < batch * width; ++i)
      xs[t][i / width][i % width] = 0.5f * sinf(0.1f * (float)(t * (i + 1)));
  for (int i = 0; i < width * width; ++i)
    w[i / width][i % width] = 0.25f * cosf((float)i);

  check(rematCudaOpenDevice(0, &device, &error));
  check(rematCudaLoad(device, &network_code, &program, &error));
  printf("%s: an arena of %lld bytes and a walk of %lld\n", rematCudaGetDeviceName(device),
         (long long)network_arena_bytes, (long long)network_walk_bytes);
  on_device.xs = allocate(sizeof(xs));
  on_device.w = allocate(sizeof(w));
  on_device.loss = allocate(sizeof(float));
  on_device.d_w = allocate(sizeof(d_w));
  on_device.arena = allocate(network_arena_bytes);
  on_device.parameters = allocate(network_parameter_bytes);
  on_device.counters = allocate(REMAT_NUM_COUNTERS * (int64_t)sizeof(int64_t));
  walk = aligned_alloc(REMAT_ALIGNMENT, (size_t)network_walk_bytes);
  if (!walk) {
    fprintf(stderr, "aot: no memory\n");
    return 1;
  }
  copy_in(on_device.xs, xs, sizeof(xs));

  call_network();
  float by_adjoint = d_w[2][3];
  const float shift = 1e-2f, original = w[2][3];
  w[2][3] = original + shift;
  float above = call_network();
  w[2][3] = original - shift;
  float below = call_network();
  float by_difference = (above - below) / (2 * shift);
  printf("gradient %.3f, central difference %.3f\n", by_adjoint, by_difference);

  void *blocks[] = {on_device.xs,    on_device.w,          on_device.loss,    on_device.d_w,
                    on_device.arena, on_device.parameters, on_device.counters};
  for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); ++i)
    check(rematCudaFree(device, (uintptr_t)blocks[i], &error));
  rematCudaUnload(program);
  rematCudaCloseDevice(device);
  free(walk);
  return fabsf(by_adjoint - by_difference) <= 1e-2f * fabsf(by_difference) ? 0 : 1;
}
