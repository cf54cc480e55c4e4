//===- LinalgToPTX.h - From linalg on memrefs to PTX ----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TARGET_NVVM_LINALGTOPTX_H
#define REMAT_TARGET_NVVM_LINALGTOPTX_H

#include "remat/Support/Denormals.h"
#include "remat/Target/NVVM/KernelFormat.h"

#include "mlir/Pass/PassOptions.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace remat {

/// The options of a pipeline that ends in code for GPUs.
template <typename Pipeline>
struct ChipOptions : mlir::PassPipelineOptions<Pipeline> {
  template <typename Value>
  using Option = mlir::detail::PassOptions::Option<Value>;

  Option<std::string> chip{*this, "chip", llvm::cl::desc("The processor, sm_80 or newer"), llvm::cl::init("sm_80")};
  Option<std::string> ptx{*this, "ptx",
                          llvm::cl::desc("The version of PTX, 8.1 or newer; by default the oldest that has the "
                                         "processor")};
  Option<KernelFormat> format{*this, "format", llvm::cl::desc("The form of kernels"), llvm::cl::init(KernelFormat::Isa),
                              getKernelFormatValues()};
  Option<Denormals> denormals{*this, "denormals", llvm::cl::desc("What becomes of denormal numbers of f32"),
                              llvm::cl::init(Denormals::Keep),
                              llvm::cl::values(clEnumValN(Denormals::Keep, "keep", "They are numbers"),
                                               clEnumValN(Denormals::Flush, "flush", "They are zero"))};
};

struct LinalgToPTXOptions : ChipOptions<LinalgToPTXOptions> {};

/// linalg on memrefs -> launches, and kernels in PTX.
void buildLinalgToPTXPipeline(mlir::OpPassManager &manager, const LinalgToPTXOptions &options);

/// Makes `remat-linalg-to-ptx` known by name.
void registerLinalgToPTXPipeline();

} // namespace remat

#endif // REMAT_TARGET_NVVM_LINALGTOPTX_H
