//===- MachineCode.cpp - From the LLVM dialect to a callable address ----------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LLJIT is used directly rather than mlir::ExecutionEngine: the symbols that
// compiled code may see are chosen here, and the time of each phase is known.
//
//===----------------------------------------------------------------------===//

#include "MachineCode.h"

#include "CallFrame.h"
#include "PhaseTimer.h"
#include "remat/Execution/ProgramError.h"

#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/ExecutionEngine/Orc/ObjectTransformLayer.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/Support/DynamicLibrary.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/SubtargetFeature.h"

#include <mutex>

using namespace remat;
using llvm::orc::LLJIT;

static std::string getPackedName(llvm::StringRef entry) { return ("remat_packed_" + entry).str(); }

/// Adds a function that loads the arguments of \p function from an array of
/// pointers, so that every entry is called through one type.
static void addPackedFunction(llvm::Function &function, llvm::StringRef entry) {
  llvm::LLVMContext &context = function.getContext();
  auto *pointer = llvm::PointerType::getUnqual(context);
  auto *type = llvm::FunctionType::get(llvm::Type::getVoidTy(context), pointer, /*isVarArg=*/false);
  auto *packed =
      llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, getPackedName(entry), function.getParent());
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(context, "entry", packed));
  llvm::SmallVector<llvm::Value *> arguments;
  for (llvm::Argument &argument : function.args()) {
    llvm::Value *slot = builder.CreateConstGEP1_64(pointer, packed->getArg(0), argument.getArgNo());
    arguments.push_back(builder.CreateLoad(argument.getType(), builder.CreateLoad(pointer, slot)));
  }
  builder.CreateCall(&function, arguments);
  builder.CreateRetVoid();
}

/// Everything that is not an entry becomes internal: the optimiser then removes
/// or specialises it.
static void internalize(llvm::Module &module) {
  for (llvm::Function &function : module)
    if (!function.isDeclaration() && !function.getName().starts_with("remat_packed_"))
      function.setLinkage(llvm::GlobalValue::InternalLinkage);
}

/// The features that tell vector instruction sets apart; a processor's name may
/// imply them.
static std::string listVectorFeatures(const llvm::TargetMachine &machine) {
  std::string features;
  if (!machine.getTargetTriple().isX86())
    return features;
  for (llvm::StringRef feature : {"+avx512f", "+avx512vl", "+avx512bw", "+avx512dq", "+avx2", "+fma"})
    if (machine.getMCSubtargetInfo()->checkFeatures(feature))
      features += (feature + ",").str();
  return features;
}

llvm::Expected<TargetDescription> TargetDescription::create(const TargetOptions &options) {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
  });
  auto target = llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!target)
    return target.takeError();
  if (!options.cpu.empty() || !options.features.empty()) {
    target->setCPU(options.cpu.empty() ? "generic" : options.cpu);
    target->getFeatures() = llvm::SubtargetFeatures(options.features);
  }
  target->setCodeGenOptLevel(llvm::CodeGenOptLevel::Aggressive);
  // Names are checked here: LLVM would print and go on.
  auto machine = target->createTargetMachine();
  if (!machine)
    return machine.takeError();
  if (!(*machine)->getMCSubtargetInfo()->isCPUStringValid(target->getCPU()))
    return makeInputError("there is no processor '" + target->getCPU() + "' for " + target->getTargetTriple().str());
  return TargetDescription{std::move(*target),
                           getVectorISA((*machine)->getTargetTriple(), listVectorFeatures(**machine))};
}

/// Every function that \p module calls has to be in it, in this library or in the
/// process: the linker would print what is missing, and not as an error of a program.
static llvm::Error checkCallees(const llvm::Module &module) {
  using llvm::sys::DynamicLibrary;
  DynamicLibrary::LoadLibraryPermanently(nullptr);
  llvm::StringMap<void *> host = getHostSymbols();
  for (const llvm::Function &function : module) {
    if (!function.isDeclaration() || function.isIntrinsic() || function.use_empty() ||
        host.contains(function.getName()) || DynamicLibrary::SearchForAddressOfSymbol(function.getName().str()))
      continue;
    return makeInputError("the program calls @" + function.getName() + ", which has no body");
  }
  return llvm::Error::success();
}

/// Gives \p jit the symbols of this library; others come from the process.
static llvm::Error defineHostSymbols(LLJIT &jit) {
  llvm::orc::SymbolMap symbols;
  for (const auto &[name, address] : getHostSymbols())
    symbols[jit.mangleAndIntern(name)] = {llvm::orc::ExecutorAddr::fromPtr(address), llvm::JITSymbolFlags::Exported};
  return jit.getMainJITDylib().define(llvm::orc::absoluteSymbols(std::move(symbols)));
}

llvm::Expected<MachineCode> MachineCode::create(mlir::ModuleOp module, llvm::ArrayRef<std::string> entries,
                                                TargetDescription target, std::vector<PhaseTime> &times) {
  auto machine = target.builder.createTargetMachine();
  if (!machine)
    return machine.takeError();

  PhaseTimer translate("translate", times);
  auto context = std::make_unique<llvm::LLVMContext>();
  std::unique_ptr<llvm::Module> code = mlir::translateModuleToLLVMIR(module, *context, "remat");
  if (!code)
    return makeInputError("the program can not be translated to LLVM IR");
  code->setDataLayout((*machine)->createDataLayout());
  code->setTargetTriple((*machine)->getTargetTriple());
  for (const std::string &entry : entries) {
    llvm::Function *function = code->getFunction("_mlir_ciface_" + entry);
    if (!function)
      return makeInputError("function @" + entry + " has no C interface after lowering");
    addPackedFunction(*function, entry);
  }
  internalize(*code);
  translate.stop();

  PhaseTimer optimize("optimize", times);
  if (llvm::Error error = mlir::makeOptimizingTransformer(/*optLevel=*/3, /*sizeLevel=*/0, machine->get())(code.get()))
    return std::move(error);
  optimize.stop();
  if (llvm::Error error = checkCallees(*code))
    return std::move(error);

  PhaseTimer link("codegen", times);
  auto jit = llvm::orc::LLJITBuilder().setJITTargetMachineBuilder(std::move(target.builder)).create();
  if (!jit)
    return jit.takeError();
  if (llvm::Error error = defineHostSymbols(**jit))
    return std::move(error);
  if (llvm::Error error = (*jit)->addIRModule(llvm::orc::ThreadSafeModule(std::move(code), std::move(context))))
    return std::move(error);
  MachineCode result;
  (*jit)->getObjTransformLayer().setTransform([&](std::unique_ptr<llvm::MemoryBuffer> object) {
    result.objectBytes += static_cast<int64_t>(object->getBufferSize());
    return llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>(std::move(object));
  });
  result.jit = std::move(*jit);
  // The first lookup makes the code.
  for (const std::string &entry : entries)
    if (auto address = result.lookup(entry); !address)
      return address.takeError();
  link.stop();
  // The transform refers to this frame; nothing is compiled any more.
  result.jit->getObjTransformLayer().setTransform({});
  return result;
}

llvm::Expected<MachineCode::PackedFunction> MachineCode::lookup(llvm::StringRef entry) const {
  auto address = jit->lookup(getPackedName(entry));
  if (!address)
    return address.takeError();
  return address->toPtr<PackedFunction>();
}
