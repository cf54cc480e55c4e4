//===- HostProgram.h - A program in this process --------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_CPU_HOST_HOSTPROGRAM_H
#define REMAT_LIB_TARGET_CPU_HOST_HOSTPROGRAM_H

#include "MachineCode.h"

namespace remat {

class HostProgram final : public LoadedProgram {
public:
  static llvm::Expected<std::unique_ptr<LoadedProgram>> create(const LoadRequest &request, Processor processor);

  llvm::Expected<std::unique_ptr<TargetMemory>> allocate(int64_t bytes, std::optional<int64_t> guardBehind) override;
  llvm::Error call(size_t function, void **arguments) override;
  llvm::Error measure(size_t function, void **arguments, HeapUse &heap, int64_t &stackBytes) override;
  int64_t getCodeBytes() const override { return code.getObjectBytes(); }

private:
  MachineCode code;
  std::vector<MachineCode::PackedFunction> functions;
};

} // namespace remat

#endif // REMAT_LIB_TARGET_CPU_HOST_HOSTPROGRAM_H
