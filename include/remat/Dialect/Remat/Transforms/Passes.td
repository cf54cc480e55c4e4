//===- Passes.td - Passes ------------------------- ---*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_TRANSFORMS_PASSES_TD
#define REMAT_DIALECT_REMAT_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

//===----------------------------------------------------------------------===//
// Borders of a program
//===----------------------------------------------------------------------===//

def MarkEntriesPass : Pass<"remat-mark-entries", "::mlir::ModuleOp"> {
  let summary = "fix what callers of public functions may rely on";
  let description = [{
    Gives every public function with a body a C interface and makes its tensor
    arguments read-only for bufferization, so that a compiled program never writes
    into an argument of its caller.

    Before:

    ```mlir
    func.func @entry(%x: tensor<4xf32>) -> tensor<4xf32>
    ```

    After:

    ```mlir
    func.func @entry(%x: tensor<4xf32> {bufferization.writable = false}) -> tensor<4xf32>
      attributes {llvm.emit_c_interface}
    ```
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect"];
}

def WidenFloatsPass : Pass<"remat-widen-floats", "::mlir::ModuleOp"> {
  let summary = "compute a whole program in f64";
  let description = [{
    Changes every float type of the module to f64: signatures, values, constants and
    attributes. Conversions between float types become no-ops and disappear. The
    result is the same program in a precision in which finite differences mean
    something.

    Before:

    ```mlir
    %c = arith.constant dense<0.5> : tensor<4xf32>
    %y = arith.mulf %x, %c : tensor<4xf32>
    ```

    After:

    ```mlir
    %c = arith.constant dense<0.5> : tensor<4xf64>
    %y = arith.mulf %x, %c : tensor<4xf64>
    ```
  }];
}

//===----------------------------------------------------------------------===//
// Differentiation
//===----------------------------------------------------------------------===//

def InlineCalls : Pass<"remat-inline-calls", "::mlir::ModuleOp"> {
  let summary = "inline all calls of functions with a body";
  let description = [{
    Differentiation works on straight-line code. Afterwards no `func.call` of a
    function with a body is left, in whichever region it stood. A recursive call
    and a call of a function of more than one block are errors.

    Before:

    ```mlir
    func.func private @square(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = arith.mulf %x, %x : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = func.call @square(%x) : (tensor<4xf32>) -> tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```

    After:

    ```mlir
    func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = arith.mulf %x, %x : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
}

def SplitElementwise : Pass<"remat-split-elementwise"> {
  let summary = "split elementwise linalg operations into operations on whole tensors";
  let description = [{
    Rewrites each linalg operation whose loops are all parallel and whose body has
    elementwise operations only into these operations on tensors. An operand that is
    read through another map than the result is written through is broadcast or
    transposed first. What a step has to keep is then decided value by value, and
    elementwise operations are fused again when that is decided.

    Before:

    ```mlir
    %y = linalg.generic {indexing_maps = [#row_column, #column, #row_column],
                         iterator_types = ["parallel", "parallel"]}
        ins(%x, %b : tensor<4x8xf32>, tensor<8xf32>) outs(%empty : tensor<4x8xf32>) {
    ^bb0(%x_element: f32, %b_element: f32, %out: f32):
      %sum = arith.addf %x_element, %b_element : f32
      %result = math.tanh %sum : f32
      linalg.yield %result : f32
    } -> tensor<4x8xf32>
    ```

    After:

    ```mlir
    %rows = linalg.broadcast ins(%b : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
    %sum = arith.addf %x, %rows : tensor<4x8xf32>
    %y = math.tanh %sum : tensor<4x8xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def Differentiate : Pass<"remat-differentiate", "::mlir::ModuleOp"> {
  let summary = "replace gradient requests by primal and adjoint code";
  let description = [{
    Replaces each `remat.value_and_gradient` in place by a copy of the callee's body
    followed by its adjoint, which the derivative rules of the operations in it emit
    (`AdjointOpInterface`). Only values that depend on an argument named in `wrt` and
    reach a result named in `of` are differentiated; an operation among them without
    a rule is an error at that operation. Afterwards `remat.custom_vjp` is replaced by
    its callee's body and `remat.stop_gradient` by its operand.

    Each `remat.recurrence` in such code becomes a `remat.bptt`, whose regions are the
    step in the forms that a schedule needs, and a `remat.unwind` where the adjoint
    stands. What a step leaves for its adjoint is chosen here: the tape. A recurrence
    that is not differentiated becomes a `remat.bptt` that only goes forward.

    Expects calls to be inlined (`remat-inline-calls`). Cotangents of types narrower
    than 32 bits are kept in f32 and rounded once, in the gradient that is returned.

    Before:

    ```mlir
    func.func private @square(%x: tensor<f32>) -> tensor<f32> {
      %y = arith.mulf %x, %x : tensor<f32>
      return %y : tensor<f32>
    }
    %y, %dx = remat.value_and_gradient @square(%x) wrt [0] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
    ```

    After:

    ```mlir
    %y = arith.mulf %x, %x : tensor<f32>
    %one = arith.constant dense<1.0> : tensor<f32>
    %left = arith.mulf %one, %x : tensor<f32>
    %right = arith.mulf %one, %x : tensor<f32>
    %dx = arith.addf %left, %right : tensor<f32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect", "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect"];
}

def SimplifyAdjoint : Pass<"remat-simplify-adjoint"> {
  let summary = "let contributions accumulate in place";
  let description = [{
    The rules emit each contribution to a cotangent on its own. This pass puts them
    together: a sum with a contraction accumulates into the contraction's init, zeros
    are not added, and a cotangent that is written slice by slice is not filled with
    zeros first.

    Before:

    ```mlir
    %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<4x8xf32>) -> tensor<4x8xf32>
    %product = linalg.matmul ins(%a, %b : ...) outs(%zeros : tensor<4x8xf32>) -> tensor<4x8xf32>
    %sum = arith.addf %other, %product : tensor<4x8xf32>
    ```

    After:

    ```mlir
    %sum = linalg.matmul ins(%a, %b : ...) outs(%other : tensor<4x8xf32>) -> tensor<4x8xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

//===----------------------------------------------------------------------===//
// From loops to step functions
//===----------------------------------------------------------------------===//

def OutlineSteps : Pass<"remat-outline-steps", "::mlir::ModuleOp"> {
  let summary = "turn differentiated recurrences into step functions and sweeps";
  let description = [{
    Each form of the step of a `remat.bptt` becomes a private function, a
    `remat.chain` names them, and sweeps take the place of the loop and of its
    `remat.unwind`. All functions take the same captured values in the same order;
    arrays over time are passed whole, and the step reads and writes its element.
    Of `advance` and `record` there is a second version for steps that run again,
    without what only the emitted values need and without assertions, if there are
    emitted values.

    Before:

    ```mlir
    %hT, %ys, %history = remat.bptt count(%n) carry(%h0 : tensor<4xf32>) active_carries [0]
        -> tensor<4xf32>, tensor<9x4xf32>, !remat.history
    advance(%t: index, %h: tensor<4xf32>) { ... } record(...) { ... } reverse(...) { ... }
    %dh0 = remat.unwind %history carry(%dhT : tensor<4xf32>) -> tensor<4xf32>
    ```

    After:

    ```mlir
    %ys, %hT, %history = remat.forward_sweep @f_loop count(%n) init(%h0 : tensor<4xf32>)
      stacked(%e0 : tensor<9x4xf32>) final(%e1 : tensor<4xf32>)
      -> tensor<9x4xf32>, tensor<4xf32> history !remat.history
    %dh0 = remat.backward_sweep @f_loop history(%history) count(%n) init(%h0 : tensor<4xf32>)
      final_cotangent(%dhT : tensor<4xf32>) init_gradient(%e2 : tensor<4xf32>) -> tensor<4xf32>
    ```
  }];
  let dependentDialects = ["::mlir::func::FuncDialect", "::mlir::tensor::TensorDialect"];
}

def FuseElementwise : Pass<"remat-fuse-elementwise"> {
  let summary = "put element-wise operations of one shape into one loop";
  let description = [{
    Gathers element-wise operations on tensors and element-wise `linalg` operations
    of a block into as few `linalg.generic` as their dependences allow, each with one
    result per value that is read elsewhere. Broadcasts, transpositions, fills and
    splat constants are read through. A result is written over an operand where that
    is the last use of the result of a contraction.

    The order of the operations on one element stays what it was, so the results
    have the same bits.

    Before:

    ```mlir
    %i = math.tanh %z : tensor<16x256xf32>
    %y = arith.mulf %i, %c : tensor<16x256xf32>
    return %i, %y
    ```

    After:

    ```mlir
    %i, %y = linalg.generic {indexing_maps = [#id, #id, #id, #id], iterator_types = ["parallel", "parallel"]}
        ins(%z, %c : ...) outs(%e, %e : ...) {
    ^bb0(%z_element: f32, %c_element: f32, %out_i: f32, %out_y: f32):
      %0 = math.tanh %z_element : f32
      %1 = arith.mulf %0, %c_element : f32
      linalg.yield %0, %1 : f32, f32
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def VerifyPhase : Pass<"remat-verify-phase"> {
  let summary = "check that no operation of an earlier phase is left";
  let description = [{
    Fails at the first operation that a program in the given phase must not
    contain any more:

    * `adjoint`: what authors write (`recurrence`, `value_and_gradient`, `custom_vjp`, `stop_gradient`)
    * `outlined`: also `bptt` and `unwind`
    * `scheduled`: any operation of the dialect
  }];
  let options = [
    Option<"phase", "phase", "::remat::Phase", /*default=*/"::remat::Phase::adjoint",
           "the phase that the program is said to be in", [{::llvm::cl::values(
             clEnumValN(::remat::Phase::source, "source", "as written"),
             clEnumValN(::remat::Phase::adjoint, "adjoint", "differentiated"),
             clEnumValN(::remat::Phase::outlined, "outlined", "steps are functions"),
             clEnumValN(::remat::Phase::scheduled, "scheduled", "nothing of the dialect is left"))}]>
  ];
}

include "remat/Dialect/Remat/Transforms/MemoryPasses.td"
include "remat/Dialect/Remat/Transforms/PackPasses.td"

#endif // REMAT_DIALECT_REMAT_TRANSFORMS_PASSES_TD
