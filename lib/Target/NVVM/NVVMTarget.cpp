//===- NVVMTarget.cpp - NVIDIA GPUs as targets --------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Target/NVVM/NVVMTarget.h"

#include "../Host/MachineCode.h"
#include "../Host/ObjectFile.h"
#include "Device/CudaDevice.h"
#include "Device/CudaProgram.h"
#include "Launch/KernelImage.h"
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

/// What is asked for may be wrong, or not there, on any machine.
static llvm::Error checkOptions(const NVVMTargetOptions &options) {
  if (!options.chip.empty())
    if (auto chip = Chip::create(options.chip, options.ptx); !chip)
      return makeInputError(llvm::toString(chip.takeError()));
  if (options.format == KernelFormat::Bin)
    if (auto assembler = findAssembler(); !assembler)
      return makeUnavailable(llvm::toString(assembler.takeError()));
  return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<NVVMTarget>> NVVMTarget::createForCode(NVVMTargetOptions options) {
  if (options.chip.empty()) {
    auto device = CudaDevice::open(options.ordinal, options.context);
    if (device)
      options.chip = Chip::findNameFor((*device)->getCapability()).str();
    else
      llvm::consumeError(device.takeError());
    if (options.chip.empty())
      options.chip = "sm_80";
  }
  if (llvm::Error error = checkOptions(options))
    return std::move(error);
  return std::make_unique<NVVMTarget>(std::move(options));
}

llvm::Expected<std::unique_ptr<NVVMTarget>> NVVMTarget::create(const NVVMTargetOptions &options) {
  if (llvm::Error error = checkOptions(options))
    return std::move(error);
  auto device = CudaDevice::open(options.ordinal, options.context);
  if (!device)
    return device.takeError();
  auto target = std::make_unique<NVVMTarget>(options);
  target->device = std::move(*device);
  int32_t capability = target->device->getCapability();
  std::string version = (llvm::Twine(capability / 10) + "." + llvm::Twine(capability % 10)).str();
  if (target->options.chip.empty())
    target->options.chip = Chip::findNameFor(capability).str();
  if (target->options.chip.empty())
    return makeUnavailable("expects a device of compute capability 8.0 or newer, but " + target->getDeviceName() +
                           " has " + version);
  auto chip = Chip::create(target->options.chip, options.ptx);
  if (!chip)
    return makeInputError(llvm::toString(chip.takeError()));
  if (!chip->runsOn(capability, options.format))
    return makeUnavailable("code for " + target->options.chip + " does not run on " + target->getDeviceName() +
                           ", whose compute capability is " + version);
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

llvm::Expected<std::vector<EmittedFile>> NVVMTarget::emit(mlir::ModuleOp module, llvm::StringRef entry) const {
  auto builder = createHostBuilder();
  if (!builder)
    return builder.takeError();
  auto object = compileObjectFile(module, std::move(*builder));
  if (!object)
    return object.takeError();
  std::vector<EmittedFile> files = {{".o", std::move(*object)}};
  // The object file holds it, too.
  if (std::optional<std::string> image = getKernelImage(module))
    files.push_back({options.format == KernelFormat::Bin ? ".cubin" : ".ptx", std::move(*image)});
  return std::move(files);
}
