//===- Passes.h - Passes of NVIDIA GPUs as targets -------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TARGET_NVVM_PASSES_H
#define REMAT_TARGET_NVVM_PASSES_H

#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Support/Denormals.h"
#include "remat/Target/NVVM/KernelFormat.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace remat {

#define GEN_PASS_DECL
#include "remat/Target/NVVM/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "remat/Target/NVVM/Passes.h.inc"

} // namespace remat

#endif // REMAT_TARGET_NVVM_PASSES_H
