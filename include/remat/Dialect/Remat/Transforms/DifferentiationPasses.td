//===- DifferentiationPasses.td - Gradient requests to code -------*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_TRANSFORMS_DIFFERENTIATIONPASSES_TD
#define REMAT_DIALECT_REMAT_TRANSFORMS_DIFFERENTIATIONPASSES_TD

include "mlir/Pass/PassBase.td"

//===----------------------------------------------------------------------===//
// Differentiation
//===----------------------------------------------------------------------===//

def CheckNumbers : Pass<"remat-check-numbers"> {
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

def InlineCalls : Pass<"remat-inline-calls", "::mlir::ModuleOp"> {
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

def ExpandOperations : Pass<"remat-expand-operations"> {
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

def RaiseConcatenations : Pass<"remat-raise-concatenations"> {
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

def GuardExtentsPass : Pass<"remat-guard-extents", "::mlir::ModuleOp"> {
  let summary = "make sure that extents agree where memory is read and written";
  let description = [{
    A dynamic extent is not known from types. Puts `remat.check_range` in front of
    operations that would leave an operand if its extents were not what the operation
    takes them for: of operands that run along one loop or are computed on element by
    element, of casts, of what is expanded or reshaped, of slices and what is put into
    them, of scans. Sizes are at least 0.

    An extent is followed to the array or number it comes from; two that come from one
    place are not compared. Slices of which only the offset is dynamic are guarded by
    `remat-guard-gathers`.

    Runs on inlined functions, before anything relies on types.

    Before:

    ```mlir
    %sum = arith.addf %x, %y : tensor<?xf32>
    ```

    After:

    ```mlir
    %expected = tensor.dim %x, %c0 : tensor<?xf32>
    %got = tensor.dim %y, %c0 : tensor<?xf32>
    remat.check_range %got in %expected to %expected, "extent 0 of operand #1 of 'arith.addf'"
    %sum = arith.addf %x, %y : tensor<?xf32>
    ```
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
                           "::mlir::tensor::TensorDialect", "::remat::RematDialect"];
}

def GuardGathersPass : Pass<"remat-guard-gathers", "::mlir::ModuleOp"> {
  let summary = "make sure that no index leaves its table";
  let description = [{
    Guards the indices of `tensor.extract` and `tensor.insert` and the offsets of
    slices that are not known to lie inside: `remat.check_indices` ends the run with
    the index, its step, its position and its place in the program.

    * An index that a linalg operation reads from an array is checked once, before
      all loops, if the array is known there.
    * An index that a step computes from scans, its number and values from outside is
      checked before the loop as well, by a loop over the steps that computes nothing
      but the index.
    * Any other index of a step, such as one that depends on a carry, is checked in
      the step, in front of its use. Only the first execution of a step checks.
    * An index in the body of an operation is computed apart from it for the check, in
      the branches it stands in. One that depends on an accumulator can not be, and is
      an error of the program, unless constant bounds are known to hold: those of a
      loop's number, of `arith.minsi` and of `arith.maxsi`.
    * A check is made where its access is: not for a branch that is not taken, a loop
      without steps or a body that runs for no point.

    Runs on inlined functions, before differentiation: the adjoint of a gather uses
    the guarded index.

    Before:

    ```mlir
    %h = remat.recurrence count(%n) at(%t) carry(...) scan(%row = %rows : tensor<1000x16xi32>) {
      %x = linalg.generic ... ins(%row : tensor<16xi32>) ... {
      ^bb0(%i: i32, %out: f32):
        %index = arith.index_cast %i : i32 to index
        %column = linalg.index 1 : index
        %value = tensor.extract %table[%index, %column] : tensor<96x64xf32>
        ...
    ```

    After:

    ```mlir
    %limit = arith.constant 96 : index
    remat.check_indices %rows per_step below %limit : tensor<1000x16xi32>
    %h = remat.recurrence ...
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect", "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect", "::remat::RematDialect"];
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
                           "::mlir::tensor::TensorDialect", "::remat::RematDialect"];
}

def SimplifyAdjoint : Pass<"remat-simplify-adjoint"> {
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

def DecomposeOperations : Pass<"remat-decompose-operations"> {
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

#endif // REMAT_DIALECT_REMAT_TRANSFORMS_DIFFERENTIATIONPASSES_TD
