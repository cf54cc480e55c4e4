//===- GPUHarness.h - Run kernels of GPUs ---------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiles a function @f whose arguments are memrefs through `remat-linalg-to-ptx` and runs
// it: the host's part as machine code, kernels in the stand-in.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_UNIT_CONVERSION_GPUHARNESS_H
#define REMAT_TEST_UNIT_CONVERSION_GPUHARNESS_H

#include "Device.h"
#include "KernelHarness.h"
#include "remat/Support/Denormals.h"

namespace remat::test {

class GPUProgram {
public:
  explicit GPUProgram(llvm::StringRef text, Denormals denormals = Denormals::Keep);
  bool isValid() const { return engine && device; }
  /// Calls @name with one argument per buffer. Blocks go in an order that \p seed chooses.
  void run(llvm::StringRef name, ArrayRef<Buffer *> arguments, uint64_t seed = 0);

  /// What the host says of the record of checks behind a run; "" if it says nothing.
  std::string report();
  /// The words of the record; none if the program has no checks.
  std::vector<int64_t> getRecord();

  /// What the host's code calls: launch number \p number with \p arguments.
  void launch(int64_t number, int64_t blocks, const uint64_t *arguments);

private:
  struct Launch {
    std::string kernel;
    int64_t threads;
    size_t arguments;
  };

  std::string takePTX(ModuleOp module);
  /// Replaces launches by calls.
  void convertLaunches(ModuleOp module);

  std::unique_ptr<MLIRContext> context;
  std::unique_ptr<ExecutionEngine> engine;
  std::unique_ptr<Device> device;
  std::vector<Launch> launches;
  uint64_t seed = 0;
};

} // namespace remat::test

#endif // REMAT_TEST_UNIT_CONVERSION_GPUHARNESS_H
