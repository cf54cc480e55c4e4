//===- InternalizeFunctions.cpp - Linkage of private functions -- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The lowering of functions looks at an attribute of the LLVM dialect, not at the
// visibility of the symbol.
//
//===----------------------------------------------------------------------===//

#include "remat/Conversion/Passes.h"
#include "remat/Support/LLVM.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace remat {
#define GEN_PASS_DEF_INTERNALIZEFUNCTIONSPASS
#include "remat/Conversion/Passes.h.inc"
} // namespace remat

using namespace remat;

namespace {

struct InternalizeFunctionsPass final : remat::impl::InternalizeFunctionsPassBase<InternalizeFunctionsPass> {
  using Base::Base;

  void runOnOperation() override {
    auto internal = LLVM::LinkageAttr::get(&getContext(), LLVM::Linkage::Internal);
    ArrayAttr noInline = Builder(&getContext()).getStrArrayAttr({"noinline"});
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (!function.isPrivate() || function.isExternal())
        continue;
      if (!function->hasAttr("llvm.linkage"))
        function->setAttr("llvm.linkage", internal);
      // The conversion to the LLVM dialect knows it under this name only.
      if (function.getNoInline())
        function->setAttr("passthrough", noInline);
    }
  }
};

} // namespace
