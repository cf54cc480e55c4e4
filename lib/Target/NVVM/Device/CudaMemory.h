//===- CudaMemory.h - Memory of a device ----------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_NVVM_DEVICE_CUDAMEMORY_H
#define REMAT_LIB_TARGET_NVVM_DEVICE_CUDAMEMORY_H

#include "CudaDevice.h"
#include "remat/Target/Target.h"

namespace remat {

/// An allocation of its own, whose end is the end of what may be touched: that is its guard.
class CudaMemory final : public TargetMemory {
public:
  static llvm::Expected<std::unique_ptr<TargetMemory>> create(std::shared_ptr<CudaDevice> device, int64_t bytes);
  ~CudaMemory() override;

  void *getAddress() const override { return reinterpret_cast<void *>(address); }
  llvm::Error copyIn(const void *source, int64_t size) override;
  llvm::Error copyOut(void *target, int64_t size) const override;
  /// The host has no place for a copy of large blocks: they are filled and scanned in pieces.
  llvm::Error fillWithPattern() override;
  llvm::Expected<int64_t> findHighestTouched() const override;

private:
  CudaMemory(std::shared_ptr<CudaDevice> device, uint64_t address, int64_t bytes)
      : device(std::move(device)), address(address), bytes(bytes) {}

  std::shared_ptr<CudaDevice> device;
  uint64_t address;
  int64_t bytes;
};

} // namespace remat

#endif // REMAT_LIB_TARGET_NVVM_DEVICE_CUDAMEMORY_H
