//===- MathTest.cpp - Accuracy of the f32 functions ----------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Error in units in the last place against libm in double over a wide range, and
// equal bits of the vector body and of its tail.
//
//===----------------------------------------------------------------------===//

#include "KernelHarness.h"

#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"

#include <cmath>
#include <limits>

using namespace remat;
using namespace remat::test;

static std::string apply(StringRef op, int64_t count, StringRef element = "f32") {
  return llvm::formatv(R"(
    func.func @f(%a: memref<{1}x{2}>, %c: memref<{1}x{2}>) attributes {{llvm.emit_c_interface} {{
      linalg.generic {{indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
                      iterator_types = ["parallel"]}
          ins(%a : memref<{1}x{2}>) outs(%c : memref<{1}x{2}>) {{
      ^bb0(%x: {2}, %z: {2}):
        %s = {0} %x : {2}
        linalg.yield %s : {2}
      }
      return
    })",
                       op, count, element);
}

/// The largest error of f32 results, in ulp of the exact result.
static double getLargestError(StringRef op, double (*exact)(double), double from, double to, bool accurate = false) {
  constexpr int64_t count = 100003;
  Program program(apply(op, count), VectorISA::AVX512, accurate);
  EXPECT_TRUE(program.isValid());
  MLIRContext context;
  auto type = MemRefType::get({count}, Float32Type::get(&context));
  Buffer in(type, 0), out(type, 0);
  auto *x = static_cast<float *>(in.getData()), *y = static_cast<float *>(out.getData());
  for (int64_t i = 0; i < count; ++i)
    x[i] = static_cast<float>(from + (to - from) * i / (count - 1));
  program.run("f", {&in, &out});
  double largest = 0;
  for (int64_t i = 0; i < count; ++i) {
    double wanted = exact(x[i]);
    float rounded = static_cast<float>(wanted);
    double ulp = std::nextafter(std::fabs(rounded), INFINITY) - std::fabs(rounded);
    if (std::isinf(rounded) || std::fabs(rounded) < std::numeric_limits<float>::min())
      continue;
    largest = std::max(largest, std::fabs(y[i] - wanted) / ulp);
  }
  return largest;
}

TEST(Math, ErrorsOfPolynomials) {
  auto report = [](StringRef op, double error, double limit) {
    ::testing::Test::RecordProperty(op.str(), std::to_string(error));
    EXPECT_LE(error, limit) << op.str();
  };
  report("math.exp", getLargestError("math.exp", std::exp, -87, 88), 2);
  report("math.expm1", getLargestError("math.expm1", std::expm1, -20, 20), 4);
  report("math.tanh", getLargestError("math.tanh", std::tanh, -20, 20), 5);
  report("math.log", getLargestError("math.log", std::log, 1e-6, 100), 2);
  report("math.log2", getLargestError("math.log2", std::log2, 1e-6, 100), 3);
  report("math.log1p", getLargestError("math.log1p", std::log1p, -0.99, 20), 4);
  report("math.erf", getLargestError("math.erf", std::erf, -5, 5), 8);
  report("math.erfc", getLargestError("math.erfc", std::erfc, -5, 5), 4);
  report("math.asin", getLargestError("math.asin", std::asin, -1, 1), 8);
  report("math.acos", getLargestError("math.acos", std::acos, -1, 1), 2);
}

TEST(Math, NearZero) {
  // Where a naive formula loses everything.
  EXPECT_LE(getLargestError("math.expm1", std::expm1, -1e-3, 1e-3), 4);
  EXPECT_LE(getLargestError("math.log1p", std::log1p, -1e-3, 1e-3), 4);
  EXPECT_LE(getLargestError("math.tanh", std::tanh, -1e-2, 1e-2), 5);
  EXPECT_LE(getLargestError("math.erf", std::erf, -1e-2, 1e-2), 8);
}

/// The largest error where operands or results are denormal, in units of the smallest number and up.
static double getLargestDenormalError(StringRef op, double (*exact)(double), float from, float to) {
  constexpr int64_t count = 20011;
  Program program(apply(op, count), VectorISA::AVX512);
  EXPECT_TRUE(program.isValid());
  MLIRContext context;
  auto type = MemRefType::get({count}, Float32Type::get(&context));
  Buffer in(type, 0), out(type, 0);
  auto *x = static_cast<float *>(in.getData()), *y = static_cast<float *>(out.getData());
  for (int64_t i = 0; i < count; ++i)
    x[i] = static_cast<float>(from + (double(to) - from) * i / (count - 1));
  program.run("f", {&in, &out});
  double largest = 0;
  for (int64_t i = 0; i < count; ++i) {
    double wanted = exact(x[i]);
    float rounded = std::fabs(static_cast<float>(wanted));
    if (wanted == y[i])
      continue;
    largest = std::max(largest, std::fabs(y[i] - wanted) / (std::nextafter(rounded, INFINITY) - rounded));
  }
  return largest;
}

TEST(Math, DenormalNumbers) {
  const float smallest = std::numeric_limits<float>::min();
  struct Function {
    const char *name;
    double (*exact)(double);
  };
  for (const Function &function :
       {Function{"math.exp", std::exp}, Function{"math.expm1", std::expm1}, Function{"math.tanh", std::tanh},
        Function{"math.log1p", std::log1p}, Function{"math.erf", std::erf}, Function{"math.erfc", std::erfc},
        Function{"math.asin", std::asin}, Function{"math.acos", std::acos}})
    EXPECT_LE(getLargestDenormalError(function.name, function.exact, -smallest, smallest), 3) << function.name;
  for (const Function &function : {Function{"math.log", std::log}, Function{"math.log2", std::log2}}) {
    EXPECT_LE(getLargestDenormalError(function.name, function.exact, 0, smallest), 2) << function.name;
    EXPECT_LE(getLargestDenormalError(function.name, function.exact, 0, 1e-42f), 2) << function.name;
  }
  EXPECT_LE(getLargestDenormalError("math.exp", std::exp, -110, -86), 3);
  EXPECT_LE(getLargestDenormalError("math.erfc", std::erfc, 9, 11), 8);
}

TEST(Math, Accurate) {
  EXPECT_LE(getLargestError("math.exp", std::exp, -87, 88, true), 1);
  EXPECT_LE(getLargestError("math.tanh", std::tanh, -20, 20, true), 2.5);
  EXPECT_LE(getLargestError("math.expm1", std::expm1, -1e-3, 1e-3, true), 1);
  EXPECT_LE(getLargestError("math.log1p", std::log1p, -1e-3, 1e-3, true), 1);
  EXPECT_LE(getLargestError("math.erf", std::erf, -5, 5, true), 1.5);
}

TEST(Math, DoublesKeepTheirAccuracy) {
  for (auto [op, exact] : {std::pair(
                               "math.exp", +[](double x) { return std::exp(x); }),
                           std::pair(
                               "math.tanh", +[](double x) { return std::tanh(x); }),
                           std::pair(
                               "math.expm1", +[](double x) { return std::expm1(x); }),
                           std::pair(
                               "math.log1p", +[](double x) { return std::log1p(x); }),
                           std::pair(
                               "math.erf", +[](double x) { return std::erf(x); }),
                           std::pair(
                               "math.sin", +[](double x) { return std::sin(x); }),
                           std::pair("math.atan", +[](double x) { return std::atan(x); })}) {
    Program program(apply(op, 21, "f64"), VectorISA::AVX512);
    ASSERT_TRUE(program.isValid()) << op;
    MLIRContext context;
    auto type = MemRefType::get({21}, Float64Type::get(&context));
    Buffer in(type, 0), out(type, 0);
    in.fill(1, 0);
    program.run("f", {&in, &out});
    for (int64_t i = 0; i < 21; ++i)
      EXPECT_NEAR(out.get(i), exact(in.get(i)), 1e-15 * std::fabs(exact(in.get(i)))) << op;
  }
}

/// A value gives the same bits in the vector body, in the tail and alone.
TEST(Math, BodyAndTailAgree) {
  for (StringRef op : {"math.exp", "math.tanh", "math.log", "math.log1p", "math.erf", "math.expm1", "math.sin",
                       "math.sqrt", "math.rsqrt"}) {
    MLIRContext context;
    Type f32 = Float32Type::get(&context);
    for (VectorISA isa : allISAs) {
      Program wide(apply(op, 31), isa), scalar(apply(op, 1), isa);
      ASSERT_TRUE(wide.isValid() && scalar.isValid()) << op.str();
      Buffer in(MemRefType::get({31}, f32), 0), out(MemRefType::get({31}, f32), 0);
      Buffer one(MemRefType::get({1}, f32), 0), result(MemRefType::get({1}, f32), 0);
      in.fill(7, 0);
      wide.run("f", {&in, &out});
      for (int64_t i = 0; i < 31; ++i) {
        one.set(0, in.get(i));
        scalar.run("f", {&one, &result});
        double actual = result.get(0), expected = out.get(i);
        EXPECT_TRUE(actual == expected || (std::isnan(actual) && std::isnan(expected)))
            << op.str() << "(" << in.get(i) << ") is " << actual << " alone, " << expected << " in a vector";
      }
    }
  }
}

TEST(Math, SpecialValues) {
  const float inf = std::numeric_limits<float>::infinity(), nan = std::nanf("");
  auto run = [](StringRef op, std::vector<float> values) {
    Program program(apply(op, values.size()), VectorISA::AVX512);
    EXPECT_TRUE(program.isValid());
    MLIRContext context;
    auto type = MemRefType::get({static_cast<int64_t>(values.size())}, Float32Type::get(&context));
    Buffer in(type, 0), out(type, 0);
    for (size_t i = 0; i < values.size(); ++i)
      in.set(i, values[i]);
    program.run("f", {&in, &out});
    std::vector<double> results;
    for (size_t i = 0; i < values.size(); ++i)
      results.push_back(out.get(i));
    return results;
  };
  std::vector<double> exp = run("math.exp", {0, -inf, inf, nan, 1000, -1000});
  EXPECT_EQ(exp[0], 1);
  EXPECT_EQ(exp[1], 0);
  EXPECT_EQ(exp[2], inf);
  EXPECT_TRUE(std::isnan(exp[3]));
  EXPECT_EQ(exp[4], inf);
  EXPECT_EQ(exp[5], 0);
  std::vector<double> tanh = run("math.tanh", {0, -inf, inf, nan, 1000, -1000});
  EXPECT_EQ(tanh[0], 0);
  EXPECT_NEAR(tanh[1], -1, 3e-7);
  EXPECT_NEAR(tanh[2], 1, 3e-7);
  EXPECT_TRUE(std::isnan(tanh[3]));
  std::vector<double> log = run("math.log", {1, 0, inf, nan, -1});
  EXPECT_EQ(log[0], 0);
  EXPECT_EQ(log[1], -inf);
  EXPECT_EQ(log[2], inf);
  EXPECT_TRUE(std::isnan(log[3]));
  EXPECT_TRUE(std::isnan(log[4]));
}
