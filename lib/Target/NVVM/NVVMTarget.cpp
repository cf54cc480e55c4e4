//===- NVVMTarget.cpp - NVIDIA GPUs as targets --------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Target/NVVM/NVVMTarget.h"

#include "Device/CudaDevice.h"
#include "Device/CudaProgram.h"
#include "NVVMPipeline.h"
#include "remat/Conversion/Passes.h"
#include "remat/Execution/ProgramError.h"
#include "remat/Target/CPU/LinalgToLLVM.h"
#include "remat/Target/NVVM/Assembler.h"
#include "remat/Target/NVVM/Chip.h"
#include "remat/Target/NVVM/Passes.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace remat;

static llvm::Error makeUnavailable(const llvm::Twine &message) {
  return llvm::make_error<ProgramError>(ProgramError::Kind::Unavailable, message.str());
}

llvm::Expected<std::unique_ptr<NVVMTarget>> NVVMTarget::create(const NVVMTargetOptions &options) {
  // What is asked for is wrong on any machine.
  if (!options.chip.empty())
    if (auto chip = Chip::create(options.chip, options.ptx); !chip)
      return makeInputError(llvm::toString(chip.takeError()));
  if (options.format == KernelFormat::Bin)
    if (auto assembler = findAssembler(); !assembler)
      return makeUnavailable(llvm::toString(assembler.takeError()));
  auto device = CudaDevice::open(options.ordinal, options.context);
  if (!device)
    return device.takeError();
  auto target = std::make_unique<NVVMTarget>(options);
  target->device = std::move(*device);
  if (!options.chip.empty())
    return std::move(target);
  int32_t capability = target->device->getCapability();
  target->options.chip = Chip::findNameFor(capability).str();
  if (target->options.chip.empty())
    return makeUnavailable("expects a device of compute capability 8.0 or newer, but " + target->getDeviceName() +
                           " has " + llvm::Twine(capability / 10) + "." + llvm::Twine(capability % 10));
  if (auto chip = Chip::create(target->options.chip, options.ptx); !chip)
    return makeInputError(llvm::toString(chip.takeError()));
  return std::move(target);
}

NVVMTarget::NVVMTarget(NVVMTargetOptions options) : options(std::move(options)) {}

NVVMTarget::~NVVMTarget() = default;

llvm::StringRef NVVMTarget::getDeviceName() const { return device ? device->getName() : llvm::StringRef(); }

template <typename Pipeline>
static void setOptions(ChipOptions<Pipeline> &text, const NVVMTargetOptions &options) {
  text.chip = options.chip;
  text.ptx = options.ptx;
  text.format = options.format;
  text.denormals = options.denormals;
}

void NVVMTarget::addBufferPasses(mlir::OpPassManager &manager) const { manager.addPass(createKeepDeviceValuesPass()); }

void NVVMTarget::addKernelPasses(mlir::OpPassManager &manager) const {
  manager.addPass(createSinkDeviceReadsPass());
  // Branches and loops yield nothing any more that nobody takes.
  manager.addPass(mlir::createCanonicalizerPass());
  manager.addPass(mlir::createCSEPass());
  manager.addPass(createVerifyHostCodePass());
  LinalgToPTXOptions kernels;
  setOptions(kernels, options);
  buildLinalgToPTXPipeline(manager, kernels);
  // What is left computes on the host, of what the host knows.
  manager.addPass(createConvertCheckToRuntimePass());
  manager.addPass(createExportMemoryPass());
  manager.addPass(createInternalizeFunctionsPass());
  manager.addPass(mlir::createSCFToControlFlowPass());
}

void NVVMTarget::addMachinePasses(mlir::OpPassManager &manager) const {
  manager.addPass(createConvertGPULaunchToRuntimePass());
  buildKernelsToLLVMPipeline(manager);
}

std::string NVVMTarget::getPipelineText(const ProgramOptions &program) const {
  NVVMPipelineOptions text;
  text.set(program);
  setOptions(text, options);
  std::string pipeline = "remat-to-nvvm";
  llvm::raw_string_ostream stream(pipeline);
  text.print(stream);
  return pipeline;
}

llvm::Expected<std::unique_ptr<LoadedProgram>> NVVMTarget::load(const LoadRequest &request) const {
  if (!device)
    return makeUnavailable("code for any GPU is loaded on none");
  return CudaProgram::create(request, device);
}
