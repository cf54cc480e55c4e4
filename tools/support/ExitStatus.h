//===- ExitStatus.h - How tools end ---------------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_SUPPORT_EXITSTATUS_H
#define REMAT_TOOLS_SUPPORT_EXITSTATUS_H

namespace remat {

/// The exit statuses of all tools; scripts rely on the numbers. A tool that is
/// interrupted ends by the signal, which shells call 130.
enum class ExitStatus {
  Success = 0,
  /// A file or program is wrong.
  InvalidInput = 1,
  /// The command line is wrong.
  Usage = 2,
  /// No plan fits the budget.
  Infeasible = 3,
  /// A schedule, gradient, counter, peak or the bits of a result are not as
  /// promised.
  VerificationFailed = 4,
  /// There is no such target here, or it lacks what was asked for.
  TargetUnavailable = 5,
  /// A fault while running: memory, files, an assertion of the program.
  Fault = 6,
  /// A bug in remat. Never the fault of the input, never a budget that is too small.
  Internal = 7,
  /// Ctrl-C, as shells report it.
  Interrupted = 130,
};

} // namespace remat

#endif // REMAT_TOOLS_SUPPORT_EXITSTATUS_H
