//===- Passes.td - Passes of NVIDIA GPUs as targets -----------------*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TARGET_NVVM_PASSES_TD
#define REMAT_TARGET_NVVM_PASSES_TD

include "mlir/Pass/PassBase.td"

def KeepDeviceValuesPass : Pass<"remat-keep-device-values", "::mlir::ModuleOp"> {
  let summary = "keep in arrays what loops use that follows from arrays";
  let description = [{
    On a GPU the host does not know what it reads from arrays, so it cannot hand it on, and what
    has been read before a loop is not there behind it. In the entry functions, on tensors:

    * A number that a loop captures becomes an array of one element, or the array of the caller that
      it was read from, and the step functions read it.
    * An operand of a loop that such a number chooses, or that it fills, is copied to a
      place of its own.
    * A number that is used behind a loop is computed again there, from arrays that are kept
      until then.

    Before:

    ```mlir
    %k = tensor.extract %ks[%c1] : tensor<3xf32>
    %h = remat.forward_sweep @loop count(%n) init(%h0) capture(%k) ...
    ```

    After:

    ```mlir
    %h = remat.forward_sweep @loop count(%n) init(%h0) capture(%ks) ...
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def SinkDeviceReadsPass : Pass<"remat-sink-device-reads", "::mlir::ModuleOp"> {
  let summary = "move what follows from the contents of memory to the device";
  let description = [{
    On a GPU all memory that a program works on is the device's; the host never reads it. This
    pass moves what is read from there (`memref.load`), and what follows from it, into
    `remat.on_device` regions with the operations that use it:

    * An offset, a view, a number or a choice between buffers goes into the region of each
      operation that uses it.
    * An operation on arrays in an `scf.if` that the device decides becomes a region of its own,
      which asks for the condition first.
    * Loops that the device controls, stores of numbers, checks of what the device has, and
      everything between a read and its use if something between them may overwrite it, are
      an island: one region for as many neighbours as there are.

    What the host knows stays where it is: numbers of steps, extents, the plan and the walk, and
    operations on arrays whose operands it can hand over. The first region of a function that
    is sure to be executed takes its `remat.count`.

    Before:

    ```mlir
    %row = memref.load %rows[%step] : memref<1000xindex>
    %view = memref.subview %table[%row, 0] [1, 16] [1, 1] : memref<9x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    linalg.copy ins(%view : memref<16xf32, strided<[1], offset: ?>>) outs(%x : memref<16xf32>)
    ```

    After:

    ```mlir
    remat.on_device {
      %row = memref.load %rows[%step] : memref<1000xindex>
      %view = memref.subview %table[%row, 0] [1, 16] [1, 1] : memref<9x16xf32> to memref<16xf32, strided<[1], offset: ?>>
      linalg.copy ins(%view : memref<16xf32, strided<[1], offset: ?>>) outs(%x : memref<16xf32>)
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::scf::SCFDialect", "::remat::RematDialect"];
}

def VerifyHostCodePass : Pass<"remat-verify-host-code", "::mlir::ModuleOp"> {
  let summary = "refuse programs whose host code would touch the memory of the device";
  let description = [{
    Behind `remat-sink-device-reads` nothing outside of `remat.on_device` loads from or stores to
    memory but that of the host: the plan, the walk, the stack and constants. What is left, such as
    a number of steps that an array holds, is refused where it stands.

    Example:

    ```mlir
    // error: the host would have to read or write an array, which lies in the memory of the device ...
    %steps = memref.load %counts[] : memref<index>
    scf.for %i = %c0 to %steps step %c1 {
      func.call @step(%i) : (index) -> ()
    }
    ```
  }];
}

def ConvertLinalgToGPUKernelsPass : Pass<"convert-linalg-to-gpu-kernels", "::mlir::ModuleOp"> {
  let summary = "make of what the device executes kernels and their launches";
  let description = [{
    Every `remat.on_device`, and every linalg op on memrefs and copy between memrefs outside
    of one, becomes a `gpu.launch_func` of a kernel in the module `remat_kernels`; equal ones
    share a kernel. What a linalg op computes has the bits of `convert-linalg-to-cpu-kernels`:
    the order of sums is that of docs/Sums.md, by the same analysis.

    * A contraction: a block owns a tile of the result, its threads elements of it;
      operands are staged in shared memory.
    * A reduction along the last dimension of its input: 16 threads own an element of the
      result, one lane each.
    * Everything else: a thread owns what the plain dimensions of all output maps select,
      and goes through the other loops in order.

    A region with one linalg op that is in no loop is a grid: every thread does the rest of it
    by itself, which reads and decides. Any other region is an island, a kernel of one block:
    all threads go through it together, share out its linalg ops, and leave stores, and loops
    of nothing else, to the first thread; there are barriers between what is written and
    everything else. So is a region whose linalg op has an extent that only the device knows, or
    writes what the region reads.

    `remat.count` is done by the first thread of the first block. A check (`remat.check_indices`,
    `remat.check_range`, `cf.assert`) that fails writes the global `remat_record` and ends its
    kernel and all behind it; see remat/ABI/Record.h. The module then gets a function `remat_report`.

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
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect", "::mlir::cf::ControlFlowDialect",
    "::mlir::gpu::GPUDialect", "::mlir::linalg::LinalgDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect", "::remat::RematDialect"
  ];
}

def ConvertAssertToReturnPass : Pass<"convert-assert-to-return", "::mlir::gpu::GPUModuleOp"> {
  let summary = "end kernels at assertions that do not hold";
  let description = [{
    A thread ends at a `cf.assert` of its kernel whose condition is false; so do all of its
    block, which must agree. `convert-linalg-to-gpu-kernels` puts them where a check fails, and
    `convert-scf-to-cf` has to run before.

    Before:

    ```mlir
      cf.assert %holds, ""
      gpu.barrier
      gpu.return
    ```

    After:

    ```mlir
      cf.cond_br %holds, ^next, ^exit
    ^next:
      gpu.barrier
      gpu.return
    ^exit:
      gpu.return
    ```
  }];
  let dependentDialects = ["::mlir::cf::ControlFlowDialect", "::mlir::gpu::GPUDialect"];
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

def ConvertGPULaunchToRuntimePass : Pass<"convert-gpu-launch-to-runtime", "::mlir::ModuleOp"> {
  let summary = "launch kernels through the runtime";
  let description = [{
    Every `gpu.launch_func`, in flat control flow, becomes a call of `rematCudaLaunch`
    (remat/Runtime/Cuda.h), which is given the number of the kernel, blocks, threads and
    pointers to the parameters. These lie on the stack, once for all launches of a function.

    Functions that launch, themselves or through calls, get one argument more, the last: the
    RematCudaCall of the launches. Where one of them asks a walk for its next move, the
    loop also ends when the call has failed.

    The `gpu.binary` becomes a constant, beside the names of the kernels in the order of their
    numbers. Each public function `@f` that launches has a constant `@f_code`, a
    RematCudaCode of both.

    Before:

    ```mlir
    gpu.binary @remat_kernels [#gpu.object<...>]
    func.func @f(%n: index, %x: memref<f32>) {
      gpu.launch_func @remat_kernels::@copy blocks in (%n, %c1, %c1) threads in (%c128, %c1, %c1)
        args(%x : memref<f32>)
      return
    }
    ```

    After:

    ```mlir
    llvm.mlir.global external constant @f_code() : !llvm.struct<(ptr, ptr, i32)> { ... }
    func.func @f(%n: index, %x: memref<f32>, %call: !llvm.ptr) {
      %words = llvm.alloca %c2 x i64 : (i64) -> !llvm.ptr
      ...
      llvm.call @rematCudaLaunch(%call, %c0, %blocks, %threads, %pointers)
      return
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect",
                           "::mlir::memref::MemRefDialect"];
}

#endif // REMAT_TARGET_NVVM_PASSES_TD
