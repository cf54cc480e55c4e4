//===- Models.cpp - Derivative rules of the upstream dialects - -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Interfaces/Adjoint/Models.h"

void remat::registerAdjointModels(mlir::DialectRegistry &registry) {
  registerArithAdjointModels(registry);
  registerLinalgAdjointModels(registry);
  registerMathAdjointModels(registry);
  registerSCFAdjointModels(registry);
  registerStrongAdjointModels(registry);
  registerTensorAdjointModels(registry);
}
