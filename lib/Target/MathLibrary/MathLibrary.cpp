//===- MathLibrary.cpp - Functions of mathematics without libm ----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// libclc is written for OpenCL, which lets an implementation fuse products and sums or not,
// and divide with errors. Here both are decided: what may be fused is, and divisions and
// roots are rounded to nearest. And what LLVM leaves open, as a place in a table that is made of
// infinity, is decided too. So a function has the same bits on every machine.
//
//===----------------------------------------------------------------------===//

#include "MathLibrary.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Operator.h"
#include "llvm/IR/ReplaceConstant.h"
#include "llvm/Linker/Linker.h"

#include <iterator>

using namespace remat;

/// Empty without libclc, but for the last byte, which no array can be without.
static const unsigned char bitcode[] = {
#include "MathLibrary.inc"
    0};

/// What the names of functions begin with: those of libclc could be somebody's own.
static constexpr llvm::StringLiteral prefix = "remat_math";

namespace {

struct Entry {
  const char *operation, *name, *otherOperands;
  bool keepsZero;
};

} // namespace

static constexpr Entry entries[] = {
#define REMAT_MATH_FUNCTION(operation, name, otherOperands, keepsZero) {operation, #name, otherOperands, keepsZero},
#include "Functions.def"
};

/// The type that numbers of type \p type are computed in by \p op; null if by none.
static FloatType getComputedType(Operation *op, Type type) {
  Builder builder(op->getContext());
  bool isNarrow = type.isF16() || type.isBF16() || type.isF32();
  // In f32 fmod flushes denormal numbers, and in f64 it is exact for f32 too.
  if (type.isF64() || (isNarrow && isa<arith::RemFOp>(op)))
    return builder.getF64Type();
  return isNarrow ? builder.getF32Type() : FloatType();
}

bool remat::hasMathLibrary() { return std::size(bitcode) != 1; }

std::optional<LibraryFunction> remat::getLibraryFunction(Operation *op) {
  StringRef operation = op->getName().getStringRef();
  const Entry *entry = llvm::find_if(entries, [&](const Entry &each) { return operation == each.operation; });
  if (entry == std::end(entries) || !hasMathLibrary())
    return std::nullopt;
  FloatType type = getComputedType(op, getElementTypeOrSelf(op->getOperand(0)));
  if (!type)
    return std::nullopt;
  std::string types(1, type.isF64() ? 'd' : 'f');
  StringRef others = entry->otherOperands;
  if (others == "=")
    types += types;
  else if (others == "i" && getElementTypeOrSelf(op->getOperand(1)).isInteger(32))
    types += others;
  else if (!others.empty())
    return std::nullopt;
  StringRef name = entry->name;
  return LibraryFunction{prefix.str() + "_Z" + std::to_string(name.size()) + name.str() + types, type,
                         entry->keepsZero};
}

/// Decides what \p instruction leaves open.
static void normalize(llvm::Instruction &instruction) {
  instruction.setMetadata(llvm::LLVMContext::MD_fpmath, nullptr);
  instruction.dropPoisonGeneratingAnnotations();
  if (isa<llvm::FPMathOperator>(instruction))
    instruction.copyFastMathFlags(llvm::FastMathFlags());
  llvm::IRBuilder<> builder(&instruction);
  if (isa<llvm::FPToSIInst, llvm::FPToUIInst>(instruction)) {
    auto id = isa<llvm::FPToSIInst>(instruction) ? llvm::Intrinsic::fptosi_sat : llvm::Intrinsic::fptoui_sat;
    llvm::Value *operand = instruction.getOperand(0);
    instruction.replaceAllUsesWith(builder.CreateIntrinsic(id, {instruction.getType(), operand->getType()}, operand));
    instruction.eraseFromParent();
  } else if (auto *call = dyn_cast<llvm::IntrinsicInst>(&instruction);
             call && call->getIntrinsicID() == llvm::Intrinsic::fmuladd) {
    call->setCalledFunction(
        llvm::Intrinsic::getOrInsertDeclaration(call->getModule(), llvm::Intrinsic::fma, {call->getType()}));
  } else if (call && call->getIntrinsicID() == llvm::Intrinsic::assume) {
    call->eraseFromParent();
  }
}

static void normalize(llvm::Function &function) {
  // Which features of which processor, and how it is to be debugged.
  function.setAttributes(llvm::AttributeList());
  function.addFnAttr(llvm::Attribute::NoUnwind);
  for (llvm::Instruction &instruction : llvm::make_early_inc_range(llvm::instructions(function)))
    normalize(instruction);
}

/// Puts the tables of \p module where all memory is. The types of addresses that are computed
/// from theirs change with them.
static void leaveConstantMemory(llvm::Module &module) {
  auto *pointer = llvm::PointerType::getUnqual(module.getContext());
  for (llvm::GlobalVariable &table : llvm::make_early_inc_range(module.globals())) {
    if (table.getAddressSpace() == 0)
      continue;
    llvm::convertUsersOfConstantsToInstructions({&table});
    auto *moved = new llvm::GlobalVariable(module, table.getValueType(), table.isConstant(), table.getLinkage(),
                                           table.getInitializer(), "", &table);
    moved->copyAttributesFrom(&table);
    moved->takeName(&table);
    llvm::SmallSetVector<llvm::Value *, 8> addresses;
    addresses.insert(&table);
    for (size_t i = 0; i < addresses.size(); ++i)
      for (llvm::User *user : addresses[i]->users())
        if (user->getType()->isPtrOrPtrVectorTy())
          addresses.insert(user);
    for (llvm::Value *address : llvm::drop_begin(addresses))
      address->mutateType(pointer);
    for (llvm::Use &use : llvm::make_early_inc_range(table.uses()))
      use.set(moved);
    table.eraseFromParent();
  }
}

/// The functions of libclc in words that hold everywhere.
static llvm::Expected<std::unique_ptr<llvm::Module>> readLibrary(llvm::LLVMContext &context) {
  StringRef bytes(reinterpret_cast<const char *>(bitcode), std::size(bitcode) - 1);
  auto library = llvm::parseBitcodeFile(llvm::MemoryBufferRef(bytes, "libclc"), context);
  if (!library)
    return library.takeError();
  for (llvm::Function &function : **library)
    if (!function.isDeclaration()) {
      normalize(function);
      function.setName(prefix + function.getName());
    }
  for (llvm::GlobalVariable &table : (*library)->globals()) {
    table.setVisibility(llvm::GlobalValue::DefaultVisibility);
    table.setName(prefix + "_" + table.getName());
  }
  return library;
}

llvm::Error remat::linkMathLibrary(llvm::Module &module) {
  auto isOurs = [](const llvm::GlobalValue &value) { return value.getName().starts_with(prefix); };
  llvm::StringSet<> declared;
  for (llvm::Function &function : module)
    if (isOurs(function) && function.isDeclaration())
      declared.insert(function.getName());
  if (declared.empty() || !hasMathLibrary())
    return llvm::Error::success();
  auto library = readLibrary(module.getContext());
  if (!library)
    return library.takeError();
  bool isDevice = module.getTargetTriple().isNVPTX();
  if (!isDevice)
    leaveConstantMemory(**library);
  (*library)->setTargetTriple(module.getTargetTriple());
  (*library)->setDataLayout(module.getDataLayout());
  if (llvm::Linker::linkModules(module, std::move(*library), llvm::Linker::LinkOnlyNeeded))
    return llvm::createStringError("functions of libclc cannot be linked");
  llvm::Attribute denormals;
  for (llvm::Function &function : module)
    if (function.hasFnAttribute("denormal-fp-math"))
      denormals = function.getFnAttribute("denormal-fp-math");
  for (llvm::Function &function : module) {
    if (function.isDeclaration() || !declared.contains(function.getName()))
      continue;
    function.setLinkage(llvm::GlobalValue::InternalLinkage);
    if (isDevice)
      function.addFnAttr(llvm::Attribute::NoInline);
    else if (denormals.isValid())
      function.addFnAttr(denormals);
  }
  for (llvm::GlobalVariable &table : module.globals())
    if (isOurs(table))
      table.setLinkage(llvm::GlobalValue::InternalLinkage);
  return llvm::Error::success();
}
