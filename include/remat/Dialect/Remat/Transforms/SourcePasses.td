//===- SourcePasses.td - What authors write, in forms that the passes behind know -- -*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_TRANSFORMS_SOURCEPASSES_TD
#define REMAT_DIALECT_REMAT_TRANSFORMS_SOURCEPASSES_TD

include "mlir/Pass/PassBase.td"

def CheckNumbersPass : Pass<"remat-check-numbers"> {
  let summary = "refuse types without a kernel, and take licences to change bits away";
  let description = [{
    Programs are written in arith, math, linalg, tensor, scf and func, with `cf.assert`,
    `affine.apply`, `affine.max`, `affine.min`, and the source operations of remat. They
    compute with f16, bf16, f32, f64, integers of 1 to 64 bits without a sign in
    their type, and index. Anything else, and a rounding mode other than
    `to_nearest_even`, is an error at the operation.

    `fastmath` flags are removed: whether two operations may become one would depend on
    whether they are in the same step function, and so on the budget.
  }];
}

def ExpandOperationsPass : Pass<"remat-expand-operations"> {
  let summary = "write out operations that have neither a rule nor a form in memory";
  let description = [{
    Rewrites `math.isnan`, `math.isinf`, `math.isfinite`, `math.isnormal`, `math.ipowi`,
    `arith.addui_extended`, `arith.mulsi_extended`, `arith.mului_extended`,
    `tensor.bitcast`, `tensor.generate`, `tensor.gather`, `linalg.pack`, `linalg.unpack` and
    a `tensor.pad` by a negative amount into simpler operations, before anything else looks
    at them. `tensor.scatter` is an error.

    A `tensor.empty` whose elements something may read before they are written is filled
    with zeros: what nobody wrote is zero, whatever is kept and computed again.

    Zero to a negative power is -1, what 1 / 0 gives.

    Before:

    ```mlir
    %r = math.isinf %x : tensor<5xf32>
    ```

    After:

    ```mlir
    %magnitude = math.absf %x : tensor<5xf32>
    %infinity = arith.constant dense<0x7F800000> : tensor<5xf32>
    %r = arith.cmpf oeq, %magnitude, %infinity : tensor<5xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect", "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect"];
}

def RaiseLoopsPass : Pass<"remat-raise-loops", "::mlir::ModuleOp"> {
  let summary = "turn loops that a gradient passes through into recurrences";
  let description = [{
    Rewrites `scf.for`, and `scf.while` whose condition is that a counter is below a bound, into
    `remat.recurrence` where a gradient that a `remat.value_and_gradient` asks for passes
    through them. Other loops stay.

    * What a turn hands on becomes a carry; numbers are carried as tensors of rank 0. A counter, which
      grows by a constant, and what every turn hands on as it is become none.
    * An array of which each turn reads the next element (or the one before, from the
      end) becomes a scan. So does an array that is written as well, if the element was not written yet.
    * An array into which each turn writes the next element, and nobody else does,
      becomes a stacked result, and a read of the element that the turn before has written a carry.
      Elements that are not written keep their values.
    * All else that a turn reads is captured, and read at the number of the step.

    The number of turns is computed as scf has it: none where the end is not behind the
    begin. Steps that are not positive are found by a check in front of the loop.

    A loop that stays gets the attribute `remat.not_raised` with the reason, for the error that
    differentiation reports, and a remark.

    Before:

    ```mlir
    %ys, %last = scf.for %t = %c0 to %c7 step %c1 iter_args(%stack = %empty, %h = %h0)
        -> (tensor<7x4xf32>, tensor<4xf32>) {
      %x = tensor.extract_slice %xs[%t, 0] [1, 4] [1, 1] : tensor<7x4xf32> to tensor<4xf32>
      %next = arith.mulf %h, %x : tensor<4xf32>
      %more = tensor.insert_slice %next into %stack[%t, 0] [1, 4] [1, 1] : tensor<4xf32> into tensor<7x4xf32>
      scf.yield %more, %next : tensor<7x4xf32>, tensor<4xf32>
    }
    ```

    After:

    ```mlir
    %last, %ys = remat.recurrence count(%c7) at(%t) carry(%h = %h0 : tensor<4xf32>)
        scan(%x = %xs : tensor<7x4xf32>) -> tensor<7x4xf32> {
      %next = arith.mulf %h, %x : tensor<4xf32>
      remat.yield carry(%next : tensor<4xf32>) emit(%next : tensor<4xf32>)
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::tensor::TensorDialect",
                           "::remat::RematDialect"];
}

def RaiseConcatenationsPass : Pass<"remat-raise-concatenations"> {
  let summary = "turn branches by position into slices";
  let description = [{
    Rewrites a `linalg.generic` over parallel loops and static extents whose body
    only compares `linalg.index` with constants, to read one of several tensors at the
    position or at a constant distance from it. That is how StableHLO's concatenate, and
    with it roll and stack, arrive in linalg. Each comparison cuts the iteration space
    in two; what is read in each part is a slice.

    Left alone is a body that computes more than where to read, compares with a value
    that is not constant, or might read outside of a tensor.

    Before:

    ```mlir
    %z = linalg.generic {indexing_maps = [#id], iterator_types = ["parallel"]} outs(%empty : tensor<5xf32>) {
    ^bb0(%out: f32):
      %i = linalg.index 0 : index
      %first = arith.cmpi ult, %i, %c2 : index
      %value = scf.if %first -> (f32) {
        %element = tensor.extract %x[%i] : tensor<2xf32>
        scf.yield %element : f32
      } else {
        %rest = arith.subi %i, %c2 : index
        %element = tensor.extract %y[%rest] : tensor<3xf32>
        scf.yield %element : f32
      }
      linalg.yield %value : f32
    } -> tensor<5xf32>
    ```

    After:

    ```mlir
    %empty = tensor.empty() : tensor<5xf32>
    %first = tensor.insert_slice %x into %empty[0] [2] [1] : tensor<2xf32> into tensor<5xf32>
    %z = tensor.insert_slice %y into %first[2] [3] [1] : tensor<3xf32> into tensor<5xf32>
    ```
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
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

#endif // REMAT_DIALECT_REMAT_TRANSFORMS_SOURCEPASSES_TD
