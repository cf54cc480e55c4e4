//===- CompileGPUModules.cpp - From the NVVM dialect to PTX -------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LLVM is used directly rather than gpu-module-to-binary, which looks for a CUDA toolkit in
// the environment. A module of kernels becomes the same text on every machine.
//
//===----------------------------------------------------------------------===//

#include "../../MathLibrary/MathLibrary.h"
#include "WidenHalf.h"
#include "remat/Support/LLVM.h"
#include "remat/Target/NVVM/Assembler.h"
#include "remat/Target/NVVM/Chip.h"
#include "remat/Target/NVVM/Passes.h"

#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Operator.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"

namespace remat {
#define GEN_PASS_DEF_COMPILEGPUMODULESPASS
#include "remat/Target/NVVM/Passes.h.inc"
} // namespace remat

using namespace remat;

/// LLVM's code generator for \p chip; null, with the reason, if this LLVM has none.
static std::unique_ptr<llvm::TargetMachine> createMachine(const Chip &chip, std::string &reason) {
  LLVMInitializeNVPTXTargetInfo();
  LLVMInitializeNVPTXTarget();
  LLVMInitializeNVPTXTargetMC();
  LLVMInitializeNVPTXAsmPrinter();
  llvm::Triple triple("nvptx64-nvidia-cuda");
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, reason);
  if (!target)
    return nullptr;
  llvm::TargetOptions options;
  // What a program does not fuse, nothing fuses.
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  return std::unique_ptr<llvm::TargetMachine>(
      target->createTargetMachine(triple, chip.name, "+ptx" + std::to_string(chip.ptx), options, llvm::Reloc::PIC_,
                                  std::nullopt, llvm::CodeGenOptLevel::Aggressive));
}

/// The first function of \p module that is called and has no body.
static llvm::Function *findUndefined(llvm::Module &module) {
  for (llvm::Function &function : module)
    if (function.isDeclaration() && !function.isIntrinsic() && !function.use_empty())
      return &function;
  return nullptr;
}

/// Whether \p function reads or writes arrays of f64.
static bool accessesDoubles(const llvm::Function &function) {
  return llvm::any_of(llvm::instructions(function), [](const llvm::Instruction &instruction) {
    return isa<llvm::LoadInst, llvm::StoreInst>(instruction) && llvm::getLoadStoreType(&instruction)->isDoubleTy();
  });
}

/// Whether \p function calls another, which is none of LLVM's.
static bool callsFunctions(const llvm::Function &function) {
  return llvm::any_of(llvm::instructions(function), [](const llvm::Instruction &instruction) {
    return isa<llvm::CallInst>(instruction) && !isa<llvm::IntrinsicInst>(instruction);
  });
}

/// Without a bound ptxas takes few registers where functions are called, and keeps what they do not leave room for in
/// memory of the thread. Blocks have 128 threads, so five of them fit into a multiprocessor, or three where
/// numbers take two registers.
static void boundRegisters(llvm::Module &module) {
  for (llvm::Function &function : module)
    if (function.getCallingConv() == llvm::CallingConv::PTX_Kernel && callsFunctions(function))
      function.addFnAttr("nvvm.maxnreg", accessesDoubles(function) ? "168" : "96");
}

/// Products and sums that may be fused, and divisions that may be approximate, are neither.
static void dropFastMathFlags(llvm::Module &module) {
  for (llvm::Function &function : module)
    for (llvm::Instruction &instruction : llvm::instructions(function))
      if (isa<llvm::FPMathOperator>(instruction))
        instruction.copyFastMathFlags(llvm::FastMathFlags());
}

namespace {

struct CompileGPUModulesPass final : remat::impl::CompileGPUModulesPassBase<CompileGPUModulesPass> {
  using Base::Base;

  void runOnOperation() override {
    llvm::Expected<Chip> known = Chip::create(chip, ptx);
    if (!known) {
      getOperation().emitError() << llvm::toString(known.takeError());
      return signalPassFailure();
    }
    std::string reason;
    std::unique_ptr<llvm::TargetMachine> machine = createMachine(*known, reason);
    if (!machine) {
      getOperation().emitError("cannot make code for NVIDIA GPUs: ") << reason;
      return signalPassFailure();
    }
    for (auto kernels : llvm::make_early_inc_range(getOperation().getOps<gpu::GPUModuleOp>()))
      if (failed(compile(kernels, *machine)))
        return signalPassFailure();
  }

private:
  LogicalResult compile(gpu::GPUModuleOp kernels, llvm::TargetMachine &machine);
};

} // namespace

LogicalResult CompileGPUModulesPass::compile(gpu::GPUModuleOp kernels, llvm::TargetMachine &machine) {
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module = translateModuleToLLVMIR(kernels, context, kernels.getName());
  if (!module)
    return failure();
  module->setTargetTriple(machine.getTargetTriple());
  module->setDataLayout(machine.createDataLayout());
  dropFastMathFlags(*module);
  if (llvm::Error error = linkMathLibrary(*module))
    return kernels.emitError() << llvm::toString(std::move(error));
  if (llvm::Function *function = findUndefined(*module))
    return kernels.emitError("@") << function->getName() << " has no code";
  boundRegisters(*module);
  if (denormals == Denormals::Flush)
    for (llvm::Function &function : *module)
      if (!function.isDeclaration())
        function.addFnAttr("denormal-fp-math-f32", "preserve-sign,preserve-sign");
  if (llvm::Error error = makeOptimizingTransformer(/*optLevel=*/3, /*sizeLevel=*/0, &machine)(module.get()))
    return kernels.emitError() << llvm::toString(std::move(error));
  if (denormals == Denormals::Flush)
    widenHalfArithmetic(*module);

  llvm::SmallString<0> text;
  llvm::raw_svector_ostream stream(text);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::AssemblyFile))
    return kernels.emitError("cannot make code for NVIDIA GPUs: LLVM prints none");
  passes.run(*module);

  std::string object = text.str().str();
  if (format == KernelFormat::Bin) {
    auto assembled = assemble(text, machine.getTargetCPU());
    if (!assembled)
      return kernels.emitError() << llvm::toString(assembled.takeError());
    object = std::move(*assembled);
  }

  OpBuilder builder(kernels);
  auto target = NVVM::NVVMTargetAttr::get(&getContext(), /*optLevel=*/3, machine.getTargetTriple().str(),
                                          machine.getTargetCPU(), machine.getTargetFeatureString());
  auto kind = format == KernelFormat::Bin ? gpu::CompilationTarget::Binary : gpu::CompilationTarget::Assembly;
  auto compiled = gpu::ObjectAttr::get(&getContext(), target, kind, builder.getStringAttr(object), DictionaryAttr(),
                                       gpu::KernelTableAttr());
  gpu::BinaryOp::create(builder, kernels.getLoc(), kernels.getName(), Attribute(), ArrayRef<Attribute>{compiled});
  kernels.erase();
  return success();
}
