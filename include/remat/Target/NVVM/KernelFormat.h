//===- KernelFormat.h - The form of kernels in programs -------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TARGET_NVVM_KERNELFORMAT_H
#define REMAT_TARGET_NVVM_KERNELFORMAT_H

#include "llvm/Support/CommandLine.h"

namespace remat {

/// PTX, which the driver of a device compiles, or machine code of one processor.
enum class KernelFormat { Isa, Bin };

/// The values of an option `format`.
inline llvm::cl::ValuesClass getKernelFormatValues() {
  return llvm::cl::values(clEnumValN(KernelFormat::Isa, "isa", "PTX, which the driver compiles"),
                          clEnumValN(KernelFormat::Bin, "bin", "Machine code, by ptxas"));
}

} // namespace remat

#endif // REMAT_TARGET_NVVM_KERNELFORMAT_H
