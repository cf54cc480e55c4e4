//===- CHeader.h - How a program is called from C --------------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_EXECUTION_CHEADER_H
#define REMAT_LIB_EXECUTION_CHEADER_H

#include "Lowering.h"

namespace remat {

/// A header that declares what callers of \p entry need of its object file.
std::string makeCHeader(const LoweredProgram &program, llvm::StringRef entry);

} // namespace remat

#endif // REMAT_LIB_EXECUTION_CHEADER_H
