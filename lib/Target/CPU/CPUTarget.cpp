//===- CPUTarget.cpp - Processors as targets ----------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Target/CPU/CPUTarget.h"

#include "../Host/CallFrame.h"
#include "../Host/ObjectFile.h"
#include "../MathLibrary/MathLibrary.h"
#include "CPUPipeline.h"
#include "Host/HostProgram.h"
#include "remat/Conversion/Passes.h"
#include "remat/Execution/ProgramError.h"
#include "remat/Target/CPU/LinalgToLLVM.h"
#include "remat/Target/CPU/Passes.h"

#include "mlir/Pass/PassManager.h"
#include "llvm/Support/DynamicLibrary.h"

using namespace remat;

llvm::Expected<std::unique_ptr<CPUTarget>> CPUTarget::create(const CPUTargetOptions &options) {
  if (options.math == MathFunctions::Portable && options.accurate)
    return makeInputError("expects either accurate functions, which are those of the C library, or portable ones");
  if (options.math == MathFunctions::Portable && !hasMathLibrary())
    return llvm::make_error<ProgramError>(
        ProgramError::Kind::Unavailable,
        "portable functions are those of LLVM's libclc, which remat was built without");
  auto processor = Processor::create(options);
  if (!processor)
    return processor.takeError();
  auto target = std::make_unique<CPUTarget>(processor->isa, options.denormals, options.accurate, options.math);
  target->processor = std::make_unique<Processor>(std::move(*processor));
  return target;
}

CPUTarget::CPUTarget(VectorISA isa, Denormals denormals, bool accurate, MathFunctions math)
    : isa(isa), denormals(denormals), accurate(accurate), math(math) {}

CPUTarget::~CPUTarget() = default;

llvm::StringRef CPUTarget::getCPU() const { return processor ? processor->builder.getCPU() : llvm::StringRef(); }

std::string CPUTarget::getMachine() const {
  return processor ? processor->builder.getCPU() + "," + processor->builder.getFeatures().getString()
                   : remat::getName(isa).str();
}

void CPUTarget::addLayoutPasses(mlir::OpPassManager &manager, const ProgramOptions &options) const {
  manager.addPass(createPackParametersPass({options.parameterBudget}));
  // What got no panels of the transpose.
  manager.addPass(createTransposeActivationsPass());
}

void CPUTarget::addKernelPasses(mlir::OpPassManager &manager) const {
  manager.addPass(createConvertCheckToRuntimePass());
  // From here on a plan is only code, and its sizes are symbols for the caller.
  manager.addPass(createExportMemoryPass());
  manager.addPass(createConvertCountToMemoryPass());
  LinalgToLLVMOptions kernels;
  kernels.isa = isa;
  kernels.accurate = accurate;
  kernels.math = math;
  kernels.denormals = denormals;
  buildLinalgToKernelsPipeline(manager, kernels);
}

void CPUTarget::addMachinePasses(mlir::OpPassManager &manager) const { buildKernelsToLLVMPipeline(manager); }

std::string CPUTarget::getPipelineText(const ProgramOptions &options) const {
  CPUPipelineOptions text;
  text.set(options);
  text.isa = isa;
  text.denormals = denormals;
  text.accurate = accurate;
  text.math = math;
  std::string pipeline = "remat-to-cpu";
  llvm::raw_string_ostream stream(pipeline);
  text.print(stream);
  return pipeline;
}

bool CPUTarget::hasFunction(llvm::StringRef function) const {
  llvm::sys::DynamicLibrary::LoadLibraryPermanently(nullptr);
  return getHostSymbols().contains(function) || llvm::sys::DynamicLibrary::SearchForAddressOfSymbol(function.str());
}

llvm::Expected<std::unique_ptr<LoadedProgram>> CPUTarget::load(const LoadRequest &request) const {
  if (!processor)
    return llvm::make_error<ProgramError>(ProgramError::Kind::Unavailable,
                                          "code for a family of processors is loaded on none");
  return HostProgram::create(request, *processor);
}

llvm::Expected<std::vector<EmittedFile>> CPUTarget::emit(mlir::ModuleOp module, llvm::StringRef) const {
  if (!processor)
    return llvm::make_error<ProgramError>(ProgramError::Kind::Unavailable,
                                          "code for a family of processors is no object file of any");
  auto object = compileObjectFile(module, processor->builder);
  if (!object)
    return object.takeError();
  return std::vector<EmittedFile>{{".o", std::move(*object)}};
}
