//===- CudaDevice.h - A device that programs share ------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_NVVM_DEVICE_CUDADEVICE_H
#define REMAT_LIB_TARGET_NVVM_DEVICE_CUDADEVICE_H

#include "remat/Runtime/Cuda.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <memory>

namespace remat {

/// What went wrong in the runtime; success if nothing did.
llvm::Error takeError(const RematCudaError &error);

/// Open as long as a target, a program or memory needs it.
class CudaDevice {
public:
  /// The device of \p context, a CUcontext, or number \p ordinal if that is null.
  static llvm::Expected<std::shared_ptr<CudaDevice>> open(int32_t ordinal, void *context);
  ~CudaDevice() { rematCudaCloseDevice(device); }
  CudaDevice(const CudaDevice &) = delete;
  CudaDevice &operator=(const CudaDevice &) = delete;

  RematCudaDevice *get() const { return device; }
  llvm::StringRef getName() const { return rematCudaGetDeviceName(device); }
  /// 80 for compute capability 8.0.
  int32_t getCapability() const { return rematCudaGetCapability(device); }

private:
  explicit CudaDevice(RematCudaDevice *device) : device(device) {}

  RematCudaDevice *device;
};

} // namespace remat

#endif // REMAT_LIB_TARGET_NVVM_DEVICE_CUDADEVICE_H
