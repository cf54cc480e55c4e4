//===- WorkerPairTest.cpp - with a second thread and without ----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Unequal/WorkerPair.h"

#include <gtest/gtest.h>

#include <atomic>
#include <pthread.h>

using namespace remat::schedule;

static void expectBothHalves(WorkerPair &workers) {
  for (int round = 0; round < 100; ++round) {
    std::atomic<int> calls[2] = {0, 0};
    workers.run([&](int worker) { ++calls[worker]; });
    ASSERT_EQ(calls[0], 1);
    ASSERT_EQ(calls[1], 1);
  }
}

TEST(WorkerPairTest, BothHalvesRun) {
  for (bool useThread : {false, true}) {
    WorkerPair workers(useThread);
    expectBothHalves(workers);
  }
}

#if defined(__GLIBC__)
TEST(WorkerPairTest, GoesOnWithoutThreads) {
  // No stack of this size is to be had, and so no thread.
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_getattr_default_np(&attributes), 0);
  size_t usual = 0;
  ASSERT_EQ(pthread_attr_getstacksize(&attributes, &usual), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, size_t(1) << 60), 0);
  ASSERT_EQ(pthread_setattr_default_np(&attributes), 0);
  EXPECT_THROW(std::thread([] {}), std::system_error);
  {
    WorkerPair workers(/*useThread=*/true);
    expectBothHalves(workers);
  }
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, usual), 0);
  ASSERT_EQ(pthread_setattr_default_np(&attributes), 0);
  pthread_attr_destroy(&attributes);
}
#endif
