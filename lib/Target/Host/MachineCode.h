//===- MachineCode.h - From the LLVM dialect to a callable address --*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_HOST_MACHINECODE_H
#define REMAT_LIB_TARGET_HOST_MACHINECODE_H

#include "remat/Target/Target.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"

namespace remat {

/// Makes code for the processor under this process, as fast as it can be.
llvm::Expected<llvm::orc::JITTargetMachineBuilder> createHostBuilder();

/// A module that is linked into the process.
class MachineCode {
public:
  /// A function of the module as called here: one pointer per argument, to the
  /// argument's value.
  using PackedFunction = void (*)(void *const *);

  /// What code is linked with beside the libraries of the process, and which of its variables
  /// will be looked up.
  struct Surroundings {
    llvm::StringMap<void *> symbols;
    llvm::StringSet<> variables;
  };

  /// Translates the module of \p request, which must be in the LLVM dialect, optimises it for
  /// the processor of \p builder and links it. Only the functions of the request remain callable.
  static llvm::Expected<MachineCode> create(const LoadRequest &request, llvm::orc::JITTargetMachineBuilder builder,
                                            const Surroundings &surroundings);

  /// The address of one of the entries.
  llvm::Expected<PackedFunction> lookup(llvm::StringRef entry) const;
  /// The address of one of the variables.
  llvm::Expected<const void *> lookupVariable(llvm::StringRef name) const;

  /// The size of the object files.
  int64_t getObjectBytes() const { return objectBytes; }

private:
  std::unique_ptr<llvm::orc::LLJIT> jit;
  int64_t objectBytes = 0;
};

} // namespace remat

#endif // REMAT_LIB_TARGET_HOST_MACHINECODE_H
