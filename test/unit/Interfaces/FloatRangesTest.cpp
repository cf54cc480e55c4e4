//===- FloatRangesTest.cpp - What is known of floats ---------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Interfaces/FloatRanges.h"
#include "remat/InitAll.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

#include <cmath>

using namespace mlir;
using namespace remat;

/// The range of what `%y` is in \p body, code that reads %a and %b, two tensors of \p type.
static FloatRange getRange(const std::string &body, const std::string &type = "tensor<4xf32>") {
  DialectRegistry registry;
  remat::registerAllDialects(registry);
  MLIRContext context(registry);
  std::string text = "!t = " + type + "\nfunc.func @f(%a: !t, %b: !t) -> !t {\n" + body + "\nreturn %y : !t\n}";
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  EXPECT_TRUE(module) << text;
  if (!module)
    return FloatRange::getUnknown();
  func::FuncOp function = *module->getOps<func::FuncOp>().begin();
  FloatRanges ranges;
  return ranges.get(function.front().getTerminator()->getOperand(0));
}

TEST(FloatRanges, ArgumentsAreFinite) {
  EXPECT_TRUE(getRange("%y = arith.negf %a : !t").isFinite());
  EXPECT_EQ(getRange("%y = arith.negf %a : !t").high, 0x1.fffffep127);
}

TEST(FloatRanges, RoundsAsTheTypeDoes) {
  const char *cell = "%g = math.tanh %b : !t\n%k = arith.mulf %g, %a : !t\n%y = arith.addf %k, %g : !t";
  EXPECT_TRUE(getRange(cell).isFinite());
  EXPECT_TRUE(getRange(cell, "tensor<4xf64>").isFinite());
  EXPECT_TRUE(getRange(cell, "f16").isFinite());
  EXPECT_FALSE(getRange("%y = arith.addf %a, %b : !t").isFinite());
  EXPECT_FALSE(getRange("%y = arith.addf %a, %b : !t").mayBeNaN);
}

TEST(FloatRanges, InfinityMakesNaN) {
  EXPECT_TRUE(getRange("%s = arith.addf %a, %b : !t\n%y = arith.subf %s, %s : !t").mayBeNaN);
  EXPECT_TRUE(getRange("%s = arith.mulf %a, %b : !t\n%y = arith.mulf %s, %b : !t").mayBeNaN);
  EXPECT_TRUE(getRange("%e = math.exp %a : !t\n%y = math.sin %e : !t").mayBeNaN);
  EXPECT_FALSE(getRange("%s = arith.addf %a, %b : !t\n%y = arith.mulf %s, %s : !t").mayBeNaN);
  EXPECT_TRUE(getRange("%y = math.log %a : !t").mayBeNaN);
}

TEST(FloatRanges, LogisticIsBounded) {
  FloatRange range = getRange("%one = arith.constant dense<1.0> : !t\n%n = arith.negf %a : !t\n%e = math.exp %n : !t\n"
                              "%d = arith.addf %e, %one : !t\n%y = arith.divf %one, %d : !t");
  EXPECT_EQ(range.low, 0);
  EXPECT_EQ(range.high, 1);
  EXPECT_FALSE(range.mayBeNaN);
}

TEST(FloatRanges, SquaresAndSumsOfThem) {
  const char *norm = "%eps = arith.constant dense<1.0e-5> : !t\n%t = math.tanh %a : !t\n%s = arith.mulf %t, %t : !t\n"
                     "%m = arith.addf %s, %eps : !t\n%y = math.rsqrt %m : !t";
  EXPECT_TRUE(getRange(norm).isFinite());
  // A number below the smallest normal one counts as zero.
  const char *tiny = "%eps = arith.constant dense<1.0e-40> : !t\n%y = arith.divf %eps, %eps : !t";
  EXPECT_TRUE(getRange(tiny).mayBeNaN);
  EXPECT_FALSE(getRange(tiny, "tensor<4xf64>").mayBeNaN);
}

TEST(FloatRanges, LongChainsNeedNoStack) {
  std::string body = "%v0 = math.tanh %a : !t\n";
  for (int i = 0; i < 20000; ++i)
    body +=
        "%v" + std::to_string(i + 1) + " = arith.mulf %v" + std::to_string(i) + ", %v" + std::to_string(i) + " : !t\n";
  body += "%y = arith.negf %v20000 : !t";
  EXPECT_TRUE(getRange(body).isFinite());
}
