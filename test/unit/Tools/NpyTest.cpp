//===- NpyTest.cpp - Tests of the .npy format ---------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/remat-run/lib/Npy.h"
#include "tools/remat-run/lib/FloatElements.h"

#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace remat;

static Array makeArray(ElementType type, llvm::ArrayRef<int64_t> shape) {
  return llvm::cantFail(Array::create(type, shape));
}

static std::string write(const Array &array) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  writeNpy(array, stream);
  return text;
}

static std::string errorOf(llvm::StringRef contents, ElementType type) {
  auto array = readNpy(contents, type);
  return array ? "no error" : llvm::toString(array.takeError());
}

TEST(Npy, EveryTypeAndRankRoundTrips) {
  for (ElementType type : {ElementType::F64, ElementType::F32, ElementType::F16, ElementType::BF16, ElementType::I1,
                           ElementType::I8, ElementType::I16, ElementType::I32, ElementType::I64, ElementType::Index})
    for (llvm::SmallVector<int64_t, 4> shape :
         {llvm::SmallVector<int64_t, 4>{}, {0}, {1}, {7}, {2, 3}, {2, 0, 3}, {1, 2, 3, 4}}) {
      Array array = makeArray(type, shape);
      for (int64_t i = 0; i < array.getByteSize(); ++i)
        static_cast<uint8_t *>(array.getView().data)[i] = type == ElementType::I1 ? i % 2 : i;
      std::string text = write(array);
      EXPECT_EQ((text.find('\n') + 1) % 64, 0u);
      auto read = readNpy(text, type);
      ASSERT_TRUE(bool(read)) << llvm::toString(read.takeError());
      EXPECT_EQ(read->getShape(), array.getShape());
      EXPECT_EQ(read->getBytes(), array.getBytes());
    }
}

TEST(Npy, HeaderIsWhatNumPyWrites) {
  EXPECT_EQ(llvm::StringRef(write(makeArray(ElementType::F32, {7}))).substr(10, 56),
            "{'descr': '<f4', 'fortran_order': False, 'shape': (7,), ");
  EXPECT_EQ(llvm::StringRef(write(makeArray(ElementType::I1, {}))).substr(10, 55),
            "{'descr': '|b1', 'fortran_order': False, 'shape': (), }");
}

TEST(Npy, BFloat16TravelsAsF32) {
  Array wide = makeArray(ElementType::F32, {4});
  // Half way between two numbers of bf16: to even, down and up.
  float values[] = {1.0f, 1.00390625f, 1.01171875f, -0.0f};
  for (int i = 0; i < 4; ++i)
    storeFloat(wide, i, values[i]);
  auto narrow = readNpy(write(wide), ElementType::BF16);
  ASSERT_TRUE(bool(narrow));
  EXPECT_EQ(loadFloat(*narrow, 0), 1.0);
  EXPECT_EQ(loadFloat(*narrow, 1), 1.0);
  EXPECT_EQ(loadFloat(*narrow, 2), 1.015625);
  EXPECT_TRUE(std::signbit(loadFloat(*narrow, 3)));
  auto again = readNpy(write(*narrow), ElementType::F32);
  ASSERT_TRUE(bool(again));
  EXPECT_EQ(loadFloat(*again, 2), 1.015625);
}

/// A file of version 1.0 with \p shape in its header and six elements.
static std::string withShape(llvm::StringRef shape) {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape.str() + ", }\n";
  return std::string("\x93NUMPY\x01\0", 8) + static_cast<char>(header.size()) + '\0' + header + std::string(24, '\0');
}

TEST(Npy, ErrorsQuoteTheWordThatIsWrong) {
  EXPECT_EQ(errorOf(withShape("(2L, 3L)"), ElementType::F32), "no error");
  for (llvm::StringRef wrong : {"-2", "2.5", "9223372036854775808", "99999999999999999999", "0x2", "two", "LL"})
    EXPECT_EQ(
        errorOf(withShape(("(" + wrong + ", 3)").str()), ElementType::F32),
        ("the header expects an extent that is not negative and fits into 63 bits, but got '" + wrong + "'").str());
  EXPECT_EQ(errorOf(withShape("(2 3)"), ElementType::F32), "the header expects ',' or ')', but got '3'");
  EXPECT_EQ(errorOf(withShape("[2, 3]"), ElementType::F32), "the header expects a tuple, but got '['");
  EXPECT_EQ(errorOf(withShape("2, 3)"), ElementType::F32), "the header expects a tuple, but got '2'");
}

TEST(Npy, EveryTruncationIsAnError) {
  std::string text = write(makeArray(ElementType::F32, {2, 3}));
  for (size_t size = 0; size < text.size(); ++size)
    EXPECT_NE(errorOf(llvm::StringRef(text).take_front(size), ElementType::F32), "no error") << size;
}

TEST(Npy, ShapesThatOverflow) {
  std::string text = write(makeArray(ElementType::F32, {2, 3}));
  text.replace(text.find("(2, 3)"), 6, "(3037000500, 3037000500)");
  EXPECT_NE(errorOf(text, ElementType::F32), "no error");
}

TEST(Npy, FirstNaN) {
  for (ElementType type : {ElementType::F64, ElementType::F32, ElementType::F16, ElementType::BF16}) {
    Array array = makeArray(type, {2, 3, 4});
    EXPECT_FALSE(findNaN(array).has_value());
    storeFloat(array, 5, std::numeric_limits<double>::infinity());
    EXPECT_FALSE(findNaN(array).has_value());
    storeFloat(array, 18, std::nan(""));
    storeFloat(array, 23, std::nan(""));
    auto position = findNaN(array);
    ASSERT_TRUE(position.has_value());
    EXPECT_EQ(formatPosition(*position), "[1, 1, 2]");
  }
}
