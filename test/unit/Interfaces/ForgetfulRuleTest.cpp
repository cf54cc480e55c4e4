//===- ForgetfulRuleTest.cpp - Rules that forget an operand --- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A rule that gives an operand no cotangent would make a gradient zero without a
// word. The differentiation finds it out, in every build.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Transforms/Passes.h"
#include "remat/InitAll.h"
#include "remat/Interfaces/AdjointOpInterface.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace remat;

namespace {
/// A rule for an operation that has none.
template <bool provesZero>
struct Silent : AdjointOpInterface::ExternalModel<Silent<provesZero>, tensor::BitcastOp> {
  LogicalResult emitAdjoint(Operation *op, AdjointBuilder &adjoint) const {
    if (provesZero)
      adjoint.addZeroCotangent(op->getOperand(0));
    return success();
  }
};
} // namespace

/// Differentiates a function of one `tensor.bitcast` with \p ModelT for its rule.
/// Returns the error, empty if there is none.
template <typename ModelT>
static std::string differentiate() {
  DialectRegistry registry;
  remat::registerAllDialects(registry);
  registry.addExtension(
      +[](MLIRContext *context, tensor::TensorDialect *) { tensor::BitcastOp::attachInterface<ModelT>(*context); });
  MLIRContext context(registry);
  std::string message;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    message += diagnostic.str();
    return success();
  });
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(R"(
    func.func private @f(%x: tensor<f32>) -> tensor<f32> {
      %y = tensor.bitcast %x : tensor<f32> to tensor<f32>
      return %y : tensor<f32>
    }
    func.func @g(%x: tensor<f32>) -> tensor<f32> {
      %y, %d = remat.value_and_gradient @f(%x) wrt [0] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
      return %d : tensor<f32>
    })",
                                                             &context);
  if (!module)
    return "does not parse: " + message;
  PassManager manager(&context);
  manager.addPass(createDifferentiatePass());
  if (succeeded(manager.run(*module)))
    return "";
  return message;
}

TEST(ForgetfulRule, IsAnInternalError) {
  EXPECT_EQ(differentiate<Silent</*provesZero=*/false>>(),
            "internal: the derivative rule of 'tensor.bitcast' forgets operand #0; this is a bug in remat");
}

TEST(ForgetfulRule, MayProveZero) { EXPECT_EQ(differentiate<Silent</*provesZero=*/true>>(), ""); }
