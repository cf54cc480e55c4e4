//===- NVVMTarget.h - NVIDIA GPUs as targets ------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kernels compute; the host goes through the plan and launches them, and reads nothing
// of what they compute. Arena, counters and arrays of a call are addresses of the device.
// Nothing of CUDA is linked: the driver is found when a target is made.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TARGET_NVVM_NVVMTARGET_H
#define REMAT_TARGET_NVVM_NVVMTARGET_H

#include "remat/Support/Denormals.h"
#include "remat/Target/NVVM/KernelFormat.h"
#include "remat/Target/Target.h"

namespace remat {

class CudaDevice;

struct NVVMTargetOptions {
  /// What code is made for, "sm_90"; that of the device if it is empty. The version of PTX,
  /// "8.6"; the oldest that has the chip if it is empty.
  std::string chip;
  std::string ptx;
  /// The form of kernels; machine code needs ptxas.
  KernelFormat format = KernelFormat::Isa;
  /// What becomes of denormal numbers of f32.
  Denormals denormals = Denormals::Keep;
  /// The device: its number, or a CUcontext of the caller's, which is used where it is given.
  int32_t ordinal = 0;
  void *context = nullptr;
};

class NVVMTarget final : public Target {
public:
  /// A device of this machine. Fails as Unavailable if there is none.
  static llvm::Expected<std::unique_ptr<NVVMTarget>> create(const NVVMTargetOptions &options = {});

  /// The chip that \p options names, that of the device if there is one, or else sm_80: for code
  /// that is emitted, and cannot be loaded.
  static llvm::Expected<std::unique_ptr<NVVMTarget>> createForCode(NVVMTargetOptions options = {});

  /// Any device of the chip that \p options names. Its code cannot be loaded.
  explicit NVVMTarget(NVVMTargetOptions options);
  ~NVVMTarget() override;

  /// What code is made for.
  llvm::StringRef getChip() const { return options.chip; }
  /// The device as its driver calls it; empty if there is none.
  llvm::StringRef getDeviceName() const;

  llvm::StringRef getName() const override { return "cuda"; }
  std::string getMachine() const override { return options.chip; }
  StepCosts getStepCosts() const override { return {}; }
  /// Kernels read weights as they are.
  void addLayoutPasses(mlir::OpPassManager &, const ProgramOptions &) const override {}
  /// What is read from arrays stays in arrays.
  void addBufferPasses(mlir::OpPassManager &manager) const override;
  void addKernelPasses(mlir::OpPassManager &manager) const override;
  void addMachinePasses(mlir::OpPassManager &manager) const override;
  std::string getPipelineText(const ProgramOptions &options) const override;
  /// Kernels call nothing.
  bool hasFunction(llvm::StringRef function) const override { return false; }
  llvm::Expected<std::unique_ptr<LoadedProgram>> load(const LoadRequest &request) const override;
  llvm::Expected<std::vector<EmittedFile>> emit(mlir::ModuleOp module, llvm::StringRef entry) const override;

private:
  NVVMTargetOptions options;
  /// Null if code cannot be loaded.
  std::shared_ptr<CudaDevice> device;
};

/// Makes the pipeline `remat-to-nvvm` known by name.
void registerNVVMPipeline();

} // namespace remat

#endif // REMAT_TARGET_NVVM_NVVMTARGET_H
