//===- HostMemoryTest.cpp - What is touched is seen ---------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../../lib/Execution/HostMemory.h"

#include "gtest/gtest.h"

#include <unistd.h>

#include <algorithm>

using namespace remat;

namespace {

TEST(HostMemoryTest, FindsWhatWasTouched) {
  constexpr int64_t bytes = 1 << 16;
  auto block = llvm::cantFail(HostMemory::create(bytes));
  auto *data = static_cast<char *>(block.getAddress());
  llvm::cantFail(block.fillWithPattern());
  EXPECT_EQ(llvm::cantFail(block.findHighestTouched()), 0);
  EXPECT_EQ(block.findLowestTouched(0), data + bytes);
  // Zero is no pattern, nor is what another unit holds.
  data[640] = 0;
  data[641] = 0;
  std::copy(data + 64, data + 128, data + 1280);
  EXPECT_EQ(llvm::cantFail(block.findHighestTouched()), 1344);
  EXPECT_EQ(block.findLowestTouched(0), data + 640);
}

TEST(HostMemoryTest, FindsDeepStacksByPages) {
  constexpr int64_t bytes = 8 << 20;
  constexpr int64_t fine = bytes - (256 << 10);
  auto block = llvm::cantFail(HostMemory::create(bytes));
  auto *data = static_cast<char *>(block.getAddress());
  block.fillWithPatternFrom(fine);
  EXPECT_EQ(block.findLowestTouched(fine), data + bytes);
  data[bytes - 6400] = 1;
  EXPECT_EQ(block.findLowestTouched(fine), data + bytes - 6400);
  // Also if it is a zero that was written.
  int64_t page = sysconf(_SC_PAGESIZE);
  volatile char *deep = data + fine - 3 * page + 100;
  *deep = 0;
  EXPECT_EQ(block.findLowestTouched(fine), data + fine - 3 * page);
}

} // namespace
