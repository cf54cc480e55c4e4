//===- DifferentiationPasses.td - Gradient requests to code -- -*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_TRANSFORMS_DIFFERENTIATIONPASSES_TD
#define REMAT_DIALECT_REMAT_TRANSFORMS_DIFFERENTIATIONPASSES_TD

include "mlir/Pass/PassBase.td"

def InlineCallsPass : Pass<"remat-inline-calls", "::mlir::ModuleOp"> {
  let summary = "inline all calls of functions with a body";
  let description = [{
    Differentiation works on straight-line code. Afterwards no `func.call` of a
    function with a body is left, in whichever region it stood. A recursive call,
    a call of a function of more than one block, and a call of a function without a
    body in a step of a recurrence are errors.

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

def SplitElementwisePass : Pass<"remat-split-elementwise"> {
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

def DifferentiatePass : Pass<"remat-differentiate", "::mlir::ModuleOp"> {
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
                           "::mlir::tensor::TensorDialect", "::remat::RematDialect"];
}

def SimplifyAdjointPass : Pass<"remat-simplify-adjoint"> {
  let summary = "let contributions accumulate in place";
  let description = [{
    The rules emit each contribution to a cotangent on its own. This pass puts them
    together: a sum with a contraction accumulates into the contraction's init, zeros
    are not added (so that -0 + 0 is -0), and a cotangent that is written slice by slice is not filled with
    zeros first. Only sums that the rules emitted, which `remat.cotangent_sum` marks until here,
    are associated anew: the program's own ones keep their bits.

    Before:

    ```mlir
    %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<4x8xf32>) -> tensor<4x8xf32>
    %product = linalg.matmul ins(%a, %b : ...) outs(%zeros : tensor<4x8xf32>) -> tensor<4x8xf32>
    %sum = arith.addf %other, %product {remat.cotangent_sum} : tensor<4x8xf32>
    ```

    After:

    ```mlir
    %sum = linalg.matmul ins(%a, %b : ...) outs(%other : tensor<4x8xf32>) -> tensor<4x8xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

#endif // REMAT_DIALECT_REMAT_TRANSFORMS_DIFFERENTIATIONPASSES_TD
