//===- LaunchCost.c - What the host does for a launch -----------------*- C -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Calls examples/aot/network.mlir on a driver that does nothing (EmptyDriver.c) and prints
// the median of calls, divided by their launches: the walk of the plan, parameters, and
// the runtime. The addresses of arrays are numbers that nobody reads at.
//
//===----------------------------------------------------------------------===//

#define _POSIX_C_SOURCE 199309L

#include "network.h"

#include "remat/ABI/Alignment.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { calls = 301 };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int compare(const void *left, const void *right) {
  double difference = *(const double *)left - *(const double *)right;
  return (difference > 0) - (difference < 0);
}

int main(void) {
  static RematCudaError error;
  RematCudaDevice *device;
  RematCudaProgram *program;
  if (rematCudaOpenDevice(0, &device, &error) || rematCudaLoad(device, &network_code, &program, &error)) {
    fprintf(stderr, "launch-cost: %s\n", error.message);
    return 1;
  }
  void *array = (void *)4096;
  void *memory = aligned_alloc(REMAT_ALIGNMENT, (size_t)network_walk_bytes);
  RematArray3 xs = {array, array, 0, {200, 4, 8}, {32, 8, 1}};
  RematArray2 w = {array, array, 0, {8, 8}, {8, 1}}, gradient = w;
  RematArray0 loss = {array, array, 0};
  RematArray1 arena = {array, array, 0, {network_arena_bytes}, {1}};
  RematArray1 parameters = {array, array, 0, {network_parameter_bytes}, {1}};
  RematArray1 counters = {array, array, 0, {REMAT_NUM_COUNTERS}, {1}};
  RematArray1 walk = {memory, memory, 0, {network_walk_bytes}, {1}};
  static double seconds[calls];
  static RematCudaCall call;
  for (int i = 0; i < calls; ++i) {
    double begin = now();
    if (rematCudaBegin(&call, program, rematCudaGetStream(program)) == REMAT_CUDA_SUCCESS) {
      _mlir_ciface_network(&xs, &w, &loss, &gradient, &arena, &parameters, &counters, &walk, &call);
      rematCudaEnd(&call);
      rematCudaWait(&call);
    }
    seconds[i] = now() - begin;
    if (call.error.status) {
      fprintf(stderr, "launch-cost: %s\n", call.error.message);
      return 1;
    }
  }
  qsort(seconds, calls, sizeof(*seconds), compare);
  printf("%lld launches, %.3f us for each\n", (long long)call.launches,
         1e6 * seconds[calls / 2] / (double)call.launches);
  rematCudaUnload(program);
  rematCudaCloseDevice(device);
  free(memory);
  return 0;
}
