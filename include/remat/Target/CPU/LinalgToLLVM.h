//===- LinalgToLLVM.h - From linalg on memrefs to LLVM -------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The last part of `remat-to-cpu`, in two halves that a pipeline may put passes
// between: kernels, and the conversions to the LLVM dialect. Input: functions on
// memrefs without remat ops; whatever else the dialects of linalg programs hold.
//
// Neither half canonicalizes: that would turn the explicit vector code back into
// other forms, and LLVM does the rest.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TARGET_CPU_LINALGTOLLVM_H
#define REMAT_TARGET_CPU_LINALGTOLLVM_H

#include "remat/Target/CPU/RegisterFile.h"

#include "mlir/Pass/PassOptions.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace remat {

/// The options of a pipeline that ends in kernels for \p defaultISA, if it is not told another.
template <typename Pipeline, VectorISA defaultISA>
struct KernelOptions : mlir::PassPipelineOptions<Pipeline> {
  template <typename Value>
  using Option = mlir::detail::PassOptions::Option<Value>;

  Option<VectorISA> isa{*this, "isa", llvm::cl::desc("Instruction set whose registers the tiles fill"),
                        llvm::cl::init(defaultISA), getVectorISAValues()};
  Option<bool> accurate{*this, "accurate", llvm::cl::desc("Keep the functions of libm for f32 (slow)"),
                        llvm::cl::init(false)};
};

struct LinalgToLLVMOptions : KernelOptions<LinalgToLLVMOptions, VectorISA::Generic> {};

/// linalg on memrefs -> vector, memref, arith, math and control flow (cf).
void buildLinalgToKernelsPipeline(mlir::OpPassManager &manager, const LinalgToLLVMOptions &options);

/// What the first half leaves -> LLVM dialect.
void buildKernelsToLLVMPipeline(mlir::OpPassManager &manager);

/// Both, as the pipeline `remat-linalg-to-llvm`.
void buildLinalgToLLVMPipeline(mlir::OpPassManager &manager, const LinalgToLLVMOptions &options);

/// Makes `remat-linalg-to-llvm` known by name.
void registerLinalgToLLVMPipeline();

} // namespace remat

#endif // REMAT_TARGET_CPU_LINALGTOLLVM_H
