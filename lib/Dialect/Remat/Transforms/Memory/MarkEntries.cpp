//===- MarkEntries.cpp - What callers may rely on -----------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One-shot bufferization takes the arguments of functions to be writable. Inside
// a program that saves copies; at its border it would let a program destroy the
// weights that its caller passes in.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Transforms/Passes.h"
#include "remat/Support/AttributeNames.h"

#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace remat {
#define GEN_PASS_DEF_MARKENTRIESPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;

namespace {

struct MarkEntriesPass final : remat::impl::MarkEntriesPassBase<MarkEntriesPass> {
  using Base::Base;

  void runOnOperation() override {
    Builder builder(&getContext());
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal() || !function.isPublic())
        continue;
      function->setAttr(LLVM::LLVMDialect::getEmitCWrapperAttrName(), builder.getUnitAttr());
      for (auto [number, type] : llvm::enumerate(function.getArgumentTypes())) {
        function.removeArgAttr(number, remat::nameAttrName);
        if (isa<TensorType>(type))
          function.setArgAttr(number, bufferization::BufferizationDialect::kWritableAttrName,
                              builder.getBoolAttr(false));
      }
      for (unsigned number = 0; number < function.getNumResults(); ++number)
        function.removeResultAttr(number, builder.getStringAttr(remat::nameAttrName));
    }
  }
};

} // namespace
