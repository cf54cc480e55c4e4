//===- embed.cpp - A program made and run through the C++ API ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Builds the loop h' = a * h + x over 100 steps, asks for the gradient of the sum
// of the last h with respect to the first h and to a, compiles it for a budget of
// a tenth of what keeping everything takes, and compares with the closed form.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Execution/CompiledProgram.h"
#include "remat/InitAll.h"
#include "remat/Target/CPU/CPUTarget.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace mlir;

static constexpr int64_t steps = 100, width = 256;

namespace {
/// The types of the program.
struct Types {
  explicit Types(Builder &builder)
      : element(builder.getF32Type()), inputs(RankedTensorType::get({steps, width}, element)),
        state(RankedTensorType::get({width}, element)), scalar(RankedTensorType::get({}, element)) {}

  Type element;
  RankedTensorType inputs, state, scalar;
};
} // namespace

/// func.func private @loss(xs, h0, a) -> the sum of h after the last step.
static void buildLoss(OpBuilder &builder, Location loc, const Types &types) {
  auto function = func::FuncOp::create(
      builder, loc, "loss", builder.getFunctionType({types.inputs, types.state, types.state}, {types.scalar}));
  function.setPrivate();
  OpBuilder::InsertionGuard guard(builder);
  Block *body = function.addEntryBlock();
  builder.setInsertionPointToStart(body);
  Value xs = body->getArgument(0), h0 = body->getArgument(1), a = body->getArgument(2);

  Value count = arith::ConstantIndexOp::create(builder, loc, steps);
  auto loop = remat::RecurrenceOp::create(builder, loc, TypeRange{types.state}, count, ValueRange{h0}, ValueRange{xs});
  {
    OpBuilder::InsertionGuard stepGuard(builder);
    Block *step =
        builder.createBlock(&loop.getBody(), {}, {builder.getIndexType(), types.state, types.state}, {loc, loc, loc});
    Value h = step->getArgument(1), x = step->getArgument(2);
    Value scaled = arith::MulFOp::create(builder, loc, a, h);
    Value next = arith::AddFOp::create(builder, loc, scaled, x);
    remat::YieldOp::create(builder, loc, ValueRange{next}, ValueRange{}, ValueRange{});
  }
  Value zero = arith::ConstantOp::create(builder, loc, DenseElementsAttr::get(types.scalar, 0.0f));
  auto sum = linalg::ReduceOp::create(builder, loc, ValueRange{loop.getResult(0)}, ValueRange{zero},
                                      ArrayRef<int64_t>{0}, [](OpBuilder &body, Location at, ValueRange values) {
                                        Value added = arith::AddFOp::create(body, at, values[0], values[1]);
                                        linalg::YieldOp::create(body, at, added);
                                      });
  func::ReturnOp::create(builder, loc, sum.getResults());
}

/// func.func @gradient(xs, h0, a) -> (loss, d loss / d h0, d loss / d a).
static void buildGradient(OpBuilder &builder, Location loc, const Types &types) {
  SmallVector<Type> arguments = {types.inputs, types.state, types.state};
  SmallVector<Type> results = {types.scalar, types.state, types.state};
  auto function = func::FuncOp::create(builder, loc, "gradient", builder.getFunctionType(arguments, results));
  OpBuilder::InsertionGuard guard(builder);
  Block *body = function.addEntryBlock();
  builder.setInsertionPointToStart(body);
  auto gradient = remat::ValueAndGradientOp::create(builder, loc, results, "loss", body->getArguments(),
                                                    /*seeds=*/ValueRange{}, /*wrt=*/ArrayRef<int64_t>{1, 2},
                                                    /*of=*/ArrayRef<int64_t>{0});
  func::ReturnOp::create(builder, loc, gradient.getResults());
}

/// The largest difference between the gradients and their closed form.
static double compareWithClosedForm(ArrayRef<float> xs, ArrayRef<float> h0, ArrayRef<float> a, ArrayRef<float> dH0,
                                    ArrayRef<float> dA) {
  double worst = 0;
  for (int64_t i = 0; i < width; ++i) {
    // Forward-mode differentiation, by hand: h, dh/dh0 and dh/da.
    double h = h0[i], byH0 = 1, byA = 0;
    for (int64_t t = 0; t < steps; ++t) {
      byA = h + a[i] * byA;
      byH0 *= a[i];
      h = a[i] * h + xs[t * width + i];
    }
    worst = std::max({worst, std::abs(byH0 - dH0[i]), std::abs(byA - dA[i])});
  }
  return worst;
}

static llvm::Error run() {
  DialectRegistry registry;
  remat::registerAllDialects(registry);
  MLIRContext context(registry);
  context.loadAllAvailableDialects();
  OpBuilder builder(&context);
  Location loc = builder.getUnknownLoc();
  OwningOpRef<ModuleOp> module = ModuleOp::create(builder, loc);
  builder.setInsertionPointToEnd(module->getBody());
  Types types(builder);
  buildLoss(builder, loc, types);
  buildGradient(builder, loc, types);
  if (failed(verify(*module)))
    return llvm::createStringError("the program is not valid");

  auto target = remat::CPUTarget::create();
  if (!target)
    return target.takeError();
  remat::ProgramOptions options;
  options.budget = remat::Budget::share(10, 100);
  auto program = remat::CompiledProgram::compile(*module, "gradient", options, **target);
  if (!program)
    return program.takeError();

  std::vector<float> xs(steps * width), h0(width), a(width), loss(1), dH0(width), dA(width);
  for (int64_t i = 0; i < steps * width; ++i)
    xs[i] = std::sin(0.1f * i);
  for (int64_t i = 0; i < width; ++i) {
    h0[i] = std::cos(0.1f * i);
    a[i] = 0.9f + 0.1f * i / width;
  }
  auto view = [](std::vector<float> &values, SmallVector<int64_t, 4> shape) {
    return remat::ArrayView{remat::ElementType::F32, std::move(shape), values.data()};
  };
  if (llvm::Error error = (*program)->call({view(xs, {steps, width}), view(h0, {width}), view(a, {width})},
                                           {view(loss, {}), view(dH0, {width}), view(dA, {width})}))
    return error;
  double worst = compareWithClosedForm(xs, h0, a, dH0, dA);
  llvm::outs() << llvm::formatv("loss {0}, largest difference from the closed form {1:e2}\n", loss[0], worst);
  if (!(worst < 1e-3))
    return llvm::createStringError("the gradient is wrong");
  return llvm::Error::success();
}

int main() {
  if (llvm::Error error = run()) {
    llvm::logAllUnhandledErrors(std::move(error), llvm::errs(), "embed: ");
    return 1;
  }
}
