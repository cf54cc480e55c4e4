//===- CalleesFirst.h - Visits functions callees first -------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Calls and gradient requests are replaced by copies of the callee's body, so the
// callee has to be in its final form before.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_CALLEESFIRST_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_CALLEESFIRST_H

#include "remat/Dialect/Remat/IR/FunctionBody.h"

#include "mlir/IR/BuiltinOps.h"

namespace remat {

/// Replaces the operations of type \p CallT, which have a `callee` attribute, in
/// every function of a module, after those in the functions it refers to.
template <typename CallT>
class CalleesFirst {
public:
  /// \p replace is given a call and its callee, a function of one block.
  using Replace = llvm::function_ref<LogicalResult(CallT, FunctionOpInterface)>;

  static LogicalResult run(ModuleOp module, Replace replace) {
    CalleesFirst visitor{replace};
    for (auto function : module.getOps<FunctionOpInterface>())
      if (failed(visitor.visit(function)))
        return failure();
    return success();
  }

private:
  explicit CalleesFirst(Replace replace) : replace(replace) {}

  LogicalResult visit(FunctionOpInterface function) {
    if (inProgress.contains(function) || !done.insert(function).second)
      return success();
    inProgress.insert(function);
    if (std::optional<SymbolTable::UseRange> uses = SymbolTable::getSymbolUses(function))
      for (SymbolTable::SymbolUse use : *uses) {
        auto callee =
            SymbolTable::lookupNearestSymbolFrom<FunctionOpInterface>(function->getParentOp(), use.getSymbolRef());
        if (callee && failed(visit(callee)))
          return failure();
      }
    SmallVector<CallT> calls;
    function->walk([&](CallT call) { calls.push_back(call); });
    for (CallT call : calls)
      if (failed(visitCall(call)))
        return failure();
    inProgress.erase(function);
    return success();
  }

  LogicalResult visitCall(CallT call) {
    auto declaration = SymbolTable::lookupNearestSymbolFrom<FunctionOpInterface>(call, call.getCalleeAttr());
    if (declaration && declaration.isExternal())
      return success();
    FailureOr<FunctionOpInterface> callee = getStraightLineFunction(call, call.getCalleeAttr());
    if (failed(callee))
      return failure();
    if (inProgress.contains(*callee))
      return call.emitOpError("expects no recursion, but ") << call.getCalleeAttr() << " is reached from itself";
    return replace(call, *callee);
  }

  Replace replace;
  DenseSet<Operation *> done, inProgress;
};

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_CALLEESFIRST_H
