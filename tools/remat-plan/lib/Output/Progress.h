//===- Progress.h - What a long solve says meanwhile ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_PROGRESS_H
#define REMAT_TOOLS_REMAT_PLAN_PROGRESS_H

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace remat::plantool {

/// Shares of a search, which may start again from 0: every time begins another part.
/// The part and the share of it never fall, taken together.
class ShareOfParts {
public:
  void note(double share);
  /// "37 %", "part 2, 37 %"; empty while nothing is done.
  std::string describe() const;

private:
  int part = 1;
  double share = 0;
};

/// While it lives, and if standard error is a terminal, a line there says what is
/// being done and for how long, from half a second on. It leaves nothing behind.
class Progress {
public:
  explicit Progress(std::string label);
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  /// From now on something else is being done.
  void begin(std::string label);
  /// How much of it is done, from 0 to 1; any thread.
  void setShare(double share);

private:
  void show();

  /// Guards what follows.
  std::mutex mutex;
  std::string label;
  ShareOfParts done;
  std::condition_variable wake;
  bool finished = false;
  std::thread thread;
};

/// From now on Ctrl-C removes the temporary files of OutputFiles, clears the
/// progress line, and ends the process with ExitStatus::Interrupted.
void handleInterrupts();

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_PROGRESS_H
