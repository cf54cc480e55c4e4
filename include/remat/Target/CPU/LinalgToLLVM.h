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

#include "remat/Support/Denormals.h"
#include "remat/Support/MathFunctions.h"
#include "remat/Target/CPU/RegisterFile.h"

#include "mlir/Pass/PassOptions.h"
#include "mlir/Pass/PassRegistry.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace remat {

/// The options of a pipeline that ends in kernels for \p defaultISA, if it is not told another.
template <typename Pipeline, VectorISA defaultISA, Denormals defaultDenormals>
struct KernelOptions : mlir::PassPipelineOptions<Pipeline> {
  template <typename Value>
  using Option = mlir::detail::PassOptions::Option<Value>;

  Option<VectorISA> isa{*this, "isa", llvm::cl::desc("Instruction set whose registers the tiles fill"),
                        llvm::cl::init(defaultISA), getVectorISAValues()};
  Option<bool> accurate{*this, "accurate", llvm::cl::desc("Keep the functions of libm for f32 (slow)"),
                        llvm::cl::init(false)};
  Option<MathFunctions> math{
      *this, "math", llvm::cl::desc("Where functions come from that no instruction computes"),
      llvm::cl::init(MathFunctions::Native),
      llvm::cl::values(clEnumValN(MathFunctions::Native, "native", "The C library"),
                       clEnumValN(MathFunctions::Portable, "portable", "Code with the bits of every other target"))};
  Option<Denormals> denormals{
      *this, "denormals", llvm::cl::desc("What becomes of denormal numbers"), llvm::cl::init(defaultDenormals),
      llvm::cl::values(clEnumValN(Denormals::Flush, "flush", "They are zero inside a call"),
                       clEnumValN(Denormals::Keep, "keep", "A call computes with them (slow)"))};
};

/// Makes a pipeline with KernelOptions known by name. Options that contradict each other are refused.
template <typename Options>
void registerKernelPipeline(llvm::StringRef name, llvm::StringRef description,
                            void (*build)(mlir::OpPassManager &, const Options &)) {
  mlir::registerPassPipeline(
      name, description,
      [=](mlir::OpPassManager &manager, llvm::StringRef text,
          llvm::function_ref<llvm::LogicalResult(const llvm::Twine &)> fail) -> llvm::LogicalResult {
        Options options;
        if (llvm::failed(options.parseFromString(text)))
          return llvm::failure();
        if (options.accurate && options.math == MathFunctions::Portable)
          return fail(name + " expects either accurate functions, which are those of the C library, or portable ones");
        build(manager, options);
        return llvm::success();
      },
      [](llvm::function_ref<void(const mlir::detail::PassOptions &)> list) { list(Options()); });
}

struct LinalgToLLVMOptions : KernelOptions<LinalgToLLVMOptions, VectorISA::Generic, Denormals::Keep> {};

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
