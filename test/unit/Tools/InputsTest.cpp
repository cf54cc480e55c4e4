//===- InputsTest.cpp - Tests of generated arguments --------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/remat-run/lib/Inputs.h"
#include "tools/remat-run/lib/FloatElements.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace remat;

static Array generate(llvm::StringRef text, ElementType type, llvm::ArrayRef<int64_t> shape, uint64_t seed = 0,
                      llvm::StringRef name = "x") {
  Array array = llvm::cantFail(Array::create(type, shape));
  llvm::cantFail(generateValues(array, llvm::cantFail(parseInputSpec(text)), seed, name));
  return array;
}

TEST(Inputs, NormalValuesHaveMeanZeroAndVarianceOne) {
  Array array = generate("x=normal:1", ElementType::F64, {100000});
  double sum = 0, squares = 0, largest = 0;
  for (double value : array.getElements<double>()) {
    sum += value;
    squares += value * value;
    largest = std::max(largest, std::abs(value));
  }
  EXPECT_NEAR(sum / 100000, 0, 0.02);
  EXPECT_NEAR(squares / 100000, 1, 0.02);
  EXPECT_GT(largest, 3.5);
  EXPECT_LT(largest, 6);
}

TEST(Inputs, ValuesAreTheSameOnEveryMachine) {
  // SplitMix64 from seed 0 + FNV-1a-64("x"), added up in exact arithmetic.
  Array array = generate("x=normal:1", ElementType::F64, {2});
  Array again = generate("x=normal:1", ElementType::F64, {3});
  EXPECT_EQ(array.getElements<double>()[0], again.getElements<double>()[0]);
  EXPECT_EQ(array.getElements<double>()[1], again.getElements<double>()[1]);
  // Multiples of 2^-32.
  for (double value : again.getElements<double>())
    EXPECT_EQ(value * 0x1p32, std::nearbyint(value * 0x1p32));
}

TEST(Inputs, SeedAndNameChooseTheStream) {
  Array array = generate("x=normal:1", ElementType::F32, {4}, 0, "x");
  EXPECT_NE(array.getBytes(), generate("x=normal:1", ElementType::F32, {4}, 1, "x").getBytes());
  EXPECT_NE(array.getBytes(), generate("x=normal:1", ElementType::F32, {4}, 0, "y").getBytes());
  EXPECT_EQ(array.getBytes(), generate("x=normal:1", ElementType::F32, {4}, 0, "x").getBytes());
}

TEST(Inputs, IntegersCoverTheirRange) {
  Array array = generate("x=int:-2:3", ElementType::I8, {1000});
  int counts[5] = {};
  for (int8_t value : array.getElements<int8_t>()) {
    ASSERT_GE(value, -2);
    ASSERT_LT(value, 3);
    ++counts[value + 2];
  }
  for (int count : counts)
    EXPECT_NEAR(count, 200, 60);
  Array whole = generate("x=int:-9223372036854775808:9223372036854775807", ElementType::I64, {64});
  EXPECT_NE(whole.getElements<int64_t>()[0], whole.getElements<int64_t>()[1]);
}

TEST(Inputs, Constants) {
  EXPECT_EQ(generate("x=37", ElementType::Index, {}).getElements<int64_t>()[0], 37);
  EXPECT_EQ(generate("x=9007199254740993", ElementType::I64, {}).getElements<int64_t>()[0], 9007199254740993);
  EXPECT_EQ(loadFloat(generate("x=-0.5", ElementType::F16, {2}), 1), -0.5);
}

TEST(Inputs, Texts) {
  for (llvm::StringRef text : {"", "x", "x=", "=1", "x=int:", "x=int:1", "x=int:1:b", "x=int:2:1",
                               "x=normal:", "x=normal:nan", "x=normal:-1", "x=inf", "x=file.txt"}) {
    auto spec = parseInputSpec(text);
    EXPECT_FALSE(bool(spec)) << text.str();
    llvm::consumeError(spec.takeError());
  }
  for (llvm::StringRef text : {"", "x", "=3", "x=3x", "x=x3", "x=3x-1", "x=3.5", "x=3X4"}) {
    auto spec = parseShapeSpec(text);
    EXPECT_FALSE(bool(spec)) << text.str();
    llvm::consumeError(spec.takeError());
  }
  EXPECT_EQ(llvm::cantFail(parseShapeSpec("x=3x0x5")).shape, (llvm::SmallVector<int64_t, 4>{3, 0, 5}));
  EXPECT_TRUE(llvm::cantFail(parseShapeSpec("x=")).shape.empty());
}
