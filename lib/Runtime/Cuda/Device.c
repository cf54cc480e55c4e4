//===- Device.c - Devices and their memory ---------------------- ---*- C -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

#include <inttypes.h>
#include <stdlib.h>

//===----------------------------------------------------------------------===//
// Devices
//===----------------------------------------------------------------------===//

static RematCudaStatus findDevice(RematCudaDevice *device, int32_t ordinal, RematCudaError *error) {
  const Driver *driver = &device->driver;
  int count = 0;
  RematCudaStatus status = rematCudaCheck(driver, driver->cuDeviceGetCount(&count), error, "count the CUDA devices");
  if (status)
    return status;
  if (ordinal < 0 || ordinal >= count)
    return rematCudaSetError(error, REMAT_CUDA_UNAVAILABLE, "there is no CUDA device %" PRId32 ": the driver has %d",
                             ordinal, count);
  return rematCudaCheck(driver, driver->cuDeviceGet(&device->number, ordinal), error, "open CUDA device %" PRId32,
                        ordinal);
}

/// The device of the caller's context.
static RematCudaStatus findDeviceOf(RematCudaDevice *device, CUcontext context, RematCudaError *error) {
  const Driver *driver = &device->driver;
  device->context = context;
  RematCudaStatus status = rematCudaEnter(device, error);
  if (status)
    return status;
  status = rematCudaCheck(driver, driver->cuCtxGetDevice(&device->number), error, "find the device of the context");
  RematCudaStatus left = rematCudaLeave(device, error);
  return status ? status : left;
}

static RematCudaStatus readAttributes(RematCudaDevice *device, RematCudaError *error) {
  const Driver *driver = &device->driver;
  int major = 0, minor = 0;
  RematCudaStatus status =
      rematCudaCheck(driver, driver->cuDeviceGetName(device->name, sizeof(device->name), device->number), error,
                     "read the name of CUDA device %d", device->number);
  if (!status)
    status = rematCudaCheck(
        driver, driver->cuDeviceGetAttribute(&major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device->number),
        error, "read the compute capability of %s", device->name);
  if (!status)
    status = rematCudaCheck(
        driver, driver->cuDeviceGetAttribute(&minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device->number),
        error, "read the compute capability of %s", device->name);
  device->capability = major * 10 + minor;
  return status;
}

static RematCudaStatus open(int32_t ordinal, CUcontext context, RematCudaDevice **opened, RematCudaError *error) {
  *opened = NULL;
  rematCudaClearError(error);
  RematCudaDevice *device = calloc(1, sizeof(RematCudaDevice));
  if (!device)
    return rematCudaSetError(error, REMAT_CUDA_FAILURE, "cannot open a CUDA device: out of memory");
  RematCudaStatus status = rematCudaLoadDriver(&device->driver, error);
  if (!status)
    status = context ? findDeviceOf(device, context, error) : findDevice(device, ordinal, error);
  if (!status)
    status = readAttributes(device, error);
  if (!status && !context) {
    status = rematCudaCheck(&device->driver, device->driver.cuDevicePrimaryCtxRetain(&device->context, device->number),
                            error, "use the primary context of %s", device->name);
    device->ownsContext = !status;
  }
  if (status) {
    free(device);
    return status;
  }
  *opened = device;
  return REMAT_CUDA_SUCCESS;
}

RematCudaStatus rematCudaOpenDevice(int32_t ordinal, RematCudaDevice **device, RematCudaError *error) {
  return open(ordinal, NULL, device, error);
}

RematCudaStatus rematCudaOpenContext(void *context, RematCudaDevice **device, RematCudaError *error) {
  if (context)
    return open(0, context, device, error);
  *device = NULL;
  rematCudaClearError(error);
  return rematCudaSetError(error, REMAT_CUDA_INVALID_ARGUMENT, "expected a CUDA context, but got a null pointer");
}

void rematCudaCloseDevice(RematCudaDevice *device) {
  if (device && device->ownsContext)
    device->driver.cuDevicePrimaryCtxRelease_v2(device->number);
  free(device);
}

const char *rematCudaGetDeviceName(const RematCudaDevice *device) { return device->name; }

int32_t rematCudaGetCapability(const RematCudaDevice *device) { return device->capability; }

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// Leaves the context; the first of the two errors counts.
static RematCudaStatus finish(RematCudaDevice *device, RematCudaStatus status, RematCudaError *error) {
  RematCudaStatus left = rematCudaLeave(device, error);
  return status ? status : left;
}

RematCudaStatus rematCudaAllocate(RematCudaDevice *device, uint64_t bytes, uint64_t *address, RematCudaError *error) {
  rematCudaClearError(error);
  *address = 0;
  if (bytes == 0)
    return REMAT_CUDA_SUCCESS;
  RematCudaStatus status = rematCudaEnter(device, error);
  if (status)
    return status;
  CUdeviceptr block = 0;
  status = rematCudaCheck(&device->driver, device->driver.cuMemAlloc_v2(&block, bytes), error,
                          "allocate %" PRIu64 " bytes on %s", bytes, device->name);
  *address = status ? 0 : block;
  return finish(device, status, error);
}

RematCudaStatus rematCudaFree(RematCudaDevice *device, uint64_t address, RematCudaError *error) {
  rematCudaClearError(error);
  if (address == 0)
    return REMAT_CUDA_SUCCESS;
  RematCudaStatus status = rematCudaEnter(device, error);
  if (status)
    return status;
  status =
      rematCudaCheck(&device->driver, device->driver.cuMemFree_v2(address), error, "free memory of %s", device->name);
  return finish(device, status, error);
}

RematCudaStatus rematCudaCopyToDevice(RematCudaDevice *device, uint64_t target, const void *source, uint64_t bytes,
                                      RematCudaError *error) {
  rematCudaClearError(error);
  if (bytes == 0)
    return REMAT_CUDA_SUCCESS;
  RematCudaStatus status = rematCudaEnter(device, error);
  if (status)
    return status;
  status = rematCudaCheck(&device->driver, device->driver.cuMemcpyHtoD_v2(target, source, bytes), error,
                          "copy %" PRIu64 " bytes to %s", bytes, device->name);
  return finish(device, status, error);
}

RematCudaStatus rematCudaCopyToHost(RematCudaDevice *device, void *target, uint64_t source, uint64_t bytes,
                                    RematCudaError *error) {
  rematCudaClearError(error);
  if (bytes == 0)
    return REMAT_CUDA_SUCCESS;
  RematCudaStatus status = rematCudaEnter(device, error);
  if (status)
    return status;
  status = rematCudaCheck(&device->driver, device->driver.cuMemcpyDtoH_v2(target, source, bytes), error,
                          "copy %" PRIu64 " bytes from %s", bytes, device->name);
  return finish(device, status, error);
}

RematCudaStatus rematCudaCheckAddress(RematCudaDevice *device, uint64_t address, uint64_t alignment, const char *what,
                                      RematCudaError *error) {
  rematCudaClearError(error);
  if (address % alignment != 0)
    return rematCudaSetError(error, REMAT_CUDA_INVALID_ARGUMENT,
                             "%s: expected an address that is a multiple of %" PRIu64 ", but got 0x%" PRIx64, what,
                             alignment, address);
  RematCudaStatus status = rematCudaEnter(device, error);
  if (status)
    return status;
  unsigned int kind = 0;
  CUresult result = device->driver.cuPointerGetAttribute(&kind, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, address);
  // An address that the driver does not know is one of the host.
  if (result != CUDA_SUCCESS && result != CUDA_ERROR_INVALID_VALUE)
    status = rematCudaCheck(&device->driver, result, error, "find what lies at 0x%" PRIx64, address);
  else if (result != CUDA_SUCCESS || kind != CU_MEMORYTYPE_DEVICE)
    status = rematCudaSetError(error, REMAT_CUDA_INVALID_ARGUMENT,
                               "%s: expected memory of %s, but 0x%" PRIx64 " is none", what, device->name, address);
  return finish(device, status, error);
}
