//===- RematExpandedOps.td - What a sweep does --------------- ---*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The operations inside the `schedule` region of a sweep. `remat.walk` follows the
// plan table, so its size does not depend on the number of steps. The others spell
// a schedule out, move by move, for short chains and for teaching.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_IR_REMATEXPANDEDOPS_TD
#define REMAT_DIALECT_REMAT_IR_REMATEXPANDEDOPS_TD

include "mlir/IR/SymbolInterfaces.td"
include "remat/Dialect/Remat/IR/RematOpBase.td"

/// What may stand in the schedule of a sweep.
class Remat_ScheduleOp<string mnemonic, list<Trait> traits = []>
    : Remat_Op<mnemonic, !listconcat(traits, [ParentOneOf<["ForwardSweepOp", "BackwardSweepOp"]>])>;

def Remat_WalkOp : Remat_ScheduleOp<"walk", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "follows a plan table";
  let description = [{
    Asks the walker of the runtime for one move after the other and makes it: in a
    forward sweep until all steps have run once, in the backward sweep until all are
    reversed. `table` is a constant `memref.global` with the words of the table; without
    it the table is part of the function's plan argument.

    **Constraints**

    * (C1) `table` is a constant `memref.global` of i64 with the words of the chain's plan, or
      absent if the chain is planned at run time.

    Example:

    ```mlir
    remat.forward_sweep @walk count(%count) init(%h0 : memref<4xf32>) final(%hT : memref<4xf32>)
      history !remat.history schedule {
      remat.walk @walk_table
    }
    ```
  }];
  let arguments = (ins OptionalAttr<FlatSymbolRefAttr>:$table);
  let assemblyFormat = "($table^)? attr-dict";
}

#endif // REMAT_DIALECT_REMAT_IR_REMATEXPANDEDOPS_TD
