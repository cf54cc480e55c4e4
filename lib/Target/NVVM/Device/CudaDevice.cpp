//===- CudaDevice.cpp - A device that programs share --------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CudaDevice.h"

#include "remat/Execution/ProgramError.h"

using namespace remat;

llvm::Error remat::takeError(const RematCudaError &error) {
  switch (error.status) {
  case REMAT_CUDA_SUCCESS:
    return llvm::Error::success();
  case REMAT_CUDA_UNAVAILABLE:
    return llvm::make_error<ProgramError>(ProgramError::Kind::Unavailable, error.message);
  case REMAT_CUDA_FAILURE:
    return makeFault(error.message);
  case REMAT_CUDA_INVALID_CODE:
    return makeInternalError(error.message);
  case REMAT_CUDA_INVALID_ARGUMENT:
    return makeInputError(error.message);
  }
  return makeInternalError("the runtime returned status " + llvm::Twine(int(error.status)));
}

llvm::Expected<std::shared_ptr<CudaDevice>> CudaDevice::open(int32_t ordinal, void *context) {
  RematCudaDevice *device = nullptr;
  RematCudaError error;
  if (context)
    rematCudaOpenContext(context, &device, &error);
  else
    rematCudaOpenDevice(ordinal, &device, &error);
  if (llvm::Error failure = takeError(error))
    return std::move(failure);
  return std::shared_ptr<CudaDevice>(new CudaDevice(device));
}
