//===- OutliningPasses.td - From loops to step functions -- -*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_TRANSFORMS_OUTLININGPASSES_TD
#define REMAT_DIALECT_REMAT_TRANSFORMS_OUTLININGPASSES_TD

include "mlir/Pass/PassBase.td"

def OutlineStepsPass : Pass<"remat-outline-steps", "::mlir::ModuleOp"> {
  let summary = "turn differentiated recurrences into step functions and sweeps";
  let description = [{
    Each form of the step of a `remat.bptt` becomes a private function, a
    `remat.chain` names them, and sweeps take the place of the loop and of its
    `remat.unwind`. All functions take the same captured values in the same order;
    arrays over time are passed whole, and the step reads and writes its element.
    Of `advance` and `record` there is a second version for steps that run again,
    without what only the emitted values need and without assertions, if there are
    emitted values. A slice with whole rows that the loop captures or scans is taken
    in the step, and the array that it is a slice of is captured: nothing is copied.
    Where all that happens to the cotangent of a scan is `arith.truncf`, each element of it
    is rounded in the step that writes it.

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
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::func::FuncDialect", "::mlir::tensor::TensorDialect"];
}

def DecomposeOperationsPass : Pass<"remat-decompose-operations"> {
  let summary = "decompose operations on tensors that have no buffer form";
  let description = [{
    Rewrites `linalg.softmax`, `tensor.concat`, `math.clampf`, `math.sincos`,
    `remat.strong_product` and `remat.strong_quotient`, which have derivative rules of their
    own but no lowering, into simpler operations. Runs after differentiation.

    Before:

    ```mlir
    %z = tensor.concat dim(0) %x, %y : (tensor<2xf32>, tensor<3xf32>) -> tensor<5xf32>
    ```

    After:

    ```mlir
    %empty = tensor.empty() : tensor<5xf32>
    %first = tensor.insert_slice %x into %empty[0] [2] [1] : tensor<2xf32> into tensor<5xf32>
    %z = tensor.insert_slice %y into %first[2] [3] [1] : tensor<3xf32> into tensor<5xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect", "::mlir::tensor::TensorDialect"];
}

def FuseElementwisePass : Pass<"remat-fuse-elementwise"> {
  let summary = "put element-wise operations of one shape into one loop";
  let description = [{
    Gathers element-wise operations on tensors and element-wise `linalg` operations
    of a block into as few `linalg.generic` as their dependences allow, each with one
    result per value that is read elsewhere. Broadcasts, transpositions, fills and
    splat constants are read through. A result is written over an operand where that
    is the last use of the result of a contraction.

    A loop also computes again what others compute, from arrays that are there anyway, if
    that keeps fewer bytes until it runs and the bytes are worth the operations. A reduction
    computes the element-wise operations in front of it in its own loops; a contraction is
    left alone. `remat.vector_loop` on the reduction is the loop along the last dimension of
    the array that it does not read any more: the order of the sums (docs/Sums.md) stays.

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

#endif // REMAT_DIALECT_REMAT_TRANSFORMS_OUTLININGPASSES_TD
