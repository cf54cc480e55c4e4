//===- Driver.c - The CUDA driver, loaded ----------------------- ---*- C -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static RematCudaStatus setError(RematCudaError *error, RematCudaStatus status, const char *format, va_list arguments) {
  if (error->status == REMAT_CUDA_SUCCESS) {
    error->status = status;
    vsnprintf(error->message, sizeof(error->message), format, arguments);
  }
  return status;
}

RematCudaStatus rematCudaSetError(RematCudaError *error, RematCudaStatus status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  setError(error, status, format, arguments);
  va_end(arguments);
  return status;
}

void rematCudaClearError(RematCudaError *error) {
  error->status = REMAT_CUDA_SUCCESS;
  error->message[0] = 0;
}

static RematCudaStatus getStatus(CUresult result) {
  switch (result) {
  case CUDA_SUCCESS:
    return REMAT_CUDA_SUCCESS;
  case CUDA_ERROR_NO_DEVICE:
  case CUDA_ERROR_INVALID_DEVICE:
  case CUDA_ERROR_NO_BINARY_FOR_GPU:
  case CUDA_ERROR_JIT_COMPILER_NOT_FOUND:
  case CUDA_ERROR_UNSUPPORTED_PTX_VERSION:
    return REMAT_CUDA_UNAVAILABLE;
  case CUDA_ERROR_INVALID_PTX:
  case CUDA_ERROR_NOT_FOUND:
    return REMAT_CUDA_INVALID_CODE;
  default:
    return REMAT_CUDA_FAILURE;
  }
}

RematCudaStatus rematCudaCheck(const Driver *driver, CUresult result, RematCudaError *error, const char *format, ...) {
  if (result == CUDA_SUCCESS)
    return REMAT_CUDA_SUCCESS;
  char what[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(what, sizeof(what), format, arguments);
  va_end(arguments);
  const char *name = NULL, *text = NULL;
  if (driver->cuGetErrorName(result, &name) != CUDA_SUCCESS || !name)
    name = "an unknown error";
  if (driver->cuGetErrorString(result, &text) != CUDA_SUCCESS || !text)
    text = "the driver has no words for it";
  return rematCudaSetError(error, getStatus(result), "cannot %s: %s (%s)", what, name, text);
}

/// Where the driver has another name than the environment says, there may be none.
static const char *getLibrary(void) {
  const char *asked = getenv("REMAT_CUDA_DRIVER");
  return asked && *asked ? asked : "libcuda.so.1";
}

RematCudaStatus rematCudaLoadDriver(Driver *driver, RematCudaError *error) {
  const char *name = getLibrary();
  // A driver has threads and handlers of its own: it stays in the process.
  void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!library)
    return rematCudaSetError(error, REMAT_CUDA_UNAVAILABLE, "cannot load the CUDA driver: %s", dlerror());
  const char *missing = NULL;
#define REMAT_CUDA_ENTRY(entry, parameters)                                                                            \
  *(void **)&driver->entry = dlsym(library, #entry);                                                                   \
  if (!driver->entry)                                                                                                  \
    missing = #entry;
#include "DriverEntries.def"
  dlclose(library);
  if (missing)
    return rematCudaSetError(error, REMAT_CUDA_UNAVAILABLE, "the CUDA driver '%s' has no function '%s'", name, missing);
  return rematCudaCheck(driver, driver->cuInit(0), error, "start the CUDA driver '%s'", name);
}

RematCudaStatus rematCudaEnter(const RematCudaDevice *device, RematCudaError *error) {
  return rematCudaCheck(&device->driver, device->driver.cuCtxPushCurrent_v2(device->context), error,
                        "make the context of %s current", device->name);
}

RematCudaStatus rematCudaLeave(const RematCudaDevice *device, RematCudaError *error) {
  CUcontext context = NULL;
  return rematCudaCheck(&device->driver, device->driver.cuCtxPopCurrent_v2(&context), error, "leave the context of %s",
                        device->name);
}
