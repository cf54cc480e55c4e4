//===- Progress.cpp - What a long solve says meanwhile --------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Progress.h"

#include "remat-plan/lib/Input/Numbers.h"
#include "support/ExitStatus.h"

#include "llvm/Support/Process.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <unistd.h>

using namespace remat;
using namespace remat::plantool;

static constexpr char clearLine[] = "\r\033[K";

void ShareOfParts::note(double newShare) {
  // Less than this is no new start.
  constexpr double slack = 0.02;
  if (newShare + slack < share) {
    ++part;
    share = newShare;
  }
  share = std::max(share, newShare);
}

std::string ShareOfParts::describe() const {
  // A part that is not done is not done.
  std::string percent = formatFixed(std::floor(100 * std::min(share, 0.999)), 0) + " %";
  return part > 1 ? "part " + std::to_string(part) + ", " + percent : share > 0 ? percent : "";
}

Progress::Progress(std::string text) : label(std::move(text)) {
  if (llvm::sys::Process::StandardErrIsDisplayed())
    thread = std::thread([this] { show(); });
}

Progress::~Progress() {
  if (!thread.joinable())
    return;
  {
    std::lock_guard<std::mutex> lock(mutex);
    finished = true;
  }
  wake.notify_one();
  thread.join();
}

void Progress::begin(std::string text) {
  std::lock_guard<std::mutex> lock(mutex);
  label = std::move(text);
  done = {};
}

void Progress::setShare(double share) {
  std::lock_guard<std::mutex> lock(mutex);
  done.note(share);
}

void Progress::show() {
  using namespace std::chrono;
  auto begin = steady_clock::now();
  std::unique_lock<std::mutex> lock(mutex);
  bool shown = false;
  while (!wake.wait_for(lock, milliseconds(shown ? 100 : 500), [this] { return finished; })) {
    std::string line = clearLine + ("remat-plan: " + label);
    if (std::string share = done.describe(); !share.empty())
      line += ", " + share;
    line += ", " + formatFixed(duration<double>(steady_clock::now() - begin).count(), 1) + " s";
    llvm::errs() << line;
    shown = true;
  }
  if (shown)
    llvm::errs() << clearLine;
}

/// Only calls that are allowed in a signal handler.
static void endInterrupted() {
  if (isatty(STDERR_FILENO))
    (void)!write(STDERR_FILENO, clearLine, sizeof(clearLine) - 1);
  _exit(static_cast<int>(ExitStatus::Interrupted));
}

void plantool::handleInterrupts() { llvm::sys::SetInterruptFunction(endInterrupted); }
