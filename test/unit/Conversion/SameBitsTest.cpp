//===- SameBitsTest.cpp - Processors and GPUs compute the same ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every operation of arith and math that kernels may have, in every type, on vectors of a
// processor with portable functions and on GPUs (in the stand-in), with denormal numbers
// kept: equal bits, whatever is no number apart. Operands are all pairs of the values at
// which something changes, and random ones, half of them random bits.
//
//===----------------------------------------------------------------------===//

#include "GPUHarness.h"
#include "KernelHarness.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"

#include <cmath>
#include <cstring>
#include <random>

using namespace remat;
using namespace remat::test;

namespace {

/// An operation on %x and %y, of type T, that gives %r.
struct Computation {
  std::string code;
  /// The type of %r; T if it is empty.
  std::string result;
};

/// Functions f0, f1 and so on, each of which applies one operation to arrays.
std::string writeModule(ArrayRef<Computation> operations, StringRef type, int64_t count) {
  std::string text;
  for (auto [number, operation] : llvm::enumerate(operations)) {
    std::string result = operation.result.empty() ? type.str() : operation.result;
    std::string body = operation.code;
    for (size_t place; (place = body.find('T')) != std::string::npos;)
      body.replace(place, 1, type.str());
    text += llvm::formatv(R"(
      func.func @f{0}(%a: memref<{1}x{2}>, %b: memref<{1}x{2}>, %c: memref<{1}x{3}>) attributes {{llvm.emit_c_interface} {{
        linalg.generic {{indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
                        iterator_types = ["parallel"]}
            ins(%a, %b : memref<{1}x{2}>, memref<{1}x{2}>) outs(%c : memref<{1}x{3}>) {{
        ^bb0(%x: {2}, %y: {2}, %z: {3}):
          {4}
          linalg.yield %r : {3}
        }
        return
      })",
                          number, count, type, result, body);
  }
  return text;
}

class SameBits : public testing::Test {
protected:
  Type parse(StringRef type) {
    Builder builder(&context);
    if (type == "f64")
      return builder.getF64Type();
    if (type == "f32")
      return builder.getF32Type();
    if (type == "f16")
      return builder.getF16Type();
    if (type == "bf16")
      return builder.getBF16Type();
    if (type == "index")
      return builder.getIndexType();
    unsigned width = 0;
    EXPECT_FALSE(type.drop_front().getAsInteger(10, width));
    return builder.getIntegerType(width);
  }

  /// Runs all operations on both; \p first and \p second are bits.
  void compare(ArrayRef<Computation> operations, StringRef type, ArrayRef<uint64_t> first, ArrayRef<uint64_t> second) {
    int64_t count = first.size();
    std::string text = writeModule(operations, type, count);
    Program processor(text, VectorISA::AVX512, /*accurate=*/false, MathFunctions::Portable);
    GPUProgram device(text);
    ASSERT_TRUE(processor.isValid() && device.isValid()) << text;
    auto operandType = MemRefType::get({count}, parse(type));
    Buffer a(operandType, 0), b(operandType, 0);
    setBits(a, first);
    setBits(b, second);
    for (auto [number, operation] : llvm::enumerate(operations)) {
      Type element = parse(operation.result.empty() ? type : StringRef(operation.result));
      Buffer expected(MemRefType::get({count}, element), 0), actual(MemRefType::get({count}, element), 0);
      std::string name = "f" + std::to_string(number);
      processor.run(name, {&a, &b, &expected});
      device.run(name, {&a, &b, &actual});
      int64_t differences = 0;
      for (int64_t i = 0; i < count; ++i) {
        uint64_t onProcessor = getBits(expected, i), onDevice = getBits(actual, i);
        if (onProcessor == onDevice ||
            (isa<FloatType>(element) && std::isnan(expected.get(i)) && std::isnan(actual.get(i))))
          continue;
        if (++differences > 3)
          continue;
        ADD_FAILURE() << operation.code << " in " << type.str() << " of 0x" << llvm::utohexstr(first[i]) << " ("
                      << a.get(i) << ") and 0x" << llvm::utohexstr(second[i]) << " (" << b.get(i) << ") is 0x"
                      << llvm::utohexstr(onProcessor) << " on the processor, 0x" << llvm::utohexstr(onDevice)
                      << " on the GPU";
      }
      if (differences > 3)
        ADD_FAILURE() << operation.code << " differs in " << differences << " places of " << count;
    }
  }

  void compareFloats(ArrayRef<Computation> operations, StringRef type, int64_t random = 2000) {
    std::vector<uint64_t> first, second;
    addPairs(getSpecialFloats(cast<FloatType>(parse(type))), first, second);
    addRandomFloats(cast<FloatType>(parse(type)), random, first, second);
    compare(operations, type, first, second);
  }

  void compareIntegers(ArrayRef<Computation> operations, StringRef type) {
    unsigned width = type == "index" ? 64 : parse(type).getIntOrFloatBitWidth();
    std::vector<uint64_t> special, first, second;
    uint64_t mask = width == 64 ? ~uint64_t(0) : (uint64_t(1) << width) - 1, sign = (mask >> 1) + 1;
    for (uint64_t value : {uint64_t(0),
                           uint64_t(1),
                           uint64_t(2),
                           uint64_t(3),
                           uint64_t(7),
                           uint64_t(10),
                           uint64_t(width - 1),
                           uint64_t(width),
                           uint64_t(width + 1),
                           sign - 1,
                           sign,
                           sign + 1,
                           mask,
                           mask - 1,
                           mask - 6,
                           uint64_t(0x5a5a5a5a5a5a5a5a),
                           (uint64_t(1) << 24) + 1,
                           (uint64_t(1) << 53) + 1,
                           (uint64_t(1) << 31) + 1,
                           uint64_t(0x7fffff8000000000),
                           uint64_t(0x8000004000000001),
                           uint64_t(0x80000000),
                           uint64_t(0xfffffffffffffbff)})
      if (!llvm::is_contained(special, value & mask))
        special.push_back(value & mask);
    addPairs(special, first, second);
    std::mt19937_64 generator(17);
    for (int i = 0; i < 1000; ++i) {
      first.push_back(generator() & mask);
      // Of all magnitudes.
      second.push_back((generator() & mask) >> (generator() % width));
    }
    compare(operations, type, first, second);
  }

  MLIRContext context;

private:
  static void setBits(Buffer &buffer, ArrayRef<uint64_t> bits) {
    size_t bytes = buffer.getBytes() / bits.size();
    for (auto [i, value] : llvm::enumerate(bits))
      std::memcpy(static_cast<char *>(buffer.getData()) + i * bytes, &value, bytes);
  }

  static uint64_t getBits(Buffer &buffer, int64_t index) {
    size_t bytes = buffer.getBytes() / buffer.size();
    uint64_t bits = 0;
    std::memcpy(&bits, static_cast<char *>(buffer.getData()) + index * bytes, bytes);
    return bits;
  }

  static void addPairs(ArrayRef<uint64_t> values, std::vector<uint64_t> &first, std::vector<uint64_t> &second) {
    for (uint64_t x : values)
      for (uint64_t y : values) {
        first.push_back(x);
        second.push_back(y);
      }
  }

  static uint64_t round(double value, FloatType type) {
    llvm::APFloat number(value);
    bool losesInfo;
    number.convert(type.getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
    return number.bitcastToAPInt().getZExtValue();
  }

  static std::vector<uint64_t> getSpecialFloats(FloatType type) {
    const llvm::fltSemantics &semantics = type.getFloatSemantics();
    std::vector<uint64_t> values;
    auto add = [&](const llvm::APFloat &value) {
      for (const llvm::APFloat &number : {value, -value}) {
        uint64_t bits = number.bitcastToAPInt().getZExtValue();
        if (!llvm::is_contained(values, bits))
          values.push_back(bits);
      }
    };
    llvm::APFloat normal = llvm::APFloat::getSmallestNormalized(semantics), denormal = normal, two(semantics, 2);
    denormal.divide(two, llvm::APFloat::rmNearestTiesToEven);
    llvm::APFloat large = normal;
    normal.next(/*nextDown=*/true);
    for (const llvm::APFloat &value :
         {llvm::APFloat::getZero(semantics), llvm::APFloat::getInf(semantics), llvm::APFloat::getQNaN(semantics),
          llvm::APFloat::getSmallest(semantics), llvm::APFloat::getLargest(semantics), large, normal, denormal})
      add(value);
    for (double value : {0.25,         0.49999997,
                         0.5,          0.7071067,
                         1.0,          1.5,
                         2.0,          2.5,
                         3.0,          3.14159274101257324,
                         87.5,         88.9,
                         127.5,        255.5,
                         709.9,        745.5,
                         1e-5,         32767.5,
                         65535.9,      8388609.0,
                         2147483648.0, 4.5e15,
                         9.3e18,       1.8446744073709552e19,
                         1e30}) {
      llvm::APFloat number(semantics, llvm::APInt(type.getWidth(), round(value, type)));
      add(number);
    }
    return values;
  }

  static void addRandomFloats(FloatType type, int64_t count, std::vector<uint64_t> &first,
                              std::vector<uint64_t> &second) {
    std::mt19937_64 generator(42);
    unsigned width = type.getWidth();
    uint64_t mask = width == 64 ? ~uint64_t(0) : (uint64_t(1) << width) - 1;
    auto draw = [&](int64_t i) {
      if (i % 2 == 0)
        return generator() & mask;
      double unit = static_cast<double>(generator() >> 11) * 0x1p-52 - 1;
      return round(unit * (i % 4 == 1 ? 2 : 100), type);
    };
    for (int64_t i = 0; i < count; ++i) {
      first.push_back(draw(i));
      second.push_back(draw(i / 2));
    }
  }
};

/// What is 1 in bit i if comparison number i holds.
Computation compareBy(StringRef name, ArrayRef<StringRef> predicates) {
  std::string code = "%s0 = arith.constant 0 : i32\n";
  for (auto [i, predicate] : llvm::enumerate(predicates))
    code += llvm::formatv("%p{0} = {1} {2}, %x, %y : T\n%e{0} = arith.extui %p{0} : i1 to i32\n"
                          "%d{0} = arith.constant {0} : i32\n%h{0} = arith.shli %e{0}, %d{0} : i32\n"
                          "%s{3} = arith.ori %s{0}, %h{0} : i32\n",
                          i, name, predicate, i + 1);
  code += llvm::formatv("%z0 = arith.constant 0 : i32\n%r = arith.ori %s{0}, %z0 : i32", predicates.size());
  return {code, "i32"};
}

constexpr StringRef floatTypes[] = {"f32", "f64", "f16", "bf16"};
constexpr StringRef integerTypes[] = {"i1", "i8", "i16", "i32", "i64", "index"};

} // namespace

TEST_F(SameBits, ArithmeticOfFloats) {
  std::vector<Computation> operations;
  for (StringRef name : {"addf", "subf", "mulf", "divf", "maximumf", "minimumf", "maxnumf", "minnumf"})
    operations.push_back({("%r = arith." + name + " %x, %y : T").str(), ""});
  operations.push_back({"%r = arith.negf %x : T", ""});
  operations.push_back({"%p = arith.cmpf ult, %x, %y : T\n%r = arith.select %p, %x, %y : T", ""});
  // What nothing fuses.
  operations.push_back({"%m = arith.mulf %x, %y : T\n%r = arith.addf %m, %x : T", ""});
  operations.push_back(compareBy("arith.cmpf", {"false", "oeq", "ogt", "oge", "olt", "ole", "one", "ord", "ueq", "ugt",
                                                "uge", "ult", "ule", "une", "uno", "true"}));
  for (StringRef type : floatTypes)
    compareFloats(operations, type);
}

TEST_F(SameBits, Rounding) {
  std::vector<Computation> operations;
  for (StringRef name : {"absf", "ceil", "floor", "round", "roundeven", "trunc", "sqrt", "rsqrt"})
    operations.push_back({("%r = math." + name + " %x : T").str(), ""});
  operations.push_back({"%r = math.copysign %x, %y : T", ""});
  operations.push_back({"%r = math.fma %x, %y, %x : T", ""});
  for (StringRef name : {"isfinite", "isinf", "isnan", "isnormal"})
    operations.push_back({("%r = math." + name + " %x : T").str(), "i1"});
  for (StringRef type : floatTypes)
    compareFloats(operations, type);
}

TEST_F(SameBits, ConversionsOfFloats) {
  for (StringRef type : floatTypes) {
    std::vector<Computation> operations;
    for (StringRef integer : integerTypes) {
      if (integer == "index")
        continue;
      for (StringRef name : {"fptosi", "fptoui"})
        operations.push_back({llvm::formatv("%r = arith.{0} %x : T to {1}", name, integer), integer.str()});
    }
    unsigned width = parse(type).getIntOrFloatBitWidth();
    operations.push_back({llvm::formatv("%r = arith.bitcast %x : T to i{0}", width), llvm::formatv("i{0}", width)});
    for (StringRef other : floatTypes) {
      unsigned otherWidth = parse(other).getIntOrFloatBitWidth();
      if (otherWidth != width)
        operations.push_back(
            {llvm::formatv("%r = arith.{0} %x : T to {1}", otherWidth > width ? "extf" : "truncf", other),
             other.str()});
    }
    compareFloats(operations, type);
  }
}

TEST_F(SameBits, Integers) {
  std::vector<Computation> operations;
  for (StringRef name :
       {"addi", "subi", "muli", "divsi", "divui", "ceildivsi", "ceildivui", "floordivsi", "remsi", "remui",
        "andi", "ori",  "xori", "shli",  "shrsi", "shrui",     "maxsi",     "maxui",      "minsi", "minui"})
    operations.push_back({("%r = arith." + name + " %x, %y : T").str(), ""});
  operations.push_back({"%p = arith.cmpi ult, %x, %y : T\n%r = arith.select %p, %x, %y : T", ""});
  operations.push_back({"%s, %r = arith.addui_extended %x, %y : T, i1", "i1"});
  operations.push_back(compareBy("arith.cmpi", {"eq", "ne", "slt", "sle", "sgt", "sge", "ult", "ule", "ugt", "uge"}));
  for (StringRef name : {"absi", "ctlz", "cttz", "ctpop"})
    operations.push_back({("%r = math." + name + " %x : T").str(), ""});
  for (StringRef type : integerTypes) {
    SCOPED_TRACE(type.str());
    std::vector<Computation> chosen = operations;
    unsigned width = type == "index" ? 64 : parse(type).getIntOrFloatBitWidth();
    if (type == "index") {
      llvm::erase_if(chosen, [](const Computation &operation) {
        return StringRef(operation.code).contains("math.") || StringRef(operation.code).contains("extended");
      });
      for (StringRef name : {"index_cast", "index_castui"})
        for (StringRef other : {"i1", "i8", "i16", "i32", "i64"})
          chosen.push_back({llvm::formatv("%r = arith.{0} %x : T to {1}", name, other), other.str()});
    } else {
      for (StringRef name : {"index_cast", "index_castui"})
        chosen.push_back({llvm::formatv("%r = arith.{0} %x : T to index", name), "index"});
      for (StringRef name : {"sitofp", "uitofp"})
        for (StringRef other : floatTypes)
          chosen.push_back({llvm::formatv("%r = arith.{0} %x : T to {1}", name, other), other.str()});
      for (unsigned other : {1, 8, 16, 32, 64})
        for (StringRef name : {"extsi", "extui", "trunci"})
          if (name == "trunci" ? other < width : other > width)
            chosen.push_back(
                {llvm::formatv("%r = arith.{0} %x : T to i{1}", name, other), llvm::formatv("i{0}", other)});
    }
    compareIntegers(chosen, type);
  }
}

#ifdef REMAT_HAS_LIBCLC

TEST_F(SameBits, Functions) {
  std::vector<Computation> operations;
  for (StringRef name : {"acos", "acosh", "asin",  "asinh", "atan",  "atanh", "cbrt", "cos", "cosh", "erf", "erfc",
                         "exp",  "exp2",  "expm1", "log",   "log10", "log1p", "log2", "sin", "sinh", "tan", "tanh"})
    operations.push_back({("%r = math." + name + " %x : T").str(), ""});
  for (StringRef name : {"math.atan2", "math.powf", "arith.remf"})
    operations.push_back({("%r = " + name + " %x, %y : T").str(), ""});
  operations.push_back({"%n = arith.fptosi %y : T to i32\n%r = math.fpowi %x, %n : T, i32", ""});
  for (StringRef type : floatTypes)
    compareFloats(operations, type, 3000);
}

#endif // REMAT_HAS_LIBCLC
