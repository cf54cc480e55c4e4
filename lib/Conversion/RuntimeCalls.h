//===- RuntimeCalls.h - Calls of the runtime ------------------ ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_CONVERSION_RUNTIMECALLS_H
#define REMAT_LIB_CONVERSION_RUNTIMECALLS_H

#include "remat/ABI/Symbols.h"
#include "remat/Support/FormatPlace.h"
#include "remat/Support/LLVM.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"

namespace remat {

/// A constant of \p module with \p text, ended by a zero.
inline LLVM::GlobalOp createRuntimeText(ModuleOp module, SymbolTable &symbols, Location loc, StringRef text) {
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  std::string ended = text.str();
  ended.push_back('\0');
  auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), ended.size());
  auto global = LLVM::GlobalOp::create(builder, loc, type, /*isConstant=*/true, LLVM::Linkage::Internal,
                                       "remat_message", builder.getStringAttr(ended));
  symbols.insert(global);
  return global;
}

/// The declaration of a function of the runtime that takes \p types and returns nothing.
inline LLVM::LLVMFuncOp getOrDeclareRuntime(ModuleOp module, SymbolTable &symbols, StringRef name,
                                            ArrayRef<Type> types) {
  if (auto existing = symbols.lookup<LLVM::LLVMFuncOp>(name))
    return existing;
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(module.getContext()), types);
  auto function = LLVM::LLVMFuncOp::create(builder, module.getLoc(), name, type);
  symbols.insert(function);
  return function;
}

/// rematFail.
inline LLVM::LLVMFuncOp getOrDeclareFail(ModuleOp module, SymbolTable &symbols) {
  return getOrDeclareRuntime(module, symbols, remat::symbols::rematFail,
                             LLVM::LLVMPointerType::get(module.getContext()));
}

/// rematCheckRange.
inline LLVM::LLVMFuncOp getOrDeclareCheckRange(ModuleOp module, SymbolTable &symbols) {
  Type i64 = IntegerType::get(module.getContext(), 64), pointer = LLVM::LLVMPointerType::get(module.getContext());
  return getOrDeclareRuntime(module, symbols, remat::symbols::rematCheckRange, {i64, i64, i64, i64, pointer, pointer});
}

/// What a failed assertion says.
inline std::string getAssertionText(StringRef message, Location loc) { return (message + formatPlace(loc)).str(); }

} // namespace remat

#endif // REMAT_LIB_CONVERSION_RUNTIMECALLS_H
