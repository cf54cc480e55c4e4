//===- FaultSignals.cpp - Memory faults end with a message --------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FaultSignals.h"

#include "support/ExitStatus.h"

#include <unistd.h>

using namespace remat;

/// Only calls that are allowed in a signal handler.
static void reportFault(int signal) {
  constexpr char message[] = "remat-run: error: the program touched memory outside of its arena and arrays\n";
  (void)!write(STDERR_FILENO, message, sizeof(message) - 1);
  _exit(static_cast<int>(ExitStatus::Fault));
}

FaultSignals::FaultSignals() {
  struct sigaction action = {};
  action.sa_handler = reportFault;
  sigemptyset(&action.sa_mask);
  sigaction(SIGSEGV, &action, &oldSegment);
  sigaction(SIGBUS, &action, &oldBus);
}

FaultSignals::~FaultSignals() {
  sigaction(SIGSEGV, &oldSegment, nullptr);
  sigaction(SIGBUS, &oldBus, nullptr);
}
