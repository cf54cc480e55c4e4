//===- Driver.h - The CUDA driver, loaded ----------------------- ---*- C -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_RUNTIME_CUDA_DRIVER_H
#define REMAT_LIB_RUNTIME_CUDA_DRIVER_H

#include "DriverTypes.h"

#include "remat/Runtime/Cuda.h"

/// The functions of DriverEntries.def.
typedef struct Driver {
#define REMAT_CUDA_ENTRY(name, parameters) CUresult(*name) parameters;
#include "DriverEntries.def"
} Driver;

struct RematCudaDevice {
  Driver driver;
  CUdevice number;
  CUcontext context;
  /// Whether the context is the primary one, which is given up at the end.
  int ownsContext;
  int32_t capability;
  char name[256];
};

/// Writes the error, unless there is one already, and returns its status.
RematCudaStatus rematCudaSetError(RematCudaError *error, RematCudaStatus status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/// Forgets a former error.
void rematCudaClearError(RematCudaError *error);

/// The status of `result`; an error says what could not be done: "cannot load the code: ...".
RematCudaStatus rematCudaCheck(const Driver *driver, CUresult result, RematCudaError *error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/// Loads the driver and looks its functions up.
RematCudaStatus rematCudaLoadDriver(Driver *driver, RematCudaError *error);

/// Makes the device's context current for the calling thread, and takes it away again.
RematCudaStatus rematCudaEnter(const RematCudaDevice *device, RematCudaError *error);
RematCudaStatus rematCudaLeave(const RematCudaDevice *device, RematCudaError *error);

#endif // REMAT_LIB_RUNTIME_CUDA_DRIVER_H
