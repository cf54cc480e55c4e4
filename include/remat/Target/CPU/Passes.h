//===- Passes.h - Passes of processors as targets --------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TARGET_CPU_PASSES_H
#define REMAT_TARGET_CPU_PASSES_H

#include "remat/Support/BudgetOption.h"
#include "remat/Support/Denormals.h"
#include "remat/Target/CPU/RegisterFile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace remat {

#define GEN_PASS_DECL
#include "remat/Target/CPU/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "remat/Target/CPU/Passes.h.inc"

} // namespace remat

#endif // REMAT_TARGET_CPU_PASSES_H
