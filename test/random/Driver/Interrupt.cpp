//===- Interrupt.cpp - A campaign that is told to end ----------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Interrupt.h"

#include <csignal>

static volatile std::sig_atomic_t interrupt = 0;

static void note(int signal) { interrupt = signal; }

void remat::random::noteInterrupts() {
  for (int signal : {SIGINT, SIGTERM}) {
    struct sigaction action = {};
    action.sa_handler = note;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(signal, &action, nullptr);
  }
}

void remat::random::ignoreInterrupts() {
  for (int signal : {SIGINT, SIGTERM})
    std::signal(signal, SIG_IGN);
}

int remat::random::getInterrupt() { return interrupt; }
