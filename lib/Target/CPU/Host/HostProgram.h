//===- HostProgram.h - A program in this process --------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_CPU_HOST_HOSTPROGRAM_H
#define REMAT_LIB_TARGET_CPU_HOST_HOSTPROGRAM_H

#include "../../Host/MachineCode.h"
#include "Processor.h"

namespace remat {

class HostProgram final : public LoadedProgram {
public:
  static llvm::Expected<std::unique_ptr<LoadedProgram>> create(const LoadRequest &request, Processor processor);

  llvm::Expected<std::unique_ptr<TargetMemory>> allocate(int64_t bytes, std::optional<int64_t> guardBehind) override;
  llvm::Error call(size_t function, llvm::ArrayRef<void *> arguments) override;
  llvm::Error measure(size_t function, llvm::ArrayRef<void *> arguments, HeapUse &heap, int64_t &stackBytes) override;
  /// A processor has no streams, and reads all memory of the process.
  llvm::Error enqueue(size_t function, llvm::ArrayRef<void *> arguments, void *stream) override;
  llvm::Error wait() override { return llvm::Error::success(); }
  bool sharesMemory() const override { return true; }
  llvm::Error checkArray(const llvm::Twine &, const void *, int64_t) const override { return llvm::Error::success(); }
  int64_t getCodeBytes() const override { return code.getObjectBytes(); }
  int64_t getLaunches() const override { return 0; }

private:
  /// Calls function number \p function under the failure handler.
  llvm::Error run(size_t function, llvm::ArrayRef<void *> arguments);

  MachineCode code;
  std::vector<MachineCode::PackedFunction> functions;
};

} // namespace remat

#endif // REMAT_LIB_TARGET_CPU_HOST_HOSTPROGRAM_H
