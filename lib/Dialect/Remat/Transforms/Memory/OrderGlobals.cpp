//===- OrderGlobals.cpp - The same constants in the same order ----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One-shot bufferization visits functions in the order of a map keyed by pointers,
// and makes a global of each constant on its way. Where constants lie, and which of two
// of one type gets which name, would depend on addresses: one program, two codes.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Transforms/Passes.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"

namespace remat {
#define GEN_PASS_DEF_ORDERGLOBALSPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;

namespace {
struct OrderGlobalsPass final : remat::impl::OrderGlobalsPassBase<OrderGlobalsPass> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTable symbols(module);
    // In the order of their first use.
    llvm::MapVector<Operation *, SmallVector<memref::GetGlobalOp>> uses;
    module.walk([&](memref::GetGlobalOp use) {
      auto global = symbols.lookup<memref::GlobalOp>(use.getName());
      if (global && global.isPrivate())
        uses[global].push_back(use);
    });
    // Names that the constants cannot have.
    llvm::StringSet<> taken;
    for (Operation &op : llvm::make_early_inc_range(*module.getBody())) {
      if (uses.contains(&op))
        continue;
      auto global = dyn_cast<memref::GlobalOp>(op);
      if (global && global.isPrivate())
        global.erase();
      else if (auto symbol = dyn_cast<SymbolOpInterface>(op))
        taken.insert(symbol.getName());
    }
    int64_t number = 0;
    for (auto &[op, reads] : uses) {
      std::string name;
      do
        name = "__constant_" + std::to_string(number++);
      while (taken.contains(name));
      cast<memref::GlobalOp>(op).setSymName(name);
      for (memref::GetGlobalOp read : reads)
        read.setName(name);
    }
    for (auto &[op, reads] : llvm::reverse(uses))
      op->moveBefore(&module.getBody()->front());
  }
};
} // namespace
