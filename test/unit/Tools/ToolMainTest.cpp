//===- ToolMainTest.cpp - How tools end for want of something -----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "support/ToolMain.h"

#include "llvm/Support/ErrorHandling.h"
#include "gtest/gtest.h"

#include <csignal>
#include <new>
#include <stdexcept>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

class ToolMainDeathTest : public testing::Test {
protected:
  void SetUp() override { testing::FLAGS_gtest_death_test_style = "threadsafe"; }

  /// Runs on a thread of its own, in which gtest catches nothing.
  template <typename Function>
  static void endIn(Function function) {
    remat::initializeTool("tool");
    std::thread(function).join();
  }
};

} // namespace

TEST_F(ToolMainDeathTest, WithoutMemory) {
  auto exits = testing::ExitedWithCode(6);
  EXPECT_EXIT(endIn([] { throw std::bad_alloc(); }), exits, "^tool: error: out of memory\n$");
  EXPECT_EXIT(endIn([] { throw std::length_error("vector::reserve"); }), exits, "^tool: error: out of memory\n$");
  EXPECT_EXIT(endIn([] { throw std::bad_array_new_length(); }), exits, "^tool: error: out of memory\n$");
  EXPECT_EXIT(endIn([] { llvm::report_bad_alloc_error("map"); }), exits, "^tool: error: out of memory\n$");
  EXPECT_EXIT(endIn([] { llvm::report_fatal_error("reason"); }), exits, "^tool: error: reason\n$");
  EXPECT_EXIT(endIn([] { throw std::system_error(EAGAIN, std::generic_category()); }), exits,
              "^tool: error: the system gives no more threads\n$");
}

TEST_F(ToolMainDeathTest, ABugIsNoFault) {
  EXPECT_EXIT(endIn([] { throw std::logic_error("bug"); }), testing::KilledBySignal(SIGABRT), "");
}
