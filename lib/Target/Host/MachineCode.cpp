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

#include "../MathLibrary/MathLibrary.h"
#include "ProgramParts.h"
#include "SingleLanes.h"
#include "remat/Execution/CodeCache.h"
#include "remat/Execution/PhaseTimer.h"
#include "remat/Execution/ProgramError.h"
#include "remat/Support/AttributeNames.h"

#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/CompileUtils.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/DynamicLibrary.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/Scalar/LoopIdiomRecognize.h"

#include <mutex>

using namespace remat;
using llvm::orc::LLJIT;

static std::string getPackedName(llvm::StringRef entry) { return ("remat_packed_" + entry).str(); }

/// Adds a function that loads the arguments of \p function from an array of
/// pointers, so that every entry is called through one type. Returns it.
static llvm::Function *addPackedFunction(llvm::Function &function, llvm::StringRef entry) {
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
  return packed;
}

/// Every entry but its packed form becomes internal: the optimiser then removes it.
static void internalize(llvm::Module &module) {
  for (llvm::Function &function : module)
    if (!function.isDeclaration() && !function.getName().starts_with("remat_packed_"))
      function.setLinkage(llvm::GlobalValue::InternalLinkage);
}

namespace {

/// A module on its way to an object file.
struct Part {
  std::unique_ptr<llvm::Module> module;
  /// What the code depends on: the whole IR and the processor. Empty without a cache.
  std::string key;
  CodeCache::Object object;
};

} // namespace

static std::string makeKey(const llvm::Module &module, const llvm::TargetMachine &machine) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << machine.getTargetCPU() << '\n' << machine.getTargetFeatureString() << '\n';
  llvm::WriteBitcodeToFile(module, stream);
  return llvm::toHex(llvm::SHA256::hash(llvm::arrayRefFromStringRef(text)));
}

llvm::Expected<llvm::orc::JITTargetMachineBuilder> remat::createHostBuilder() {
  static std::once_flag once;
  std::call_once(once, [] {
    // LLVM 22 follows the operands of a loop's values in circles where it looks for checksums, which
    // roundings to bf16 look like, and there are none in programs.
    llvm::DisableLIRP::HashRecognize = true;
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
  });
  auto builder = llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!builder)
    return builder.takeError();
  builder->setCodeGenOptLevel(llvm::CodeGenOptLevel::Aggressive);
  // What the linker of LLJIT asks for.
  builder->setRelocationModel(llvm::Reloc::PIC_);
  builder->setCodeModel(llvm::CodeModel::Small);
  return builder;
}

/// Every function that \p module calls has to be in it, in \p other, in this library or in the
/// process: the linker knows nothing of the author, who may have forgotten a body.
static llvm::Error checkCallees(const llvm::Module &module, const llvm::Module *other,
                                const llvm::StringSet<> &declared, const llvm::StringMap<void *> &host) {
  using llvm::sys::DynamicLibrary;
  DynamicLibrary::LoadLibraryPermanently(nullptr);
  for (const llvm::Function &function : module) {
    if (!function.isDeclaration() || function.isIntrinsic() || function.use_empty() ||
        host.contains(function.getName()) || DynamicLibrary::SearchForAddressOfSymbol(function.getName().str()))
      continue;
    const llvm::Function *definition = other ? other->getFunction(function.getName()) : nullptr;
    if (definition && !definition->isDeclaration())
      continue;
    if (declared.contains(function.getName()))
      return makeInputError("the program calls @" + function.getName() + ", which has no body");
    return makeInternalError("the machine code calls '" + function.getName() + "', which is nowhere");
  }
  return llvm::Error::success();
}

/// Gives \p jit the symbols of the target; others come from the process.
static llvm::Error defineHostSymbols(LLJIT &jit, const llvm::StringMap<void *> &host) {
  llvm::orc::SymbolMap symbols;
  for (const auto &[name, address] : host)
    symbols[jit.mangleAndIntern(name)] = {llvm::orc::ExecutorAddr::fromPtr(address), llvm::JITSymbolFlags::Exported};
  return jit.getMainJITDylib().define(llvm::orc::absoluteSymbols(std::move(symbols)));
}

/// Translates \p module into one part for the entries and, if there are any, one for
/// the steps.
static llvm::Error translate(mlir::ModuleOp module, llvm::ArrayRef<std::string> entries,
                             const llvm::StringSet<> &variables, const llvm::TargetMachine &machine,
                             llvm::LLVMContext &context, std::vector<Part> &parts) {
  std::unique_ptr<llvm::Module> code = mlir::translateModuleToLLVMIR(module, context, "remat");
  if (!code)
    return makeInternalError("translation to LLVM IR failed");
  code->setDataLayout(machine.createDataLayout());
  code->setTargetTriple(machine.getTargetTriple());
  if (llvm::Error error = linkMathLibrary(*code))
    return error;
  llvm::SmallPtrSet<const llvm::GlobalObject *, 8> roots;
  for (const std::string &entry : entries) {
    llvm::Function *function = code->getFunction("_mlir_ciface_" + entry);
    if (!function)
      return makeInternalError("function @" + entry + " has no C interface after lowering");
    roots.insert(addPackedFunction(*function, entry));
    roots.insert(function);
    roots.insert(code->getFunction(entry));
    // Its body, if there is one apart.
    roots.insert(code->getFunction((entry + flushedSuffix).str()));
  }
  std::unique_ptr<llvm::Module> steps = splitOffSteps(*code, [&](const llvm::GlobalObject &object) {
    return roots.contains(&object) || variables.contains(object.getName());
  });
  internalize(*code);
  parts.push_back({std::move(code), "", {}});
  if (steps)
    parts.push_back({std::move(steps), "", {}});
  return llvm::Error::success();
}

llvm::Expected<MachineCode> MachineCode::create(const LoadRequest &request, llvm::orc::JITTargetMachineBuilder builder,
                                                const Surroundings &surroundings) {
  std::vector<PhaseTime> &times = request.times;
  CodeCache *cache = request.cache;
  auto machine = builder.createTargetMachine();
  if (!machine)
    return machine.takeError();

  PhaseTimer translation("translate", times);
  llvm::LLVMContext context;
  std::vector<Part> parts;
  if (llvm::Error error =
          translate(request.module, request.functions, surroundings.variables, **machine, context, parts))
    return std::move(error);
  if (cache)
    for (Part &part : parts) {
      part.key = makeKey(*part.module, **machine);
      part.object = cache->find(part.key).value_or(CodeCache::Object());
    }
  translation.stop();

  PhaseTimer optimization("optimize", times);
  auto optimize = mlir::makeOptimizingTransformer(/*optLevel=*/3, /*sizeLevel=*/0, machine->get());
  for (Part &part : parts)
    if (part.object.empty())
      if (llvm::Error error = optimize(part.module.get()))
        return std::move(error);
  for (Part &part : parts)
    if (part.object.empty())
      storeSingleLanes(*part.module);
  optimization.stop();
  for (auto [number, part] : llvm::enumerate(parts)) {
    const llvm::Module *other = parts.size() == 2 ? parts[1 - number].module.get() : nullptr;
    if (llvm::Error error = checkCallees(*part.module, other, request.declared, surroundings.symbols))
      return std::move(error);
  }

  PhaseTimer generation("codegen", times);
  llvm::orc::SimpleCompiler generate(**machine);
  MachineCode result;
  for (Part &part : parts) {
    if (part.object.empty()) {
      auto object = generate(*part.module);
      if (!object)
        return object.takeError();
      part.object.assign((*object)->getBufferStart(), (*object)->getBufferEnd());
      if (cache)
        cache->insert(part.key, (*object)->getBuffer());
    }
    result.objectBytes += static_cast<int64_t>(part.object.size());
  }
  generation.stop();

  PhaseTimer link("link", times);
  auto jit = llvm::orc::LLJITBuilder().setJITTargetMachineBuilder(std::move(builder)).create();
  if (!jit)
    return jit.takeError();
  // What a lookup returns does not say why it failed.
  std::string reasons;
  (*jit)->getExecutionSession().setErrorReporter(
      [&](llvm::Error error) { reasons += llvm::toString(std::move(error)) + "\n"; });
  if (llvm::Error error = defineHostSymbols(**jit, surroundings.symbols))
    return std::move(error);
  for (Part &part : parts)
    if (llvm::Error error = (*jit)->addObjectFile(
            std::make_unique<llvm::SmallVectorMemoryBuffer>(std::move(part.object), /*RequiresNullTerminator=*/false)))
      return std::move(error);
  result.jit = std::move(*jit);
  // The first lookup links.
  for (const std::string &entry : request.functions)
    if (auto address = result.lookup(entry); !address)
      return makeInternalError(llvm::Twine(reasons) + llvm::toString(address.takeError()));
  // Nothing is linked any more, so nothing is reported.
  result.jit->getExecutionSession().setErrorReporter(llvm::consumeError);
  link.stop();
  return result;
}

llvm::Expected<MachineCode::PackedFunction> MachineCode::lookup(llvm::StringRef entry) const {
  auto address = jit->lookup(getPackedName(entry));
  if (!address)
    return address.takeError();
  return address->toPtr<PackedFunction>();
}

llvm::Expected<const void *> MachineCode::lookupVariable(llvm::StringRef name) const {
  auto address = jit->lookup(name);
  if (!address)
    return address.takeError();
  return address->toPtr<const void *>();
}
