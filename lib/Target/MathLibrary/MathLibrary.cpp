//===- MathLibrary.cpp - Functions of mathematics without libm ----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// libclc is written for OpenCL, which lets an implementation fuse products and sums or not,
// and divide with errors. Here both are decided: what may be fused is, and divisions and
// roots are rounded to nearest, so a function has the same bits on every machine.
//
//===----------------------------------------------------------------------===//

#include "MathLibrary.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Operator.h"
#include "llvm/Linker/Linker.h"

#include <iterator>

using namespace remat;

/// Empty without libclc, but for the last byte, which no array can be without.
static const unsigned char bitcode[] = {
#include "MathLibrary.inc"
    0};

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

std::optional<LibraryFunction> remat::getLibraryFunction(Operation *op) {
  StringRef operation = op->getName().getStringRef();
  const Entry *entry = llvm::find_if(entries, [&](const Entry &each) { return operation == each.operation; });
  if (entry == std::end(entries) || std::size(bitcode) == 1)
    return std::nullopt;
  FloatType type = getComputedType(op, op->getOperand(0).getType());
  if (!type)
    return std::nullopt;
  std::string types(1, type.isF64() ? 'd' : 'f');
  StringRef others = entry->otherOperands;
  if (others == "=")
    types += types;
  else if (others == "i" && op->getOperand(1).getType().isInteger(32))
    types += others;
  else if (!others.empty())
    return std::nullopt;
  StringRef name = entry->name;
  return LibraryFunction{"_Z" + std::to_string(name.size()) + name.str() + types, type, entry->keepsZero};
}

/// Decides what OpenCL leaves open.
static void normalize(llvm::Function &function) {
  // Which features of which processor, and how it is to be debugged.
  function.setAttributes(llvm::AttributeList());
  function.addFnAttr(llvm::Attribute::AlwaysInline);
  function.addFnAttr(llvm::Attribute::NoUnwind);
  for (llvm::Instruction &instruction : llvm::make_early_inc_range(llvm::instructions(function))) {
    instruction.setMetadata(llvm::LLVMContext::MD_fpmath, nullptr);
    if (isa<llvm::FPMathOperator>(instruction))
      instruction.copyFastMathFlags(llvm::FastMathFlags());
    auto *call = dyn_cast<llvm::IntrinsicInst>(&instruction);
    if (call && call->getIntrinsicID() == llvm::Intrinsic::fmuladd)
      call->setCalledFunction(
          llvm::Intrinsic::getOrInsertDeclaration(function.getParent(), llvm::Intrinsic::fma, {call->getType()}));
  }
}

/// The first function of \p module that is called and has no body.
static llvm::Function *findUndefined(llvm::Module &module) {
  for (llvm::Function &function : module)
    if (function.isDeclaration() && !function.isIntrinsic() && !function.use_empty())
      return &function;
  return nullptr;
}

llvm::Error remat::linkMathLibrary(llvm::Module &module) {
  if (!findUndefined(module))
    return llvm::Error::success();
  StringRef bytes(reinterpret_cast<const char *>(bitcode), std::size(bitcode) - 1);
  if (!bytes.empty()) {
    auto library = llvm::parseBitcodeFile(llvm::MemoryBufferRef(bytes, "libclc"), module.getContext());
    if (!library)
      return library.takeError();
    llvm::StringSet<> names;
    for (llvm::Function &function : **library)
      if (!function.isDeclaration()) {
        normalize(function);
        names.insert(function.getName());
      }
    (*library)->setTargetTriple(module.getTargetTriple());
    (*library)->setDataLayout(module.getDataLayout());
    if (llvm::Linker::linkModules(module, std::move(*library), llvm::Linker::LinkOnlyNeeded))
      return llvm::createStringError("functions of libclc cannot be linked");
    for (llvm::Function &function : module)
      if (names.contains(function.getName()) && !function.isDeclaration())
        function.setLinkage(llvm::GlobalValue::InternalLinkage);
    for (llvm::GlobalVariable &table : module.globals())
      if (table.hasHiddenVisibility()) {
        table.setVisibility(llvm::GlobalValue::DefaultVisibility);
        table.setLinkage(llvm::GlobalValue::InternalLinkage);
      }
  }
  if (llvm::Function *function = findUndefined(module))
    return llvm::createStringError("@" + function->getName() + " has no code");
  return llvm::Error::success();
}
