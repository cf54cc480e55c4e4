//===- TargetArrays.h - Arrays where a program computes -------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For callers whose arrays are in the memory of the host, whatever the target is: on
// processors the arrays themselves, on devices copies.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_EXECUTION_TARGETARRAYS_H
#define REMAT_EXECUTION_TARGETARRAYS_H

#include "remat/Execution/CompiledProgram.h"

namespace remat {

class TargetArrays {
public:
  /// The \p arguments of a call of \p program, which have its types, copied to the target.
  static llvm::Expected<TargetArrays> forArguments(CompiledProgram &program, llvm::ArrayRef<ArrayView> arguments);
  /// Room for its \p results; nothing is copied.
  static llvm::Expected<TargetArrays> forResults(CompiledProgram &program, llvm::ArrayRef<ArrayView> results);

  /// What the program is called with.
  llvm::ArrayRef<ArrayView> getViews() const { return views; }
  /// Copies the elements to the host's arrays, which still have to be there.
  llvm::Error copyBack() const;

private:
  static llvm::Expected<TargetArrays> create(CompiledProgram &program, llvm::ArrayRef<ArrayView> host,
                                             llvm::function_ref<bool(size_t)> isScalar, bool copies);

  std::vector<ArrayView> host;
  std::vector<ArrayView> views;
  /// Null for arrays that are used where they are.
  std::vector<std::unique_ptr<TargetMemory>> memory;
};

/// CompiledProgram::call, on any target, with arrays of the host.
llvm::Error callWithHostArrays(CompiledProgram &program, llvm::ArrayRef<ArrayView> arguments,
                               llvm::ArrayRef<ArrayView> results, CallCounters *counters = nullptr);

} // namespace remat

#endif // REMAT_EXECUTION_TARGETARRAYS_H
