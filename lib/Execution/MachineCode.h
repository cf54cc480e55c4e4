//===- MachineCode.h - From the LLVM dialect to a callable address --*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_EXECUTION_MACHINECODE_H
#define REMAT_LIB_EXECUTION_MACHINECODE_H

#include "remat/Execution/CompiledProgram.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"

namespace remat {

/// A processor, as LLVM and as the kernels see it.
struct TargetDescription {
  llvm::orc::JITTargetMachineBuilder builder;
  VectorISA isa;

  static llvm::Expected<TargetDescription> create(const TargetOptions &options);
};

/// A module that is linked into the process.
class MachineCode {
public:
  /// A function of the module as called here: one pointer per argument, to the
  /// argument's value.
  using PackedFunction = void (*)(void **);

  /// Translates \p module, which must be in the LLVM dialect, optimises it for
  /// \p target and links it. Only \p entries, a list of functions, remain
  /// callable. The author has declared \p declared without a body. Appends the times of its phases to \p times. What \p
  /// cache (may be null) knows is not compiled again.
  static llvm::Expected<MachineCode> create(mlir::ModuleOp module, llvm::ArrayRef<std::string> entries,
                                            TargetDescription target, const llvm::StringSet<> &declared,
                                            std::vector<PhaseTime> &times, CodeCache *cache);

  /// The address of one of the entries.
  llvm::Expected<PackedFunction> lookup(llvm::StringRef entry) const;

  /// The size of the object files.
  int64_t getObjectBytes() const { return objectBytes; }

private:
  std::unique_ptr<llvm::orc::LLJIT> jit;
  int64_t objectBytes = 0;
};

} // namespace remat

#endif // REMAT_LIB_EXECUTION_MACHINECODE_H
