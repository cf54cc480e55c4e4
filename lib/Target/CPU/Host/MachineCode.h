//===- MachineCode.h - From the LLVM dialect to a callable address --*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_CPU_HOST_MACHINECODE_H
#define REMAT_LIB_TARGET_CPU_HOST_MACHINECODE_H

#include "remat/Target/CPU/CPUTarget.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"

namespace remat {

/// A processor, as LLVM and as the kernels see it.
struct Processor {
  llvm::orc::JITTargetMachineBuilder builder;
  VectorISA isa;

  static llvm::Expected<Processor> create(const CPUTargetOptions &options);
};

/// A module that is linked into the process.
class MachineCode {
public:
  /// A function of the module as called here: one pointer per argument, to the
  /// argument's value.
  using PackedFunction = void (*)(void **);

  /// Translates the module of \p request, which must be in the LLVM dialect, optimises it
  /// for \p processor and links it. Only the functions of the request remain callable.
  static llvm::Expected<MachineCode> create(const LoadRequest &request, Processor processor);

  /// The address of one of the entries.
  llvm::Expected<PackedFunction> lookup(llvm::StringRef entry) const;

  /// The size of the object files.
  int64_t getObjectBytes() const { return objectBytes; }

private:
  std::unique_ptr<llvm::orc::LLJIT> jit;
  int64_t objectBytes = 0;
};

} // namespace remat

#endif // REMAT_LIB_TARGET_CPU_HOST_MACHINECODE_H
