//===- CudaProgram.h - A program on a device ------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The host's part is machine code in this process; it launches kernels, which were loaded
// once. A call allocates nothing, copies nothing and waits for nothing before its end. What
// a check on the device finds stands in its record, which is read at the end: the host, which
// is ahead, may have gone on, or may have found something that comes later.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_NVVM_DEVICE_CUDAPROGRAM_H
#define REMAT_LIB_TARGET_NVVM_DEVICE_CUDAPROGRAM_H

#include "../../Host/MachineCode.h"
#include "CudaDevice.h"

namespace remat {

class CudaProgram final : public LoadedProgram {
public:
  static llvm::Expected<std::unique_ptr<LoadedProgram>> create(const LoadRequest &request,
                                                               std::shared_ptr<CudaDevice> device);

  llvm::Expected<std::unique_ptr<TargetMemory>> allocate(int64_t bytes, std::optional<int64_t> guardBehind) override;
  bool sharesMemory() const override { return false; }
  llvm::Error checkArray(const llvm::Twine &what, const void *address, int64_t elementBytes) const override;
  llvm::Error call(size_t function, llvm::ArrayRef<void *> arguments) override;
  llvm::Error measure(size_t function, llvm::ArrayRef<void *> arguments, HeapUse &heap, int64_t &stackBytes) override;
  llvm::Error enqueue(size_t function, llvm::ArrayRef<void *> arguments, void *stream) override;
  llvm::Error wait() override;
  int64_t getCodeBytes() const override { return code.getObjectBytes(); }
  int64_t getLaunches() const override { return current.launches; }

private:
  struct Unload {
    void operator()(RematCudaProgram *program) const { rematCudaUnload(program); }
  };
  /// A function that launches is given the call.
  struct Function {
    MachineCode::PackedFunction address = nullptr;
    bool launches = false;
  };

  /// \p arguments, and for functions that launch the call.
  llvm::SmallVector<void *> addCall(size_t function, llvm::ArrayRef<void *> arguments);
  /// Runs the host's part of a call, on this thread. Its kernels may still run.
  llvm::Error run(size_t function, llvm::ArrayRef<void *> arguments, void *stream);
  /// Waits for the kernels of the call whose host's part ended with \p hostError.
  llvm::Error finish(llvm::Error hostError);
  /// The text of what a check on the device found.
  llvm::Error report();

  std::shared_ptr<CudaDevice> device;
  MachineCode code;
  std::vector<Function> functions;
  MachineCode::PackedFunction reportFunction = nullptr;
  /// Null if there are no kernels.
  std::unique_ptr<RematCudaProgram, Unload> program;
  /// The call that began last, and what the functions are given of it.
  RematCudaCall current = {};
  RematCudaCall *currentAddress = &current;
};

} // namespace remat

#endif // REMAT_LIB_TARGET_NVVM_DEVICE_CUDAPROGRAM_H
