//===- Assembler.h - From PTX to machine code -----------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// ptxas, the assembler of a CUDA toolkit, is a program that is looked for when it is needed:
// a driver compiles PTX as well, so nothing else asks for one.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TARGET_NVVM_ASSEMBLER_H
#define REMAT_TARGET_NVVM_ASSEMBLER_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace remat {

/// The path of ptxas: what REMAT_PTXAS names, if it is set; else on PATH, or in bin of CUDA_ROOT, CUDA_HOME or
/// /usr/local/cuda. Fails, and says so, if there is none.
llvm::Expected<std::string> findAssembler();

/// The machine code (a cubin) of \p ptx for the chip called \p chip.
llvm::Expected<std::string> assemble(llvm::StringRef ptx, llvm::StringRef chip);

} // namespace remat

#endif // REMAT_TARGET_NVVM_ASSEMBLER_H
