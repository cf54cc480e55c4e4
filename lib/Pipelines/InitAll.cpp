//===- InitAll.cpp - Registration of everything --------------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/InitAll.h"

#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"

#include "mlir/IR/DialectRegistry.h"

void remat::registerAllDialects(mlir::DialectRegistry &registry) { registry.insert<RematDialect>(); }

void remat::registerAllPasses() { registerRematPasses(); }
