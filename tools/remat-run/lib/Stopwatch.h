//===- Stopwatch.h - Wall time and the time of this thread ----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_RUN_STOPWATCH_H
#define REMAT_TOOLS_REMAT_RUN_STOPWATCH_H

#include <ctime>

namespace remat {

/// Runs from construction on. The time of the thread does not count what other
/// processes took, so it is the one to compare on a machine that is shared.
class Stopwatch {
public:
  double getSeconds() const { return read(CLOCK_MONOTONIC) - wallStart; }
  double getThreadSeconds() const { return read(CLOCK_THREAD_CPUTIME_ID) - threadStart; }

private:
  static double read(clockid_t clock) {
    timespec time = {};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  }

  double wallStart = read(CLOCK_MONOTONIC);
  double threadStart = read(CLOCK_THREAD_CPUTIME_ID);
};

} // namespace remat

#endif // REMAT_TOOLS_REMAT_RUN_STOPWATCH_H
