//===- LLVM.h - Names of MLIR that remat uses freely ----------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Imports the names that would otherwise be spelled mlir:: on every line.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SUPPORT_LLVM_H
#define REMAT_SUPPORT_LLVM_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Support/LLVM.h"

namespace remat {
using namespace mlir; // NOLINT: one namespace for the project, as circt does it
} // namespace remat

#endif // REMAT_SUPPORT_LLVM_H
