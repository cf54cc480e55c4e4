//===- Cuda.h - Programs on an NVIDIA GPU ----------------------- ---*- C -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a program that was compiled for a GPU needs from the machine: a device, memory
// on it, its kernels, and calls that launch them. The CUDA driver is loaded when the
// first device is opened, from the file that the environment variable
// REMAT_CUDA_DRIVER names, else libcuda.so.1; nothing is linked and no toolkit is needed.
//
// Memory is a 64-bit address of the device. A device makes its context current in each
// of its functions and restores the caller's, so that devices, other libraries
// and threads do not meet. No function of this file ends the process.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_RUNTIME_CUDA_H
#define REMAT_RUNTIME_CUDA_H

#include "remat/ABI/Record.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

typedef enum RematCudaStatus {
  REMAT_CUDA_SUCCESS,
  /// No driver, no such device, or neither can run the code.
  REMAT_CUDA_UNAVAILABLE,
  /// Memory is short, a kernel failed, or the driver reports an error.
  REMAT_CUDA_FAILURE,
  /// The driver says that the code of the program is no valid code: a fault of the compiler.
  REMAT_CUDA_INVALID_CODE,
  /// The caller gave an address that kernels cannot read.
  REMAT_CUDA_INVALID_ARGUMENT
} RematCudaStatus;

enum { REMAT_CUDA_MESSAGE_SIZE = 4096 };

/// What went wrong, in words that name what was attempted and the driver's error. Empty
/// behind a success.
typedef struct RematCudaError {
  RematCudaStatus status;
  char message[REMAT_CUDA_MESSAGE_SIZE];
} RematCudaError;

//===----------------------------------------------------------------------===//
// Devices
//===----------------------------------------------------------------------===//

typedef struct RematCudaDevice RematCudaDevice;

/// Opens device number `ordinal` with its primary context.
RematCudaStatus rematCudaOpenDevice(int32_t ordinal, RematCudaDevice **device, RematCudaError *error);

/// Opens the device of `context`, a CUcontext, which stays the caller's.
RematCudaStatus rematCudaOpenContext(void *context, RematCudaDevice **device, RematCudaError *error);

/// Gives up the primary context, if it is that. Programs and memory are released before.
void rematCudaCloseDevice(RematCudaDevice *device);

/// As the driver calls it.
const char *rematCudaGetDeviceName(const RematCudaDevice *device);

/// 80 for compute capability 8.0, chip sm_80.
int32_t rematCudaGetCapability(const RematCudaDevice *device);

//===----------------------------------------------------------------------===//
// Memory, outside of calls
//===----------------------------------------------------------------------===//

/// `bytes` bytes; an address of 0 for none.
RematCudaStatus rematCudaAllocate(RematCudaDevice *device, uint64_t bytes, uint64_t *address, RematCudaError *error);
RematCudaStatus rematCudaFree(RematCudaDevice *device, uint64_t address, RematCudaError *error);

/// Copies, and waits until it is done.
RematCudaStatus rematCudaCopyToDevice(RematCudaDevice *device, uint64_t target, const void *source, uint64_t bytes,
                                      RematCudaError *error);
RematCudaStatus rematCudaCopyToHost(RematCudaDevice *device, void *target, uint64_t source, uint64_t bytes,
                                    RematCudaError *error);

/// Fails as an invalid argument, which the message calls `what`, unless `address` is memory of
/// a device and a multiple of `alignment`.
RematCudaStatus rematCudaCheckAddress(RematCudaDevice *device, uint64_t address, uint64_t alignment, const char *what,
                                      RematCudaError *error);

//===----------------------------------------------------------------------===//
// Programs and calls
//===----------------------------------------------------------------------===//

typedef struct RematCudaProgram RematCudaProgram;

/// The code of a program: PTX, which ends with a 0, or a cubin, and the names of its
/// kernels, by whose place in the list the program launches them.
typedef struct RematCudaCode {
  const char *image;
  const char *const *kernels;
  int32_t numKernels;
} RematCudaCode;

/// Loads the code, once for all calls.
RematCudaStatus rematCudaLoad(RematCudaDevice *device, const RematCudaCode *code, RematCudaProgram **program,
                              RematCudaError *error);
void rematCudaUnload(RematCudaProgram *program);

/// A stream of the program's own, a CUstream, for callers that have none.
void *rematCudaGetStream(const RematCudaProgram *program);

/// One call of a program. The first error sticks: what is launched behind it does nothing.
typedef struct RematCudaCall {
  RematCudaProgram *program;
  /// A CUstream; null is the driver's default stream.
  void *stream;
  /// Kernels that were launched.
  int64_t launches;
  /// Behind rematCudaWait: what the first check that failed on the device found, for the
  /// function REMAT_REPORT_NAME of the program, which says it in words; begins with 0 if none did.
  int64_t record[REMAT_RECORD_WORDS];
  RematCudaError error;
} RematCudaCall;

/// Begins a call whose kernels go into `stream`, on the calling thread until it ends. A call
/// that could not begin must not be ended.
RematCudaStatus rematCudaBegin(RematCudaCall *call, RematCudaProgram *program, void *stream);

/// Launches kernel number `kernel` with `blocks` blocks of `threads` threads and a pointer to
/// each parameter's value.
void rematCudaLaunch(RematCudaCall *call, int32_t kernel, int64_t blocks, int64_t threads, void **parameters);

/// Copies from one place on the device to another, in the stream.
void rematCudaCopy(RematCudaCall *call, uint64_t target, uint64_t source, int64_t bytes);

/// Whether something went wrong, so that nothing more needs to be launched.
int32_t rematCudaHasFailed(const RematCudaCall *call);

/// Ends what rematCudaBegin began; kernels may still run.
RematCudaStatus rematCudaEnd(RematCudaCall *call);

/// Waits until the kernels of an ended call have run, and reads the record of its checks. An
/// error of theirs is the call's.
RematCudaStatus rematCudaWait(RematCudaCall *call);

#ifdef __cplusplus
} // extern "C"
#endif

#endif // REMAT_RUNTIME_CUDA_H
