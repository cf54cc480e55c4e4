//===- GPUMathTest.cpp - Functions on GPUs --------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Functions that come from libclc against libm in long double: their error in units in the
// last place, and what they give for zeros, infinities and what is no number. And what
// becomes of denormal numbers.
//
//===----------------------------------------------------------------------===//

#include "GPUHarness.h"
#include "remat/Target/CPU/ExpandMath.h"

#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"

#include <cmath>
#include <limits>

using namespace remat;
using namespace remat::test;

namespace {

struct Function {
  const char *operation;
  long double (*exact)(long double);
  double from, to;
};

constexpr long double infinity = std::numeric_limits<long double>::infinity();

class GPUMath : public testing::Test {
protected:
  /// Applies an operation, or two of which \p first is the first result, to all \p values, of
  /// type \p element.
  std::vector<double> apply(const std::string &operation, llvm::StringRef element, ArrayRef<double> values,
                            Denormals denormals = Denormals::Keep, llvm::StringRef first = "%s") {
    std::string text = llvm::formatv(R"(
      func.func @f(%a: memref<{1}x{2}>, %c: memref<{1}x{2}>) attributes {{llvm.emit_c_interface} {{
        linalg.generic {{indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
                        iterator_types = ["parallel"]}
            ins(%a : memref<{1}x{2}>) outs(%c : memref<{1}x{2}>) {{
        ^bb0(%x: {2}, %z: {2}):
          {3} = {0} : {2}
          linalg.yield %s : {2}
        }
        return
      })",
                                     operation, values.size(), element, first);
    GPUProgram program(text, denormals);
    EXPECT_TRUE(program.isValid()) << text;
    if (!program.isValid())
      return {};
    Builder builder(&context);
    Type type = element == "f64" ? Type(builder.getF64Type())
                                 : (element == "f16" ? Type(builder.getF16Type()) : builder.getF32Type());
    auto array = MemRefType::get({int64_t(values.size())}, type);
    Buffer in(array, 0), out(array, 0);
    for (auto [i, value] : llvm::enumerate(values))
      in.set(i, value);
    program.run("f", {&in, &out});
    std::vector<double> results;
    for (size_t i = 0; i < values.size(); ++i)
      results.push_back(out.get(i));
    return results;
  }

  MLIRContext context;
};

} // namespace

#ifdef REMAT_HAS_LIBCLC

static const Function functions[] = {
    {"sin", sinl, -100, 100},     {"cos", cosl, -100, 100},   {"tan", tanl, -3, 3},       {"asin", asinl, -1, 1},
    {"acos", acosl, -1, 1},       {"atan", atanl, -20, 20},   {"sinh", sinhl, -20, 20},   {"cosh", coshl, -20, 20},
    {"asinh", asinhl, -100, 100}, {"acosh", acoshl, 1, 100},  {"atanh", atanhl, -1, 1},   {"cbrt", cbrtl, -100, 100},
    {"exp2", exp2l, -100, 100},   {"log10", log10l, 0, 1000}, {"exp", expl, -80, 80},     {"expm1", expm1l, -3, 3},
    {"log", logl, 0, 1000},       {"log2", log2l, 0, 1000},   {"log1p", log1pl, -1, 100}, {"tanh", tanhl, -5, 5},
    {"erf", erfl, -4, 4},         {"erfc", erfcl, -4, 8},
};

template <typename T>
static double getError(double actual, long double exact) {
  T rounded = static_cast<T>(exact);
  if (std::isnan(exact) || std::isinf(rounded))
    return (std::isnan(exact) ? std::isnan(actual) : actual == rounded) ? 0 : infinity;
  T magnitude = std::max(std::fabs(rounded), std::numeric_limits<T>::min());
  return static_cast<double>(fabsl(actual - exact) / (std::nextafter(magnitude, T(INFINITY)) - magnitude));
}

TEST_F(GPUMath, ErrorsOfFunctions) {
  constexpr int64_t count = 1001;
  for (const Function &function : functions)
    for (bool isDouble : {false, true}) {
      std::vector<double> values;
      for (int64_t i = 0; i < count; ++i) {
        double value = function.from + (function.to - function.from) * double(i) / (count - 1);
        values.push_back(isDouble ? value : double(float(value)));
      }
      std::vector<double> results =
          apply("math." + std::string(function.operation) + " %x", isDouble ? "f64" : "f32", values);
      double largest = 0;
      for (auto [value, result] : llvm::zip_equal(values, results)) {
        long double exact = function.exact(value);
        largest = std::max(largest, isDouble ? getError<double>(result, exact) : getError<float>(result, exact));
      }
      EXPECT_LE(largest, isDouble ? 3.0 : 5.0) << function.operation << (isDouble ? " f64" : " f32");
    }
}

TEST_F(GPUMath, BordersOfFunctions) {
  const std::vector<double> values = {0.0,   -0.0,   INFINITY, -INFINITY, NAN,    1.0,  -1.0, 1e-310, 1e-40,
                                      1e300, -1e300, 3e38,     -3e38,     -720.5, 88.9, -104, 709.9,  0.5};
  for (const Function &function : functions)
    for (bool isDouble : {false, true}) {
      // Polynomials are those of the CPU.
      if (!isDouble && hasPolynomial("math." + std::string(function.operation)))
        continue;
      std::string operation = "math." + std::string(function.operation) + " %x";
      std::vector<double> results = apply(operation, isDouble ? "f64" : "f32", values);
      for (auto [value, result] : llvm::zip_equal(values, results)) {
        double operand = isDouble ? value : double(float(value));
        long double exact = function.exact(operand);
        double error = isDouble ? getError<double>(result, exact) : getError<float>(result, exact);
        EXPECT_LE(error, isDouble ? 3.0 : 5.0) << operation << " of " << operand << " is " << result;
        if (exact == 0)
          EXPECT_EQ(std::signbit(result), std::signbit(exact)) << operation << " of " << operand;
      }
    }
}

TEST_F(GPUMath, TwoOperands) {
  const std::vector<double> values = {0.0, -0.0, 0.5, -2.5, 3.0, 17.25, -33.0, INFINITY, 1e-40, NAN};
  for (bool isDouble : {false, true}) {
    llvm::StringRef element = isDouble ? "f64" : "f32";
    auto check = [&](const std::string &operation, auto exact, double tolerance) {
      std::string text = llvm::formatv("arith.constant 2.5 : {0}\n%s = {1} %k, %x", element, operation);
      std::vector<double> results = apply(text, element, values, Denormals::Keep, "%k");
      for (auto [value, result] : llvm::zip_equal(values, results)) {
        long double operand = isDouble ? value : double(float(value));
        long double wanted = exact(2.5L, operand);
        double error = isDouble ? getError<double>(result, wanted) : getError<float>(result, wanted);
        EXPECT_LE(error, tolerance) << operation << " with " << value << " is " << result;
      }
    };
    auto powers = [](long double x, long double y) { return powl(x, y); };
    auto arcs = [](long double x, long double y) { return atan2l(x, y); };
    auto rests = [](long double x, long double y) { return fmodl(x, y); };
    check("math.powf", powers, 3);
    check("math.atan2", arcs, 5);
    check("arith.remf", rests, 0);
  }
}

#endif // REMAT_HAS_LIBCLC

TEST_F(GPUMath, DenormalNumbers) {
  std::vector<double> values = {1e-40, -1e-40, 3e-39, 1.0};
  std::vector<double> kept = apply("arith.addf %x, %x", "f32", values);
  std::vector<double> flushed = apply("arith.addf %x, %x", "f32", values, Denormals::Flush);
  for (auto [value, with, without] : llvm::zip_equal(values, kept, flushed)) {
    EXPECT_EQ(with, double(2 * float(value)));
    EXPECT_EQ(without, value == 1.0 ? 2.0 : 0.0);
    EXPECT_EQ(std::signbit(without), std::signbit(value));
  }
  // They are denormal in f16, not in f32, in which f16 is computed.
  std::vector<double> narrow = {5.9604644775390625e-08, -1.1920928955078125e-07, 3.0517578125e-05, 2.0};
  for (Denormals denormals : {Denormals::Keep, Denormals::Flush}) {
    std::vector<double> sums = apply("arith.addf %x, %x", "f16", narrow, denormals);
    for (auto [value, sum] : llvm::zip_equal(narrow, sums))
      EXPECT_EQ(sum, 2 * value);
  }
}
