//===- Children.h - Judging in child processes ------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A program may crash the compiler, never end or eat all memory, so each is judged
// in a forked child with limits, several at a time. The context is made before the
// fork, so that a child starts at once.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_RANDOM_CHILDREN_H
#define REMAT_TEST_RANDOM_CHILDREN_H

#include "Judge.h"

#include <functional>
#include <memory>

namespace remat::random {

struct ChildLimits {
  double seconds = 30;
  int64_t bytes = int64_t(6) << 30;
};

/// What a child reported.
struct Report {
  Verdict verdict;
  double seconds = 0;
  Coverage coverage;
};

class Children {
public:
  Children(mlir::MLIRContext &context, const ChildLimits &limits) : context(context), limits(limits) {}

  /// Starts a child; \p done is called by poll when it has ended.
  void start(const Case &program, const JudgeOptions &options, std::function<void(Report)> done);
  /// Waits until a child has ended, and reports it. After an interrupt it ends all of them, and reports none.
  void wait();
  size_t getNumRunning() const { return running.size(); }

  /// Judges one program and waits; right after an interrupt.
  Report judge(const Case &program, const JudgeOptions &options);

private:
  struct Child;
  void endAll();

  mlir::MLIRContext &context;
  ChildLimits limits;
  std::vector<std::shared_ptr<Child>> running;
};

} // namespace remat::random

#endif // REMAT_TEST_RANDOM_CHILDREN_H
