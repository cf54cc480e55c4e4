//===- FaultSignals.h - Memory faults end with a message ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_RUN_FAULTSIGNALS_H
#define REMAT_TOOLS_REMAT_RUN_FAULTSIGNALS_H

#include <csignal>

namespace remat {

/// While it lives, an access to memory that the process does not have ends it with
/// a line on standard error and the exit status of a fault.
class FaultSignals {
public:
  FaultSignals();
  ~FaultSignals();
  FaultSignals(const FaultSignals &) = delete;
  FaultSignals &operator=(const FaultSignals &) = delete;

private:
  struct sigaction oldSegment;
  struct sigaction oldBus;
};

} // namespace remat

#endif // REMAT_TOOLS_REMAT_RUN_FAULTSIGNALS_H
