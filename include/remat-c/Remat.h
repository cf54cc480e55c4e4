//===- Remat.h - C API of the compiler --------------------------------*- C -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Registration, for programs that use MLIR through its C API. After
// rematRegisterAllPasses the passes and pipelines of remat are known by name:
//
//   mlirOpPassManagerAddPipeline(manager, "remat-to-cpu{budget=5%}", ...)
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_C_REMAT_H
#define REMAT_C_REMAT_H

#include "mlir-c/IR.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The dialect `remat` alone.
MLIR_DECLARE_CAPI_DIALECT_REGISTRATION(Remat, remat);

/// Adds the remat dialect, the dialects that remat programs are written in and
/// lowered to, and the derivative rules to `registry`.
MLIR_CAPI_EXPORTED void rematRegisterAllDialects(MlirDialectRegistry registry);

/// Makes the passes and pipelines of remat known by name, once per process.
MLIR_CAPI_EXPORTED void rematRegisterAllPasses(void);

#ifdef __cplusplus
}
#endif

#endif // REMAT_C_REMAT_H
