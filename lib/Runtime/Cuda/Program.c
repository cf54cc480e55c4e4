//===- Program.c - Kernels and the calls that launch them ------- ---*- C -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

#include <inttypes.h>
#include <stdlib.h>

struct RematCudaProgram {
  RematCudaDevice *device;
  CUmodule module;
  CUstream stream;
  /// Of the record of checks; 0 if the code has none.
  CUdeviceptr record;
  const char *const *names;
  int32_t numKernels;
  CUfunction kernels[];
};

//===----------------------------------------------------------------------===//
// Loading
//===----------------------------------------------------------------------===//

/// What the driver says about the code may be long; the beginning names the cause.
static RematCudaStatus loadModule(RematCudaProgram *program, const char *image, RematCudaError *error) {
  const Driver *driver = &program->device->driver;
  char log[2048] = "";
  CUjit_option options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
  void *values[] = {log, (void *)(uintptr_t)sizeof(log)};
  CUresult result = driver->cuModuleLoadDataEx(&program->module, image, 2, options, values);
  log[sizeof(log) - 1] = 0;
  return rematCudaCheck(driver, result, error, log[0] ? "load the code on %s: %s" : "load the code on %s%s",
                        program->device->name, log);
}

static RematCudaStatus findKernels(RematCudaProgram *program, RematCudaError *error) {
  const Driver *driver = &program->device->driver;
  for (int32_t i = 0; i < program->numKernels; ++i) {
    CUresult result = driver->cuModuleGetFunction(&program->kernels[i], program->module, program->names[i]);
    RematCudaStatus status = rematCudaCheck(driver, result, error, "find kernel '%s'", program->names[i]);
    if (status)
      return status;
  }
  return REMAT_CUDA_SUCCESS;
}

static RematCudaStatus findRecord(RematCudaProgram *program, RematCudaError *error) {
  const Driver *driver = &program->device->driver;
  size_t bytes = 0;
  CUresult result = driver->cuModuleGetGlobal_v2(&program->record, &bytes, program->module, REMAT_RECORD_NAME);
  if (result == CUDA_ERROR_NOT_FOUND) {
    program->record = 0;
    return REMAT_CUDA_SUCCESS;
  }
  if (!result && bytes != REMAT_RECORD_WORDS * sizeof(int64_t))
    return rematCudaSetError(error, REMAT_CUDA_INVALID_CODE,
                             "expected a record of %d words in the code, but got %zu bytes", REMAT_RECORD_WORDS, bytes);
  return rematCudaCheck(driver, result, error, "find the record of checks");
}

/// Whatever of it there is.
static void release(RematCudaProgram *program) {
  const Driver *driver = &program->device->driver;
  if (program->stream)
    driver->cuStreamDestroy_v2(program->stream);
  if (program->module)
    driver->cuModuleUnload(program->module);
}

RematCudaStatus rematCudaLoad(RematCudaDevice *device, const RematCudaCode *code, RematCudaProgram **loaded,
                              RematCudaError *error) {
  *loaded = NULL;
  rematCudaClearError(error);
  RematCudaProgram *program = calloc(1, sizeof(RematCudaProgram) + code->numKernels * sizeof(CUfunction));
  if (!program)
    return rematCudaSetError(error, REMAT_CUDA_FAILURE, "cannot load the code: out of memory");
  program->device = device;
  program->names = code->kernels;
  program->numKernels = code->numKernels;
  RematCudaStatus status = rematCudaEnter(device, error);
  if (status) {
    free(program);
    return status;
  }
  status = loadModule(program, code->image, error);
  if (!status)
    status = findKernels(program, error);
  if (!status)
    status = findRecord(program, error);
  if (!status)
    status = rematCudaCheck(&device->driver, device->driver.cuStreamCreate(&program->stream, CU_STREAM_NON_BLOCKING),
                            error, "make a stream on %s", device->name);
  if (status)
    release(program);
  RematCudaStatus left = rematCudaLeave(device, error);
  if (!status && left) {
    rematCudaUnload(program);
    return left;
  }
  if (status) {
    free(program);
    return status;
  }
  *loaded = program;
  return REMAT_CUDA_SUCCESS;
}

void rematCudaUnload(RematCudaProgram *program) {
  if (!program)
    return;
  RematCudaError error = {REMAT_CUDA_SUCCESS, ""};
  if (!rematCudaEnter(program->device, &error)) {
    release(program);
    rematCudaLeave(program->device, &error);
  }
  free(program);
}

void *rematCudaGetStream(const RematCudaProgram *program) { return program->stream; }

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

RematCudaStatus rematCudaBegin(RematCudaCall *call, RematCudaProgram *program, void *stream) {
  call->program = program;
  call->stream = stream;
  call->launches = 0;
  call->record[0] = 0;
  rematCudaClearError(&call->error);
  return rematCudaEnter(program->device, &call->error);
}

void rematCudaLaunch(RematCudaCall *call, int32_t kernel, int64_t blocks, int64_t threads, void **parameters) {
  if (rematCudaHasFailed(call))
    return;
  const RematCudaProgram *program = call->program;
  const Driver *driver = &program->device->driver;
  const char *name = program->names[kernel];
  if (blocks < 1 || blocks > INT32_MAX) {
    rematCudaSetError(&call->error, REMAT_CUDA_FAILURE,
                      "cannot launch kernel '%s': expected 1 to %" PRId32 " blocks, but got %" PRId64, name, INT32_MAX,
                      blocks);
    return;
  }
  CUresult result = driver->cuLaunchKernel(program->kernels[kernel], (unsigned int)blocks, 1, 1, (unsigned int)threads,
                                           1, 1, 0, (CUstream)call->stream, parameters, NULL);
  if (!rematCudaCheck(driver, result, &call->error, "launch kernel '%s'", name))
    ++call->launches;
}

void rematCudaCopy(RematCudaCall *call, uint64_t target, uint64_t source, int64_t bytes) {
  if (rematCudaHasFailed(call) || bytes == 0)
    return;
  const Driver *driver = &call->program->device->driver;
  rematCudaCheck(driver, driver->cuMemcpyDtoDAsync_v2(target, source, (size_t)bytes, (CUstream)call->stream),
                 &call->error, "copy %" PRId64 " bytes", bytes);
}

int32_t rematCudaHasFailed(const RematCudaCall *call) { return call->error.status != REMAT_CUDA_SUCCESS; }

RematCudaStatus rematCudaEnd(RematCudaCall *call) {
  rematCudaLeave(call->program->device, &call->error);
  return call->error.status;
}

RematCudaStatus rematCudaWait(RematCudaCall *call) {
  const RematCudaDevice *device = call->program->device;
  RematCudaStatus status = rematCudaEnter(device, &call->error);
  if (status)
    return call->error.status;
  status = rematCudaCheck(&device->driver, device->driver.cuStreamSynchronize((CUstream)call->stream), &call->error,
                          "run the kernels on %s", device->name);
  if (!status && call->program->record)
    rematCudaCheck(&device->driver,
                   device->driver.cuMemcpyDtoH_v2(call->record, call->program->record, sizeof(call->record)),
                   &call->error, "read the record of checks");
  rematCudaLeave(device, &call->error);
  return call->error.status;
}
