//===- WorkerPair.h - two halves of a loop at once --------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_UNEQUAL_WORKERPAIR_H
#define REMAT_LIB_SCHEDULE_UNEQUAL_WORKERPAIR_H

#include <condition_variable>
#include <functional>
#include <mutex>
#include <system_error>
#include <thread>

namespace remat::schedule {

/// A second thread that waits for work as long as the pair lives. Without it, on a
/// machine with one processor or where the system has no more threads, the work is done
/// one after the other.
class WorkerPair {
public:
  explicit WorkerPair(bool useThread) {
    if (!useThread || std::thread::hardware_concurrency() < 2)
      return;
    try {
      second = std::thread([this] { serve(); });
    } catch (const std::system_error &) {
      // One thread does the same, in more time.
    }
  }
  ~WorkerPair() {
    if (!second.joinable())
      return;
    post(nullptr, /*stop=*/true);
    second.join();
  }
  WorkerPair(const WorkerPair &) = delete;
  WorkerPair &operator=(const WorkerPair &) = delete;

  /// Calls `work` with 0 and 1, and returns when both calls have.
  void run(const std::function<void(int)> &work) {
    if (!second.joinable()) {
      work(0);
      work(1);
      return;
    }
    post(&work, /*stop=*/false);
    work(0);
    std::unique_lock<std::mutex> lock(mutex);
    finished.wait(lock, [this] { return !posted; });
  }

private:
  void post(const std::function<void(int)> *work, bool stop) {
    {
      std::lock_guard<std::mutex> lock(mutex);
      posted = work;
      stopped = stop;
    }
    wake.notify_one();
  }

  void serve() {
    std::unique_lock<std::mutex> lock(mutex);
    while (true) {
      wake.wait(lock, [this] { return posted || stopped; });
      if (stopped)
        return;
      lock.unlock();
      (*posted)(1);
      lock.lock();
      posted = nullptr;
      finished.notify_one();
    }
  }

  std::mutex mutex;
  std::condition_variable wake;
  std::condition_variable finished;
  const std::function<void(int)> *posted = nullptr;
  bool stopped = false;
  std::thread second;
};

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_UNEQUAL_WORKERPAIR_H
