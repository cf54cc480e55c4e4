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
    run with a message that names it, its step (the first dimension) and its
    position in the step. `remat-guard-gathers` puts this in front of loops; it is
    allowed in phases from the source to the machine.

    **Constraints**

    * (C1) `indices` is a ranked tensor, or a memref of identity layout, of rank at least 1 whose
      elements are i8, i16, i32, i64 or index.

    Example:

    ```mlir
    remat.check_indices %characters below %rows : tensor<1000x16xi32>
    ```
  }];
  let arguments = (ins AnyTypeOf<[AnyRankedTensor, AnyMemRef]>:$indices, Index:$limit);
  let assemblyFormat = "$indices `below` $limit attr-dict `:` type($indices)";
  let hasVerifier = 1;
}

#endif // REMAT_DIALECT_REMAT_IR_REMATCHECKOPS_TD
