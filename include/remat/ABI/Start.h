//===- Start.h - where a chain begins ---------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_ABI_START_H
#define REMAT_ABI_START_H

#include <stdint.h>

namespace remat::schedule {

/// Where the state before step 1 lives.
enum class Start : int64_t {
  /// In the slot region; the plan may release it when it is read for the last
  /// time.
  Releasable = 0,
  /// In the slot region for the whole run.
  Pinned = 1,
  /// Outside the slot region; readable for the whole run, not counted.
  External = 2
};

} // namespace remat::schedule

#endif // REMAT_ABI_START_H
