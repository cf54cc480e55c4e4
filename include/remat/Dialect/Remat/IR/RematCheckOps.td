//===- RematCheckOps.td - Checks while a program runs ---- -*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_IR_REMATCHECKOPS_TD
#define REMAT_DIALECT_REMAT_IR_REMATCHECKOPS_TD

include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "remat/Dialect/Remat/IR/RematOpBase.td"

def Remat_CheckIndicesOp : Remat_Op<"check_indices",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
     DeclareOpInterfaceMethods<BufferizableOpInterface,
       ["bufferizesToMemoryRead", "bufferizesToMemoryWrite", "getAliasingValues", "bufferize"]>]> {
  let summary = "ends the run if an index lies outside a table";
  let description = [{
    Every element of `indices` has to be at least 0 and below `limit`, the number of
    rows of a table that is looked up with them. The first one that is not ends the
    run with a message that names it, its position and the place of this operation in
    the program. The message also names the step: with `per_step` the first dimension counts the steps of a loop, from the
    last one to the first if the loop is `reversed`; with `at` all indices belong to
    one step. `remat-guard-gathers` puts this in front of loops and into steps; it is
    allowed in phases from the source to the machine.

    **Constraints**

    * (C1) `indices` is a ranked tensor, or a memref of identity layout, whose elements
      are i8, i16, i32, i64 or index.
    * (C2) `per_step` needs a rank of at least 1 and excludes `at`.
    * (C3) `reversed` needs `per_step`.

    Example:

    ```mlir
    remat.check_indices %characters per_step below %rows : tensor<1000x16xi32>
    ```
  }];
  let arguments = (ins AnyTypeOf<[AnyRankedTensor, AnyMemRef]>:$indices, Index:$limit, Optional<Index>:$step,
                       UnitAttr:$per_step, UnitAttr:$reversed);
  let assemblyFormat = [{
    $indices (`per_step` $per_step^)? (`reversed` $reversed^)? (`at` `(` $step^ `)`)? `below` $limit attr-dict
    `:` type($indices)
  }];
  let hasVerifier = 1;
}

def Remat_CheckRangeOp : Remat_Op<"check_range", [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "ends the run if a number lies outside a range";
  let description = [{
    `value` has to be at least `least` and at most `most`. If it is not, the run ends
    with a message that calls it `what` and names it, the range and the place of this
    operation in the program; with `at` also the step. An extent that has to be what
    another one is, has that as both ends of its range. `remat-guard-extents` puts this
    in front of operations whose operands have extents that types do not tell; it is
    allowed in phases from the source to the machine.

    **Constraints**

    * (C1) `what` is not empty.

    Example:

    ```mlir
    remat.check_range %n in %n0 to %n0, "extent 0 of operand #1 of 'arith.addf'"
    ```
  }];
  let arguments = (ins Index:$value, Index:$least, Index:$most, Optional<Index>:$step, StrAttr:$what);
  let assemblyFormat = "$value `in` $least `to` $most (`at` `(` $step^ `)`)? `,` $what attr-dict";
  let hasVerifier = 1;
}

#endif // REMAT_DIALECT_REMAT_IR_REMATCHECKOPS_TD
