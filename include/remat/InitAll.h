//===- InitAll.h - Registration of everything ----------------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a tool registers to read, transform and compile remat programs.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_INITALL_H
#define REMAT_INITALL_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace remat {

/// Adds the remat dialect, the dialects a remat program is written in, and the
/// derivative rules and other external models to \p registry.
void registerAllDialects(mlir::DialectRegistry &registry);

/// Registers the passes and pipelines of remat.
void registerAllPasses();

} // namespace remat

#endif // REMAT_INITALL_H
