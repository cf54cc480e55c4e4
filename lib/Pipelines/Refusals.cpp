//===- Refusals.cpp - What is the author's fault and what is ours -------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Pipelines/Refusals.h"

#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OperationSupport.h"
#include "mlir/Pass/Pass.h"
#include "llvm/ADT/StringExtras.h"

using namespace remat;
using llvm::StringRef;

/// Dialects that programs are written in. Every operation of theirs may be named: as
/// what is wrong, or as what to write instead.
static bool isWrittenByAuthors(StringRef name) {
  StringRef dialect = name.split('.').first;
  if (dialect == "remat")
    return llvm::is_contained({StringRef("remat.recurrence"), StringRef("remat.yield"),
                               StringRef("remat.value_and_gradient"), StringRef("remat.custom_vjp"),
                               StringRef("remat.stop_gradient")},
                              name);
  if (dialect == "affine" || dialect == "cf")
    return llvm::is_contained(
        {StringRef("affine.apply"), StringRef("affine.max"), StringRef("affine.min"), StringRef("cf.assert")}, name);
  return llvm::is_contained({StringRef("arith"), StringRef("math"), StringRef("linalg"), StringRef("tensor"),
                             StringRef("scf"), StringRef("func")},
                            dialect);
}

/// How the types begin that programs cannot have, in messages.
static StringRef getForeignPrefix(mlir::Type type) {
  if (mlir::isa<mlir::VectorType>(type))
    return "vector<";
  if (mlir::isa<mlir::BaseMemRefType>(type))
    return "memref<";
  return mlir::isa<mlir::LLVM::LLVMDialect>(type.getDialect()) ? "!llvm." : "";
}

AuthorsWords::AuthorsWords(mlir::ModuleOp source) : context(source.getContext()) {
  auto add = [&](mlir::TypeRange types) {
    for (mlir::Type type : types)
      typePrefixes.insert(getForeignPrefix(type));
  };
  source.walk([&](mlir::Operation *op) {
    operations.insert(op->getName().getStringRef());
    add(op->getResultTypes());
    for (mlir::Region &region : op->getRegions())
      for (mlir::Block &block : region)
        add(block.getArgumentTypes());
  });
}

bool AuthorsWords::cover(StringRef message) const {
  // What remat says of itself.
  if (message.contains("internal error:"))
    return false;
  // What remat never says unless the author did, and conversions of MLIR do.
  for (StringRef prefix : {"memref<", "vector<", "!llvm."})
    if (message.contains(prefix) && !typePrefixes.contains(prefix))
      return false;
  for (StringRef phrase :
       {"!remat.history", "failed to legalize", "not bufferized", "unrealized_conversion_cast", "Symbols not found"})
    if (message.contains(phrase))
      return false;
  // Words that are names of operations: letters, digits and '_' with a dot inside.
  while (!message.empty()) {
    auto isPart = [](char c) { return llvm::isAlnum(c) || c == '_' || c == '.'; };
    StringRef word = message.take_while(isPart);
    message = message.drop_front(std::max<size_t>(word.size(), 1));
    if (!word.contains('.') || operations.contains(word) || isWrittenByAuthors(word))
      continue;
    if (mlir::RegisteredOperationName::lookup(word, context))
      return false;
  }
  return true;
}

/// Whether a program that \p pass does not take may be its author's fault.
static bool mayRefuse(const mlir::Pass &pass) {
  StringRef name = pass.getArgument();
  // These check what passes before them did.
  if (name == "remat-verify-phase" || name == "remat-plan-memory" || name == "remat-finalize-steps")
    return false;
  return name.starts_with("remat-");
}

void RefusalObserver::runAfterPassFailed(mlir::Pass *pass, mlir::Operation *op) {
  // Adaptors, which have no name, only run the pass that failed.
  if (!pass->getArgument().empty() && !mayRefuse(*pass))
    hasForeignFailure = true;
}
