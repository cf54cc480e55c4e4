//===- Passes.td - Passes of processors as targets ------------------*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TARGET_CPU_PASSES_TD
#define REMAT_TARGET_CPU_PASSES_TD

include "mlir/Pass/PassBase.td"

//===----------------------------------------------------------------------===//
// Layouts
//===----------------------------------------------------------------------===//

def PackParametersPass : Pass<"remat-pack-parameters", "::mlir::ModuleOp"> {
  let summary = "copy the weights of a recurrence into the layout that its products read";
  let description = [{
    A product in a step reads its weights once per step, in columns of one register
    tile: from a row-major matrix that is one short piece of each row, far apart.
    This pass copies each captured matrix `[depth, columns]` once, in front of the
    loop, into panels `[columns/32][depth][32]`, and for products with its transpose
    into panels of the transpose. Gradients of weights are accumulated in panels
    too and copied back once, after the loop, rounded on the way if that is all that
    happens to them. The copies become `packed_captures`
    and `packed_accumulators` of the sweeps.

    A matrix is copied where that pays: its columns fill whole panels, it is not
    small, and either the product has several rows or it needs the transpose.
    Results do not change, not by a bit: the order of summation is the same.

    The copies of an entry function take at most `parameter-budget` bytes. What pays
    most per byte comes first: weights as they are, because steps that run again read
    them again; then transposes; then accumulators. Within each kind copies are made
    in the order of the program; one that does not fit is left out.

    Before:

    ```mlir
    func.func private @advance(%t: index, %pos: index, %h: tensor<16x256xf32>, %w: tensor<256x256xf32>) -> ... {
      %r = linalg.matmul ins(%h, %w : ...) outs(%b : tensor<16x256xf32>) -> tensor<16x256xf32>
    }
    ... remat.forward_sweep @loop ... capture(%w : tensor<256x256xf32>) ...
    ```

    After:

    ```mlir
    func.func private @advance(%t: index, %pos: index, %h: tensor<16x256xf32>, %w: tensor<256x256xf32>,
                               %panels: tensor<8x256x32xf32>) -> ... {
      %init = tensor.expand_shape %b [[0], [1, 2]] output_shape [16, 8, 32] : ...
      %r = linalg.generic {...} ins(%h, %panels : ...) outs(%init : tensor<16x8x32xf32>) {...}
      ...
    }
    %parts = tensor.expand_shape %w [[0], [1, 2]] output_shape [256, 8, 32] : ...
    %panels = linalg.transpose ins(%parts : ...) outs(%empty : tensor<8x256x32xf32>) permutation = [1, 0, 2]
    ... remat.forward_sweep @loop ... capture(%w, %panels : ...) ... packed_captures [1]
    ```
  }];
  let options = [
    Option<"parameterBudget", "parameter-budget", "::remat::ByteLimit", "::remat::ByteLimit()",
           "Bytes that the copies may take: a size (4MiB) or unlimited">
  ];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
}

def TransposeActivationsPass : Pass<"remat-transpose-activations", "::mlir::ModuleOp"> {
  let summary = "transpose the activations in products with transposed weights";
  let description = [{
    A product `[rows, depth] * [columns, depth]^T` of a step whose right operand is a
    weight (an argument of the step) runs against the layout of the weight. Where
    remat-pack-parameters, which makes generic operations of such products, left no
    panels of the transpose, the left operand is transposed instead: a kernel then reads both as they lie and computes the transpose of the result in
    registers. The transposed activation is a temporary of the step, so it is counted
    in the workspace. Results do not change, not by a bit.

    Before:

    ```mlir
    %r = linalg.generic {indexing_maps = [#mk, #nk, #mn], ...} ins(%d, %w : tensor<16x256xf32>, tensor<64x256xf32>) ...
    ```

    After:

    ```mlir
    %t = linalg.transpose ins(%d : tensor<16x256xf32>) outs(%empty : tensor<256x16xf32>) permutation = [1, 0]
    %r = linalg.generic {indexing_maps = [#km, #nk, #mn], ...} ins(%t, %w : tensor<256x16xf32>, tensor<64x256xf32>) ...
    ```
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
}

//===----------------------------------------------------------------------===//
// From linalg on memrefs to LLVM
//===----------------------------------------------------------------------===//

def ConvertLinalgToCPUKernelsPass
    : Pass<"convert-linalg-to-cpu-kernels", "::mlir::func::FuncOp"> {
  let summary = "lower linalg on memrefs to register-tiled vector kernels";
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
           "::remat::getVectorISAValues()">
  ];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"
  ];
}

def EmulateNarrowFloatsPass : Pass<"remat-emulate-narrow-floats"> {
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

def TotalizeArithPass : Pass<"remat-totalize-arith"> {
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

def CallMathLibraryPass : Pass<"remat-call-math-library"> {
  let summary = "call functions of LLVM's libclc for operations without an instruction";
  let description = [{
    Operations of math, and `arith.remf`, that no instruction computes and no polynomial of
    `remat-expand-math` become calls of functions, one per lane of a vector. They have the same bits on
    processors and GPUs. Whoever makes machine code adds their code. Those of f16 and bf16
    are left to remat-emulate-narrow-floats, which has to run before.

    Runs on a module, or on a `gpu.module`.

    Before:

    ```mlir
    %z = math.powf %x, %y : f64
    ```

    After:

    ```mlir
    func.func private @remat_math_Z3powdd(f64, f64) -> f64
    ...
    %z = func.call @remat_math_Z3powdd(%x, %y) : (f64, f64) -> f64
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect", "::mlir::vector::VectorDialect"
  ];
}

def ExpandMathPass : Pass<"remat-expand-math", "::mlir::ModuleOp"> {
  let summary = "expand transcendental functions of f32 into polynomials";
  let description = [{
    Functions of f32, scalar or vector, become polynomials, the same for both, so
    that the tail of a vector loop gives the same bits as its body. f64 keeps the
    functions of libm, and f16 and bf16 are left to remat-emulate-narrow-floats,
    which has to run before. With `accurate`, f32
    keeps them too: slower by an order of magnitude, for gradient checks.

    With `denormals=keep`, operands and results may be denormal numbers, which the
    polynomials alone take for zero.
  }];
  let options = [
    Option<"accurate", "accurate", "bool", "false", "Keep the functions of libm for f32">,
    Option<"denormals", "denormals", "::remat::Denormals", "::remat::Denormals::Flush",
           "What becomes of denormal numbers of f32",
           [{::llvm::cl::values(
               clEnumValN(::remat::Denormals::Keep, "keep", "they are numbers"),
               clEnumValN(::remat::Denormals::Flush, "flush", "they are zero"))}]>
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect", "::mlir::math::MathDialect",
    "::mlir::vector::VectorDialect"
  ];
}

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

#endif // REMAT_TARGET_CPU_PASSES_TD
