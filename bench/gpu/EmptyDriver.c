//===- EmptyDriver.c - A CUDA driver that does nothing ----------------*- C -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every function succeeds at once and computes nothing, so that what a launch costs in
// front of it can be measured (launch-cost).
//
//===----------------------------------------------------------------------===//

#include <stddef.h>

typedef unsigned long long Address;

int cuInit(unsigned flags) { return 0; }
int cuDriverGetVersion(int *version) { return *version = 13000, 0; }
int cuGetErrorName(int error, const char **name) { return *name = "error", 0; }
int cuGetErrorString(int error, const char **text) { return *text = "an error", 0; }
int cuDeviceGetCount(int *count) { return *count = 1, 0; }
int cuDeviceGet(int *device, int ordinal) { return *device = ordinal, 0; }
int cuDeviceGetName(char *name, int length, int device) { return name[0] = '-', name[1] = 0; }
/// The capability is 9.9: any code can run.
int cuDeviceGetAttribute(int *value, int attribute, int device) { return *value = 9, 0; }
int cuDevicePrimaryCtxRetain(void **context, int device) { return *context = context, 0; }
int cuDevicePrimaryCtxRelease_v2(int device) { return 0; }
int cuCtxPushCurrent_v2(void *context) { return 0; }
int cuCtxPopCurrent_v2(void **context) { return 0; }
int cuCtxGetDevice(int *device) { return *device = 0; }
int cuMemAlloc_v2(Address *address, size_t bytes) { return *address = 4096, 0; }
int cuMemFree_v2(Address address) { return 0; }
int cuMemcpyHtoD_v2(Address target, const void *source, size_t bytes) { return 0; }
int cuMemcpyDtoH_v2(void *target, Address source, size_t bytes) { return 0; }
int cuMemcpyDtoDAsync_v2(Address target, Address source, size_t bytes, void *stream) { return 0; }
/// Memory of a device.
int cuPointerGetAttribute(int *value, int attribute, Address address) { return *value = 2, 0; }
int cuModuleLoadDataEx(void **module, const void *image, unsigned count, int *options, void **values) {
  return *module = module, 0;
}
int cuModuleUnload(void *module) { return 0; }
int cuModuleGetFunction(void **function, void *module, const char *name) { return *function = function, 0; }
/// There is no such variable.
int cuModuleGetGlobal_v2(Address *address, size_t *bytes, void *module, const char *name) { return 500; }
int cuStreamCreate(void **stream, unsigned flags) { return *stream = stream, 0; }
int cuStreamDestroy_v2(void *stream) { return 0; }
int cuStreamSynchronize(void *stream) { return 0; }
int cuLaunchKernel(void *function, unsigned x, unsigned y, unsigned z, unsigned threadsX, unsigned threadsY,
                   unsigned threadsZ, unsigned shared, void *stream, void **parameters, void **extra) {
  return 0;
}
