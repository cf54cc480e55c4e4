//===- Passes.td - Passes of NVIDIA GPUs as targets -----------------*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TARGET_NVVM_PASSES_TD
#define REMAT_TARGET_NVVM_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertLinalgToGPUKernelsPass : Pass<"convert-linalg-to-gpu-kernels", "::mlir::ModuleOp"> {
  let summary = "make of every linalg op on memrefs a kernel and its launch";
  let description = [{
    Every linalg op on memrefs, and every copy between memrefs, becomes a `gpu.launch_func`
    of a kernel in the module `remat_kernels`; equal ones share a kernel. What an op
    computes has the bits of `convert-linalg-to-cpu-kernels`: the order of sums is that of
    docs/Sums.md, by the same analysis.

    * A contraction: a block owns a tile of the result, its threads elements of it;
      operands are staged in shared memory.
    * A reduction along the last dimension of its input: 16 threads own an element of the
      result, one lane each.
    * Everything else: a thread owns what the plain dimensions of all output maps select,
      and goes through the other loops in order.

    Grids have one dimension and at least one block. A kernel is given the address of the
    first element of each memref (as a memref of rank 0), those sizes and strides that its
    type leaves open, and scalars. Constant arrays become globals of the kernels' module;
    private functions that are always given the same one use it themselves.

    An operation that has no form on the device is refused where it stands.

    Before:

    ```mlir
    linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : memref<300xf32>) outs(%y : memref<300xf32>) {
    ^bb0(%in: f32, %out: f32):
      %0 = arith.mulf %in, %in : f32
      linalg.yield %0 : f32
    }
    ```

    After:

    ```mlir
    gpu.module @remat_kernels {
      gpu.func @elementwise(%x: memref<f32, strided<[], offset: ?>>, %y: memref<f32, strided<[], offset: ?>>)
          kernel attributes {known_block_size = array<i32: 128, 1, 1>} { ... }
    }
    ...
    gpu.launch_func @remat_kernels::@elementwise blocks in (%c3, %c1, %c1) threads in (%c128, %c1, %c1)
      args(%x0 : memref<f32, strided<[], offset: ?>>, %y0 : memref<f32, strided<[], offset: ?>>)
    ```
  }];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect"
  ];
}

def ConvertGPUKernelsToNVVMPass : Pass<"convert-gpu-kernels-to-nvvm", "::mlir::gpu::GPUModuleOp"> {
  let summary = "convert kernels to the LLVM and NVVM dialects at once";
  let description = [{
    Converts what `convert-linalg-to-gpu-kernels` makes, in branches (`convert-scf-to-cf`)
    and without functions that have no instruction (`remat-expand-math`, `remat-call-math-library`): gpu, memref,
    arith, math, cf, func and index. A memref is given to a kernel as the address of its first
    element. What is left of math becomes intrinsics, never calls.

    Before:

    ```mlir
    gpu.func @f(%x: memref<f32, strided<[], offset: ?>>) kernel {
      %0 = memref.load %x[] : memref<f32, strided<[], offset: ?>>
      ...
    ```

    After:

    ```mlir
    llvm.func @f(%x: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel} {
      %0 = llvm.load %x : !llvm.ptr -> f32
      ...
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::NVVM::NVVMDialect"];
}

def CompileGPUModulesPass : Pass<"remat-compile-gpu-modules", "::mlir::ModuleOp"> {
  let summary = "compile modules of kernels to PTX or machine code";
  let description = [{
    Replaces each `gpu.module` in the NVVM dialect by a `gpu.binary` that holds its PTX. No
    CUDA toolkit is asked: LLVM has the target, and libclc the functions. Products and sums are fused where the
    program says so and nowhere else, divisions and roots are rounded to nearest. With
    `denormals=flush`, denormal numbers of f32 are zero, as operands and as results; PTX
    has no such mode for f64. A kernel that calls functions has at most 96 registers,
    or 168 if it reads or writes arrays of f64.

    With `format=bin`, ptxas assembles the PTX: what REMAT_PTXAS names, or what is found on
    PATH or in bin of CUDA_ROOT, CUDA_HOME or /usr/local/cuda.
  }];
  let options = [
    Option<"chip", "chip", "std::string", /*default=*/"\"sm_80\"", "The processor, sm_80 or newer">,
    Option<"ptx", "ptx", "std::string", /*default=*/"",
           "The version of PTX, 8.1 or newer; by default the oldest that has the processor">,
    Option<"format", "format", "::remat::KernelFormat", "::remat::KernelFormat::Isa", "The form of kernels",
           "::remat::getKernelFormatValues()">,
    Option<"denormals", "denormals", "::remat::Denormals", "::remat::Denormals::Keep",
           "What becomes of denormal numbers of f32",
           [{::llvm::cl::values(
               clEnumValN(::remat::Denormals::Keep, "keep", "they are numbers"),
               clEnumValN(::remat::Denormals::Flush, "flush", "they are zero"))}]>
  ];
  let dependentDialects = ["::mlir::gpu::GPUDialect", "::mlir::LLVM::LLVMDialect", "::mlir::NVVM::NVVMDialect"];
}

#endif // REMAT_TARGET_NVVM_PASSES_TD
