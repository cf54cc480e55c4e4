//===- FlushDenormals.cpp - The floating-point mode of a call -----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The mode is set and restored around a call of the program, not inside of it:
// LLVM takes arithmetic to have no effects and may move it over the call that sets
// the mode, but not out of a function that is not inlined.
//
//===----------------------------------------------------------------------===//

#include "remat/ABI/Symbols.h"
#include "remat/Support/AttributeNames.h"
#include "remat/Support/LLVM.h"
#include "remat/Target/CPU/Passes.h"

#include "mlir/IR/SymbolTable.h"

namespace remat {
#define GEN_PASS_DEF_FLUSHDENORMALSPASS
#include "remat/Target/CPU/Passes.h.inc"
} // namespace remat

using namespace remat;

/// Adds \p attribute to those that \p function hands to LLVM.
static void addPassthrough(func::FuncOp function, Attribute attribute) {
  SmallVector<Attribute> attributes;
  if (auto present = function->getAttrOfType<ArrayAttr>("passthrough"))
    attributes.assign(present.begin(), present.end());
  attributes.push_back(attribute);
  function->setAttr("passthrough", ArrayAttr::get(function.getContext(), attributes));
}

static func::FuncOp getOrDeclare(ModuleOp module, StringRef name, FunctionType type) {
  if (auto present = module.lookupSymbol<func::FuncOp>(name))
    return present;
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  auto function = func::FuncOp::create(builder, module.getLoc(), name, type);
  function.setPrivate();
  return function;
}

namespace {

struct FlushDenormalsPass final : remat::impl::FlushDenormalsPassBase<FlushDenormalsPass> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTable symbols(module);
    Builder builder(&getContext());
    SmallVector<func::FuncOp> defined, entries;
    for (auto function : module.getOps<func::FuncOp>()) {
      if (function.isExternal())
        continue;
      defined.push_back(function);
      if (function.isPublic())
        entries.push_back(function);
    }
    if (entries.empty())
      return;
    // What LLVM computes itself, it computes as the processor would.
    for (func::FuncOp function : defined)
      addPassthrough(function, builder.getStrArrayAttr({"denormal-fp-math", "preserve-sign,preserve-sign"}));
    Type setting = builder.getI64Type();
    flush = getOrDeclare(module, symbols::rematFlushDenormals, builder.getFunctionType({}, setting));
    restore = getOrDeclare(module, symbols::rematRestoreDenormals, builder.getFunctionType(setting, {}));
    for (func::FuncOp entry : entries)
      wrap(entry, symbols);
  }

private:
  /// Moves the code of \p entry to a function of its own.
  void wrap(func::FuncOp entry, SymbolTable &symbols) {
    Location loc = entry.getLoc();
    OpBuilder builder(entry);
    auto body = func::FuncOp::create(loc, (entry.getName() + flushedSuffix).str(), entry.getFunctionType());
    symbols.insert(body, entry->getIterator());
    body.setPrivate();
    body->setAttr("llvm.linkage", LLVM::LinkageAttr::get(&getContext(), LLVM::Linkage::Internal));
    if (Attribute passthrough = entry->getAttr("passthrough"))
      body->setAttr("passthrough", passthrough);
    addPassthrough(body, builder.getStringAttr("noinline"));
    if (ArrayAttr attributes = entry.getAllArgAttrs())
      body.setAllArgAttrs(attributes);
    body.getBody().takeBody(entry.getBody());

    builder.setInsertionPointToStart(entry.addEntryBlock());
    Value before = func::CallOp::create(builder, loc, flush, ValueRange()).getResult(0);
    auto call = func::CallOp::create(builder, loc, body, entry.getArguments());
    func::CallOp::create(builder, loc, restore, before);
    func::ReturnOp::create(builder, loc, call.getResults());
  }

  func::FuncOp flush, restore;
};

} // namespace
