//===- Passes.td - Passes ------------------------- ---*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_CONVERSION_PASSES_TD
#define REMAT_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

//===----------------------------------------------------------------------===//
// Source programs
//===----------------------------------------------------------------------===//

def ConvertRematSourceToSCFPass : Pass<"convert-remat-source-to-scf", "::mlir::ModuleOp"> {
  let summary = "lower undifferentiated source operations to plain loops";
  let description = [{
    The meaning of the source operations when nothing is differentiated, spelled as
    directly as possible: `remat.recurrence` becomes an `scf.for` over its carries and
    stacked results, `remat.custom_vjp` a call, `remat.stop_gradient` its operand. No
    plan and no budget: this is the reference that gradients and plans are checked
    against, so it shares no code with them.

    Before:

    ```mlir
    %hT = remat.recurrence count(%n) at(%t) carry(%h = %h0 : tensor<4xf32>)
        scan(%x = %xs : tensor<?x4xf32>) {
      %next = arith.addf %h, %x : tensor<4xf32>
      remat.yield carry(%next : tensor<4xf32>)
    }
    ```

    After:

    ```mlir
    %own = bufferization.alloc_tensor() copy(%h0) : tensor<4xf32>
    %hT = scf.for %t = %c0 to %n step %c1 iter_args(%h = %own) -> (tensor<4xf32>) {
      %x = tensor.extract_slice %xs[%t, 0] [1, 4] [1, 1] : tensor<?x4xf32> to tensor<4xf32>
      %next = arith.addf %h, %x : tensor<4xf32>
      %kept = bufferization.materialize_in_destination %next in %h : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
      scf.yield %kept : tensor<4xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::bufferization::BufferizationDialect",
                           "::mlir::func::FuncDialect", "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect"];
}

//===----------------------------------------------------------------------===//
// Programs compiled ahead of time
//===----------------------------------------------------------------------===//

def ExportMemoryPass : Pass<"remat-export-memory", "::mlir::ModuleOp"> {
  let summary = "make the sizes of a program's blocks known to its caller";
  let description = [{
    Turns the `remat.memory` attribute of each function into two constants: the bytes
    of its arena and of its parameter copies. `remat.runtime_plan` goes away: what it
    says is in a constant already. No attribute of this dialect is left on functions.

    Before:

    ```mlir
    func.func @f(...) attributes {remat.memory = #remat.memory<budget = 8192, peak = 8128, store_all = 65536,
                                                               minimum = 4096, parameters = 0, certain = true>}
    ```

    After:

    ```mlir
    llvm.mlir.global external constant @f_arena_bytes(8128 : i64) : i64
    llvm.mlir.global external constant @f_parameter_bytes(0 : i64) : i64
    func.func @f(...)
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

//===----------------------------------------------------------------------===//
// LinalgToCPUKernels
//===----------------------------------------------------------------------===//

def OutlineKernelsPass : Pass<"remat-outline-kernels", "::mlir::ModuleOp"> {
  let summary = "Share the code of equal contractions and large elementwise ops";
  let description = [{
    The step functions of a recurrence (advance, record, their re-runs, reverse)
    contain the same products and the same activation functions. Each op on
    memrefs that occurs at least twice in the module, and is large enough to be
    worth a call, moves to one private function. This keeps the generated code
    and the time to compile it small.

    Before:
    ```mlir
    func.func private @advance(...) { linalg.matmul ins(%x, %w : ...) outs(%z : ...) ... }
    func.func private @record(...)  { linalg.matmul ins(%x, %w : ...) outs(%z : ...) ... }
    ```
    After:
    ```mlir
    func.func private @remat_kernel(%0, %1, %2) { linalg.matmul ... }
    func.func private @advance(...) { call @remat_kernel(%x, %w, %z) ... }
    func.func private @record(...)  { call @remat_kernel(%x, %w, %z) ... }
    ```
  }];
  let dependentDialects = ["::mlir::func::FuncDialect", "::mlir::memref::MemRefDialect"];
}

def ConvertLinalgToCPUKernelsPass
    : Pass<"convert-linalg-to-cpu-kernels", "::mlir::func::FuncOp"> {
  let summary = "Lower linalg on memrefs to register-tiled vector kernels";
  let description = [{
    Replaces every linalg op on memrefs, and every copy between memrefs that are
    not contiguous, by loops over vectors: contractions by register tiles with
    fused multiply-adds, elementwise ops and reductions by vector loops with
    tails, the rest by scalar loops. What an op computes does not depend on `isa`,
    on the layout of its operands or on its surroundings; the order of every sum
    is documented in LinalgToCPUKernels.h.
  }];
  let options = [
    Option<"isa", "isa", "::remat::VectorISA", "::remat::VectorISA::Generic",
           "Instruction set whose registers the tiles fill",
           [{::llvm::cl::values(
               clEnumValN(::remat::VectorISA::Host, "host", "those of the processor that compiles"),
               clEnumValN(::remat::VectorISA::Generic, "generic", "16 registers of 128 bits"),
               clEnumValN(::remat::VectorISA::Neon, "neon", "32 registers of 128 bits"),
               clEnumValN(::remat::VectorISA::AVX2, "avx2", "16 registers of 256 bits"),
               clEnumValN(::remat::VectorISA::AVX512, "avx512", "32 registers of 512 bits, masks"))}]>
  ];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"
  ];
}

def InternalizeFunctionsPass : Pass<"remat-internalize-functions", "::mlir::ModuleOp"> {
  let summary = "Give private functions internal linkage in LLVM";
  let description = [{
    A private `func.func` becomes an exported symbol unless it says otherwise: every
    step function would be kept, with all of its arguments, beside its inlined
    copies, and two compiled programs would clash when linked together. `no_inline`, which
    would be lost on the way, is passed through to LLVM as well.

    Before:
    ```mlir
    func.func private @advance(%x: memref<4xf32>) { return }
    ```
    After:
    ```mlir
    func.func private @advance(%x: memref<4xf32>) attributes {llvm.linkage = #llvm.linkage<internal>} { return }
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

//===----------------------------------------------------------------------===//
// ArithToCPU
//===----------------------------------------------------------------------===//

def EmulateNarrowFloatsPass : Pass<"remat-emulate-narrow-floats", "::mlir::func::FuncOp"> {
  let summary = "compute f16 and bf16 in f32, rounded after every operation";
  let description = [{
    Each operation of arith and math on f16 or bf16 gets f32 operands, and its result is
    rounded at once. No conversion may be removed, so a value has the same bits whether
    it is read from a register or from the tape. Numbers of f64 and integers of any
    width are rounded once on their way to a narrow type.

    Before:

    ```mlir
    %z = arith.mulf %x, %y : vector<16xbf16>
    ```

    After:

    ```mlir
    %a = arith.extf %x : vector<16xbf16> to vector<16xf32>
    %b = arith.extf %y : vector<16xbf16> to vector<16xf32>
    %c = arith.mulf %a, %b : vector<16xf32>
    %z = arith.truncf %c : vector<16xf32> to vector<16xbf16>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect"];
}

def TotalizeArithPass : Pass<"remat-totalize-arith", "::mlir::func::FuncOp"> {
  let summary = "give integer division, shifts and conversions a value for every operand";
  let description = [{
    What arith leaves undefined gets the value that XLA and RISC-V define, on scalars and
    vectors alike:

    * a quotient by zero is -1 (all bits set), a remainder by zero the dividend;
    * the smallest number divided by -1 is itself, and nothing remains;
    * a shift by the width or more leaves 0, `shrsi` the sign;
    * `fptosi` and `fptoui` give the nearest integer that there is, 0 for NaN;
    * `maxnumf` and `minnumf` of two numbers are `maximumf` and `minimumf`.

    Divisors and distances that are known to be harmless cost nothing.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def StoreBF16AsBitsPass : Pass<"remat-store-bf16-as-bits", "::mlir::ModuleOp"> {
  let summary = "replace bf16 by i16 everywhere";
  let description = [{
    Runs when bf16 is moved and converted only. The conversions become operations on
    integers, and the type becomes i16. Scalar arguments of public functions stay bf16:
    in C they are passed like floats.

    Before:

    ```mlir
    %w = arith.extf %x : bf16 to f32
    ```

    After:

    ```mlir
    %0 = arith.extui %x : i16 to i32
    %1 = arith.shli %0, %c16 : i32
    %w = arith.bitcast %1 : i32 to f32
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def StoreIntegersAsBytesPass : Pass<"remat-store-integers-as-bytes", "::mlir::ModuleOp"> {
  let summary = "keep i1 and other odd integers in whole bytes of memory";
  let description = [{
    Memory of integers gets elements of a power of two bytes: i1 to i7 one, i24 four.
    Loads narrow and stores widen. Runs when memory is accessed by loads and stores of
    memref and vector only.

    Before:

    ```mlir
    %mask = vector.load %m[%i] : memref<64xi1>, vector<16xi1>
    ```

    After:

    ```mlir
    %bytes = vector.load %m[%i] : memref<64xi8>, vector<16xi8>
    %mask = arith.cmpi ne, %bytes, %zero : vector<16xi8>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

//===----------------------------------------------------------------------===//
// MathExpansion
//===----------------------------------------------------------------------===//

def ExpandMathPass : Pass<"remat-expand-math", "::mlir::ModuleOp"> {
  let summary = "Expand transcendental functions of f32 into polynomials";
  let description = [{
    Functions of f32, scalar or vector, become polynomials, the same for both, so
    that the tail of a vector loop gives the same bits as its body. f64 keeps the
    functions of libm, and f16 and bf16 are left to remat-emulate-narrow-floats,
    which has to run before. With `accurate`, f32
    keeps them too: slower by an order of magnitude, for gradient checks.
  }];
  let options = [
    Option<"accurate", "accurate", "bool", "false", "Keep the functions of libm for f32">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect", "::mlir::math::MathDialect",
    "::mlir::vector::VectorDialect"
  ];
}

//===----------------------------------------------------------------------===//
// Floating-point mode
//===----------------------------------------------------------------------===//

def FlushDenormalsPass : Pass<"remat-flush-denormals", "::mlir::ModuleOp"> {
  let summary = "flush denormal numbers while a public function runs";
  let description = [{
    The code of each public function moves to a private one that is not inlined. What is
    left sets the mode in which denormal numbers are zero, as operands and as results,
    calls the code and restores the mode; where the code fails, the runtime restores it.
    LLVM is told the mode, so what it computes itself has the bits of the processor.

    Before:

    ```mlir
    func.func @f(%x: memref<4xf32>) { ... }
    ```

    After:

    ```mlir
    func.func private @f_flushed(%x: memref<4xf32>)
        attributes {passthrough = [["denormal-fp-math", "preserve-sign,preserve-sign"], "noinline"]} { ... }
    func.func @f(%x: memref<4xf32>) {
      %mode = call @rematFlushDenormals() : () -> i64
      call @f_flushed(%x) : (memref<4xf32>) -> ()
      call @rematRestoreDenormals(%mode) : (i64) -> ()
      return
    }
    ```
  }];
  let dependentDialects = ["::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect"];
}

//===----------------------------------------------------------------------===//
// Runtime
//===----------------------------------------------------------------------===//

def ConvertAssertToRuntimePass : Pass<"convert-assert-to-runtime", "::mlir::ModuleOp"> {
  let summary = "lower cf.assert to a call of the runtime's failure function";
  let description = [{
    Upstream's lowering of `cf.assert` drops the message and aborts the process. A
    program that is embedded must hand the message to its caller, so each assertion
    becomes a branch around a call of `rematFail`, which does not return. Functions
    must have flat control flow; the messages become constants of the module.

    Before:

    ```mlir
    cf.assert %condition, "x is negative"
    ```

    After:

    ```mlir
      cf.cond_br %condition, ^continue, ^fail
    ^fail:
      %message = llvm.mlir.addressof @remat_message_0 : !llvm.ptr
      llvm.call @rematFail(%message) : (!llvm.ptr) -> ()
      llvm.unreachable
    ^continue:
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def ConvertCheckToRuntimePass : Pass<"convert-check-to-runtime", "::mlir::ModuleOp"> {
  let summary = "lower checks to calls of the runtime";
  let description = [{
    Runs on memory: `remat.check_indices` becomes a call of `rematCheckIndices`, which
    formats the message and does not return if an index is outside the table, and
    `remat.check_range` a call of `rematCheckRange`.

    Before:

    ```mlir
    remat.check_indices %indices below %rows : memref<1000x16xi32>
    ```

    After:

    ```mlir
    llvm.call @rematCheckIndices(%pointer, %steps, %per_step, %limit, %width, %first_step, %reversed, %place)
        : (!llvm.ptr, i64, i64, i64, i64, i64, i64, !llvm.ptr) -> ()
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::arith::ArithDialect",
                           "::mlir::memref::MemRefDialect"];
}

//===----------------------------------------------------------------------===//
// LLVM
//===----------------------------------------------------------------------===//

def ConvertKernelsToLLVMPass : Pass<"convert-kernels-to-llvm", "::mlir::ModuleOp"> {
  let summary = "convert memref, arith, index, func, cf and ub to LLVM at once";
  let description = [{
    What the conversions of MLIR for these dialects do one after the other, in one. Long
    code is visited once, and no casts are written for what the next conversion would take
    up. Vectors are converted before; of the casts that this leaves, none is needed any more
    (`reconcile-unrealized-casts`).

    Before:

    ```mlir
    func.func @f(%x: memref<4xf32>, %i: index) -> f32 {
      %v = memref.load %x[%i] : memref<4xf32>
      return %v : f32
    }
    ```

    After:

    ```mlir
    llvm.func @f(%base: !llvm.ptr, %aligned: !llvm.ptr, %offset: i64, %size: i64, %stride: i64, %i: i64) -> f32 {
      ...
      %place = llvm.getelementptr inbounds|nuw %data[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f32
      %v = llvm.load %place : !llvm.ptr -> f32
      llvm.return %v : f32
    }
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

//===----------------------------------------------------------------------===//
// Schedules
//===----------------------------------------------------------------------===//

def ConvertRematToSCFPass : Pass<"convert-remat-to-scf", "::mlir::ModuleOp"> {
  let summary = "lower sweeps to loops that call the step functions";
  let description = [{
    A sweep that follows a plan table becomes a loop that asks the runtime for the
    next move and switches on its kind. A forward sweep that is not differentiated
    becomes a loop over the steps. Chains disappear; what is left is scf, memref and
    calls of the step functions and of the runtime (remat/Runtime/Runtime.h).

    Before:

    ```mlir
    %history = remat.forward_sweep @walk ... schedule { remat.walk @walk_table }
    ```

    After:

    ```mlir
    call @rematWalkBegin(...)
    scf.while : () -> i64 {
      %kind = call @rematWalkNext(%walk, %move)
      ...
    } do {
      scf.index_switch %kind
      case 0 { call @walk_advance(...) }
      ...
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
                           "::mlir::linalg::LinalgDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
}

#endif // REMAT_CONVERSION_PASSES_TD
