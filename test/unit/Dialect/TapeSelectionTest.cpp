//===- TapeSelectionTest.cpp - What a step leaves for its adjoint *- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Analysis/TapeSelection.h"
#include "remat/InitAll.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace remat;

namespace {
class TapeSelectionTest : public ::testing::Test {
protected:
  TapeSelectionTest() {
    DialectRegistry registry;
    remat::registerAllDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
  }

  /// The tape of a function that takes one carry, one scan element and one cotangent
  /// and returns the next carry and the adjoint's result.
  FailureOr<Tape> select(StringRef body) {
    module = parseSourceString<ModuleOp>(body, &context);
    if (!module)
      return failure();
    Block &block = (*module->getOps<func::FuncOp>().begin()).getBody().front();
    ValueRange arguments = block.getArguments(), results = block.getTerminator()->getOperands();
    return selectTape(
        {&block, arguments.take_front(1), arguments.drop_front(2), results.take_front(1), results.drop_front(1)});
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};
} // namespace

TEST_F(TapeSelectionTest, SizesAreRoundedUp) {
  Builder builder(&context);
  auto bytes = [&](ArrayRef<int64_t> shape, Type element) {
    return getTapeBytes(RankedTensorType::get(shape, element));
  };
  EXPECT_EQ(bytes({16, 256}, builder.getF32Type()), 16384);
  EXPECT_EQ(bytes({}, builder.getF32Type()), 64);
  EXPECT_EQ(bytes({65}, builder.getI1Type()), 128);
  EXPECT_EQ(bytes({17}, builder.getIntegerType(24)), 128);
  EXPECT_EQ(bytes({0, 4}, builder.getF64Type()), 0);
  EXPECT_EQ(bytes({ShapedType::kDynamic}, builder.getF32Type()), std::nullopt);
  EXPECT_EQ(bytes({1l << 40, 1l << 40}, builder.getF32Type()), std::nullopt);
  EXPECT_EQ(bytes({4}, builder.getIndexType()), std::nullopt);
  EXPECT_EQ(getTapeBytes(builder.getF32Type()), std::nullopt);
}

TEST_F(TapeSelectionTest, ScanElementsAreFree) {
  FailureOr<Tape> tape = select(R"(
    func.func @joint(%h: tensor<16xf32>, %x: tensor<16xf32>, %d: tensor<16xf32>) -> (tensor<16xf32>, tensor<16xf32>) {
      %next = arith.addf %h, %x : tensor<16xf32>
      %twice = arith.mulf %x, %x : tensor<16xf32>
      %r = arith.mulf %d, %twice : tensor<16xf32>
      return %next, %r : tensor<16xf32>, tensor<16xf32>
    })");
  ASSERT_TRUE(succeeded(tape));
  EXPECT_EQ(tape->bytes, 0);
  EXPECT_TRUE(tape->values.empty());
  // Restarting would add the whole carry.
  EXPECT_FALSE(tape->restartable);
}

TEST_F(TapeSelectionTest, PrefersTheCarryAfterWhereItServesBoth) {
  FailureOr<Tape> tape = select(R"(
    func.func @joint(%h: tensor<4x4xf32>, %x: tensor<4x4xf32>, %d: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>) {
      %z = linalg.matmul ins(%h, %x : tensor<4x4xf32>, tensor<4x4xf32>) outs(%x : tensor<4x4xf32>) -> tensor<4x4xf32>
      %next = math.tanh %z : tensor<4x4xf32>
      %square = arith.mulf %next, %next : tensor<4x4xf32>
      %r = arith.mulf %d, %square : tensor<4x4xf32>
      return %next, %r : tensor<4x4xf32>, tensor<4x4xf32>
    })");
  ASSERT_TRUE(succeeded(tape));
  EXPECT_EQ(tape->bytes, 64);
  EXPECT_TRUE(tape->restartable);
  ASSERT_EQ(tape->values.size(), 1u);
  EXPECT_EQ(tape->values[0].getDefiningOp()->getName().getStringRef(), "math.tanh");
}

TEST_F(TapeSelectionTest, ASmallPartIsAddedToRestart) {
  // The square of the carry is all that the adjoint reads; the next carry needs the
  // maximum as well, which is one element of 64.
  FailureOr<Tape> tape = select(R"(
    func.func @joint(%h: tensor<64xf32>, %x: tensor<f32>, %d: tensor<64xf32>) -> (tensor<64xf32>, tensor<64xf32>) {
      %max = linalg.reduce { arith.maximumf } ins(%h : tensor<64xf32>) outs(%x : tensor<f32>) dimensions = [0]
      %empty = tensor.empty() : tensor<64xf32>
      %all = linalg.broadcast ins(%max : tensor<f32>) outs(%empty : tensor<64xf32>) dimensions = [0]
      %next = arith.subf %h, %all : tensor<64xf32>
      %r = arith.mulf %d, %h : tensor<64xf32>
      return %next, %r : tensor<64xf32>, tensor<64xf32>
    })");
  ASSERT_TRUE(succeeded(tape));
  EXPECT_TRUE(tape->restartable);
  EXPECT_EQ(tape->bytes, 256 + 64);
}

TEST_F(TapeSelectionTest, ReductionsAreNotComputedAgain) {
  FailureOr<Tape> tape = select(R"(
    func.func @joint(%h: tensor<64xf32>, %x: tensor<f32>, %d: tensor<f32>) -> (tensor<64xf32>, tensor<f32>) {
      %sum = linalg.reduce { arith.addf } ins(%h : tensor<64xf32>) outs(%x : tensor<f32>) dimensions = [0]
      %r = arith.mulf %d, %sum : tensor<f32>
      return %h, %r : tensor<64xf32>, tensor<f32>
    })");
  ASSERT_TRUE(succeeded(tape));
  EXPECT_EQ(tape->bytes, 64);
  EXPECT_FALSE(tape->restartable);
}

TEST_F(TapeSelectionTest, DynamicValuesAreComputedAgainOrRefused) {
  FailureOr<Tape> tape = select(R"(
    func.func @joint(%h: tensor<4xf32>, %n: index, %d: tensor<?xf32>) -> (tensor<4xf32>, tensor<?xf32>) {
      %part = tensor.extract_slice %h[0] [%n] [1] : tensor<4xf32> to tensor<?xf32>
      %r = arith.mulf %d, %part : tensor<?xf32>
      return %h, %r : tensor<4xf32>, tensor<?xf32>
    })");
  ASSERT_TRUE(succeeded(tape));
  ASSERT_EQ(tape->values.size(), 1u);
  EXPECT_TRUE(isa<BlockArgument>(tape->values[0]));

  std::string message;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    message = diagnostic.str();
    return success();
  });
  tape = select(R"(
    func.func @joint(%h: tensor<4x?xf32>, %x: tensor<?xf32>, %d: tensor<?xf32>) -> (tensor<4x?xf32>, tensor<?xf32>) {
      %sum = linalg.reduce { arith.addf } ins(%h : tensor<4x?xf32>) outs(%x : tensor<?xf32>) dimensions = [0]
      %r = arith.mulf %d, %sum : tensor<?xf32>
      return %h, %r : tensor<4x?xf32>, tensor<?xf32>
    })");
  EXPECT_TRUE(failed(tape));
  EXPECT_NE(message.find("can neither be kept nor computed again, of type 'tensor<?xf32>'"), std::string::npos);
}
