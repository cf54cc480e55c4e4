//===- EntryFunctions.cpp - What callers of a program call ------ -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/IR/EntryFunctions.h"

using namespace mlir;
using namespace remat;

SmallVector<func::FuncOp> remat::getEntryFunctions(ModuleOp module) {
  SmallVector<func::FuncOp> entries;
  for (auto function : module.getOps<func::FuncOp>())
    if (function.isPublic() && !function.isExternal())
      entries.push_back(function);
  return entries;
}

/// The types of the arguments, in the order of RematEntryArgument.
static SmallVector<Type> getTypes(MLIRContext *context, bool hasPlan) {
  Builder builder(context);
  Type bytes = MemRefType::get({ShapedType::kDynamic}, builder.getI8Type());
  Type words = MemRefType::get({ShapedType::kDynamic}, builder.getI64Type());
  SmallVector<Type> types(hasPlan ? REMAT_ENTRY_PLAN + 1 : REMAT_ENTRY_PLAN, words);
  types[REMAT_ENTRY_ARENA] = types[REMAT_ENTRY_PARAMETERS] = types[REMAT_ENTRY_WALK] = bytes;
  return types;
}

FailureOr<EntryArguments> EntryArguments::add(func::FuncOp entry, bool hasPlan) {
  SmallVector<Type> types = getTypes(entry.getContext(), hasPlan);
  for (Type type : types)
    if (failed(entry.insertArgument(entry.getNumArguments(), type, /*argAttrs=*/{}, entry.getLoc())))
      return failure();
  return EntryArguments(entry.getArguments().take_back(types.size()));
}

std::optional<EntryArguments> EntryArguments::find(func::FuncOp entry, bool hasPlan) {
  SmallVector<Type> types = getTypes(entry.getContext(), hasPlan);
  if (entry.getNumArguments() < types.size() || entry.getArgumentTypes().take_back(types.size()) != ArrayRef(types))
    return std::nullopt;
  return EntryArguments(entry.getArguments().take_back(types.size()));
}
