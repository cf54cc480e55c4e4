//===- DeviceChecks.h - Checks that kernels make --------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel cannot end the run. What fails is written to a record (remat/ABI/Record.h), by the
// first check that fails in the order of execution; its kernel ends, and kernels behind it
// end as they begin: what they would read was not written, and what they would do as memory
// tells them is undefined. When the call is over, the host reads the record and calls
// `remat_report`, which fails with the words that the check has on a processor.
//
// A check has a number, its site. Checks that say the same at one place of the program share
// it, so that equal kernels stay equal.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_NVVM_KERNELS_DEVICECHECKS_H
#define REMAT_LIB_TARGET_NVVM_KERNELS_DEVICECHECKS_H

#include "KernelForm.h"
#include "remat/Dialect/Remat/IR/Remat.h"

namespace remat {

class DeviceChecks {
public:
  /// Whether \p op may end the run.
  static bool isCheck(Operation *op);

  /// Finds the checks in the regions of \p module and marks them with their sites.
  void collect(ModuleOp module);
  bool exist() const { return !sites.empty(); }

  /// Declares the record in the module of kernels.
  void declareRecord(gpu::GPUModuleOp kernels) const;
  /// Makes of \p check what all threads of one block do together.
  void emit(Operation *check, SharedMemory &shared, Value isFirstThread) const;
  /// Lets the threads of \p kernel end at once if a check has failed.
  void emitTest(gpu::GPUFuncOp kernel) const;
  /// Nothing has failed yet.
  void emitReset(KernelBuilder &b) const;

  /// Adds the function that reports a failure to \p module.
  void createReport(ModuleOp module) const;

private:
  /// What a message says that numbers do not.
  struct Site {
    enum Kind { Indices, Range, Assertion } kind;
    std::string what;
    Location loc;
  };
  static Site describe(Operation *check);

  SmallVector<Site> sites;
};

} // namespace remat

#endif // REMAT_LIB_TARGET_NVVM_KERNELS_DEVICECHECKS_H
