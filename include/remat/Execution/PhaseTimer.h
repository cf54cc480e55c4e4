//===- PhaseTimer.h - Times of the parts of a compilation -----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_EXECUTION_PHASETIMER_H
#define REMAT_EXECUTION_PHASETIMER_H

#include "remat/Target/Target.h"

#include <chrono>
#include <vector>

namespace remat {

/// Appends the time between construction and stop() to a list.
class PhaseTimer {
public:
  PhaseTimer(llvm::StringRef name, std::vector<PhaseTime> &times)
      : name(name.str()), times(times), start(std::chrono::steady_clock::now()) {}

  void stop() {
    std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    times.push_back({name, elapsed.count()});
  }

private:
  std::string name;
  std::vector<PhaseTime> &times;
  std::chrono::steady_clock::time_point start;
};

} // namespace remat

#endif // REMAT_EXECUTION_PHASETIMER_H
