//===- Remat.cpp - C API of the compiler --------------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat-c/Remat.h"

#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/InitAll.h"

#include "mlir/CAPI/IR.h"
#include "mlir/CAPI/Registration.h"

MLIR_DEFINE_CAPI_DIALECT_REGISTRATION(Remat, remat, remat::RematDialect)

void rematRegisterAllDialects(MlirDialectRegistry registry) { remat::registerAllDialects(*unwrap(registry)); }

void rematRegisterAllPasses(void) {
  static const bool registered = (remat::registerAllPasses(), true);
  (void)registered;
}
