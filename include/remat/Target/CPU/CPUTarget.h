//===- CPUTarget.h - Processors as targets --------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TARGET_CPU_CPUTARGET_H
#define REMAT_TARGET_CPU_CPUTARGET_H

#include "remat/Support/Denormals.h"
#include "remat/Support/MathFunctions.h"
#include "remat/Target/CPU/RegisterFile.h"
#include "remat/Target/Target.h"

namespace remat {

struct Processor;

struct CPUTargetOptions {
  /// A CPU name of LLVM; the processor of this machine if it is empty.
  std::string cpu;
  /// What differs from that processor: "+avx2,-avx512f".
  std::string features;
  /// What becomes of denormal numbers inside a call.
  Denormals denormals = Denormals::Flush;
  /// Keep the functions of libm for f32, which are slow.
  bool accurate = false;
  /// Where functions come from that no instruction computes; not with `accurate`, which asks
  /// for those of libm.
  MathFunctions math = MathFunctions::Native;
};

class CPUTarget final : public Target {
public:
  /// A processor that this machine can execute code for.
  static llvm::Expected<std::unique_ptr<CPUTarget>> create(const CPUTargetOptions &options = {});

  /// Any processor with the instruction set \p isa. Its code cannot be loaded.
  CPUTarget(VectorISA isa, Denormals denormals, bool accurate, MathFunctions math = MathFunctions::Native);
  ~CPUTarget() override;

  /// The processor that code is made for, and the family of its vector instructions.
  llvm::StringRef getCPU() const;
  VectorISA getVectorISA() const { return isa; }

  llvm::StringRef getName() const override { return "cpu"; }
  std::string getMachine() const override;
  StepCosts getStepCosts() const override { return {}; }
  void addLayoutPasses(mlir::OpPassManager &manager, const ProgramOptions &options) const override;
  void addKernelPasses(mlir::OpPassManager &manager) const override;
  void addMachinePasses(mlir::OpPassManager &manager) const override;
  std::string getPipelineText(const ProgramOptions &options) const override;
  bool hasFunction(llvm::StringRef function) const override;
  llvm::Expected<std::unique_ptr<LoadedProgram>> load(const LoadRequest &request) const override;
  llvm::Expected<std::vector<EmittedFile>> emit(mlir::ModuleOp module, llvm::StringRef entry) const override;

private:
  VectorISA isa;
  Denormals denormals;
  bool accurate;
  MathFunctions math;
  /// Null if code cannot be loaded.
  std::unique_ptr<Processor> processor;
};

/// Makes the pipelines `remat-to-cpu` and `remat-linalg-to-llvm` known by name.
void registerCPUPipelines();

} // namespace remat

#endif // REMAT_TARGET_CPU_CPUTARGET_H
