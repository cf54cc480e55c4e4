//===- FailureTest.cpp - What failures say ------------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Runtime/Runtime.h"

#include <gtest/gtest.h>

#include <csetjmp>
#include <string>

namespace {
struct Catcher {
  std::jmp_buf where;
  std::string message;
};
} // namespace

static void catchFailure(void *context, const char *message) {
  auto *catcher = static_cast<Catcher *>(context);
  catcher->message = message;
  std::longjmp(catcher->where, 1);
}

/// What \p run fails with.
template <typename Run>
static std::string getFailure(Run run) {
  static Catcher catcher;
  catcher.message.clear();
  rematSetFailureHandler(catchFailure, &catcher);
  if (setjmp(catcher.where) == 0)
    run();
  rematSetFailureHandler(nullptr, nullptr);
  return catcher.message;
}

/// What a device found is said as what a processor finds.
TEST(Failure, AtIndex) {
  const int32_t indices[] = {0, 1, 4, 2};
  std::string expected = "index 4 at step 1, position 0 is outside its table: expected 0 to 3 (a.mlir:3)";
  EXPECT_EQ(getFailure([&] { rematCheckIndices(indices, 2, 2, 4, 4, 0, 0, " (a.mlir:3)"); }), expected);
  EXPECT_EQ(getFailure([] { rematFailAtIndex(4, 1, 0, 4, " (a.mlir:3)"); }), expected);
  EXPECT_EQ(getFailure([] { rematFailAtIndex(-1, -1, 7, 0, ""); }),
            "index -1 at position 7 is outside its table: it is empty");
}
