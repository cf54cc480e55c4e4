//===- Processor.h - A processor, as LLVM and as kernels see it ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_CPU_HOST_PROCESSOR_H
#define REMAT_LIB_TARGET_CPU_HOST_PROCESSOR_H

#include "remat/Target/CPU/CPUTarget.h"

#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"

namespace remat {

struct Processor {
  llvm::orc::JITTargetMachineBuilder builder;
  VectorISA isa;

  /// A processor that this machine can execute code for.
  static llvm::Expected<Processor> create(const CPUTargetOptions &options);
};

} // namespace remat

#endif // REMAT_LIB_TARGET_CPU_HOST_PROCESSOR_H
