//===- DenormalsTest.cpp - The floating-point mode of a caller ----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Half of 2^-126 is zero inside a call, and is not where the caller goes on.
//
//===----------------------------------------------------------------------===//

#include "remat/Execution/CompiledProgram.h"
#include "remat/InitAll.h"
#include "remat/Target/CPU/CPUTarget.h"

#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

using namespace remat;

static constexpr llvm::StringLiteral program = R"(
  func.func @halve(%x: tensor<19xf32>, %k: index, %flag: index) -> tensor<19xf32> {
    %zero = arith.constant 0 : index
    %table = arith.constant dense<0.5> : tensor<4xf32>
    %is_set = arith.cmpi ne, %flag, %zero : index
    cf.assert %is_set, "the flag is 0"
    %scale = tensor.extract %table[%k] : tensor<4xf32>
    %scales = tensor.splat %scale : tensor<19xf32>
    %half = arith.mulf %x, %scales : tensor<19xf32>
    return %half : tensor<19xf32>
  })";

static volatile float smallest = 0x1p-126F;

namespace {

class DenormalsTest : public ::testing::Test {
protected:
  DenormalsTest() {
    mlir::DialectRegistry registry;
    registerAllDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
  }

  std::unique_ptr<CompiledProgram> compile(Denormals denormals) {
    auto module = mlir::parseSourceString<mlir::ModuleOp>(program, &context);
    CPUTargetOptions options;
    options.denormals = denormals;
    return llvm::cantFail(CompiledProgram::compile(*module, "halve", {}, *llvm::cantFail(CPUTarget::create(options))));
  }

  /// Half of the smallest normal number, or the message of the failure.
  std::string call(CompiledProgram &halve, int64_t k, int64_t flag, float &result) {
    Array x = llvm::cantFail(Array::create(ElementType::F32, {19})),
          half = llvm::cantFail(Array::create(ElementType::F32, {19}));
    llvm::fill(x.getElements<float>(), smallest);
    llvm::fill(half.getElements<float>(), 1.0F);
    llvm::Error error =
        halve.call({x.getView(), {ElementType::Index, {}, &k}, {ElementType::Index, {}, &flag}}, {half.getView()});
    result = half.getElements<float>()[18];
    return llvm::toString(std::move(error));
  }

  mlir::MLIRContext context;
};

} // namespace

TEST_F(DenormalsTest, AreZeroInsideOnly) {
  auto halve = compile(Denormals::Flush);
  float half = 1;
  EXPECT_EQ(call(*halve, 1, 1, half), "");
  EXPECT_EQ(half, 0.0F);
  EXPECT_GT(smallest * 0.5F, 0.0F);
  EXPECT_NE(call(*halve, 1, 0, half).find("the flag is 0"), std::string::npos);
  EXPECT_GT(smallest * 0.5F, 0.0F);
  EXPECT_NE(call(*halve, 4, 1, half).find("index 4"), std::string::npos);
  EXPECT_GT(smallest * 0.5F, 0.0F);
  // A failure leaves nothing behind that a later call would restore.
  EXPECT_EQ(call(*halve, 1, 1, half), "");
  EXPECT_GT(smallest * 0.5F, 0.0F);
}

TEST_F(DenormalsTest, AreKeptOnRequest) {
  auto halve = compile(Denormals::Keep);
  float half = 1;
  EXPECT_EQ(call(*halve, 1, 1, half), "");
  EXPECT_EQ(half, 0x1p-127F);
}
