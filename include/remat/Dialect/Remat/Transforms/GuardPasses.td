//===- GuardPasses.td - Checks of what only run time knows -- -*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_TRANSFORMS_GUARDPASSES_TD
#define REMAT_DIALECT_REMAT_TRANSFORMS_GUARDPASSES_TD

include "mlir/Pass/PassBase.td"

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
      the branches it stands in. One that depends on an accumulator cannot be, and is
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

#endif // REMAT_DIALECT_REMAT_TRANSFORMS_GUARDPASSES_TD
