//===- LinalgToPTX.h - From linalg on memrefs to PTX ----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TARGET_NVVM_LINALGTOPTX_H
#define REMAT_TARGET_NVVM_LINALGTOPTX_H

#include "remat/Support/Denormals.h"

#include "mlir/Pass/PassOptions.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace remat {

struct LinalgToPTXOptions : mlir::PassPipelineOptions<LinalgToPTXOptions> {
  Option<std::string> chip{*this, "chip", llvm::cl::desc("The processor, sm_80 or newer"), llvm::cl::init("sm_80")};
  Option<Denormals> denormals{*this, "denormals", llvm::cl::desc("What becomes of denormal numbers of f32"),
                              llvm::cl::init(Denormals::Keep),
                              llvm::cl::values(clEnumValN(Denormals::Keep, "keep", "They are numbers"),
                                               clEnumValN(Denormals::Flush, "flush", "They are zero"))};
};

/// linalg on memrefs -> launches, and kernels in PTX.
void buildLinalgToPTXPipeline(mlir::OpPassManager &manager, const LinalgToPTXOptions &options);

/// Makes `remat-linalg-to-ptx` known by name.
void registerLinalgToPTXPipeline();

} // namespace remat

#endif // REMAT_TARGET_NVVM_LINALGTOPTX_H
