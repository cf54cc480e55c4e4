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
    into an argument of its caller. Names of arguments and results (`remat.name`) have
    served and go away: LLVM IR has no place for them.

    Before:

    ```mlir
    func.func @entry(%x: tensor<4xf32> {remat.name = "x"}) -> tensor<4xf32>
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

def FuseElementwise : Pass<"remat-fuse-elementwise"> {
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

include "remat/Dialect/Remat/Transforms/DifferentiationPasses.td"
include "remat/Dialect/Remat/Transforms/MemoryPasses.td"
include "remat/Dialect/Remat/Transforms/PackPasses.td"

#endif // REMAT_DIALECT_REMAT_TRANSFORMS_PASSES_TD
