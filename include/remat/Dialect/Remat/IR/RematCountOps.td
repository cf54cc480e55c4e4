//===- RematCountOps.td - Counting what a call does ------ -*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where counters lie, and who may write there, is the target's business: on a device
// the kernels of a step count it. So steps say that they are to be counted, and a
// target says how.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_IR_REMATCOUNTOPS_TD
#define REMAT_DIALECT_REMAT_IR_REMATCOUNTOPS_TD

include "mlir/IR/EnumAttr.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "remat/Dialect/Remat/IR/RematOpBase.td"

/// The counters of remat/ABI/Entry.h, by the names of the step functions.
def Remat_Counter : I64EnumAttr<"Counter", "what of a call is counted", [
    I64EnumAttrCase<"Advance", 0, "advance">,
    I64EnumAttrCase<"AdvanceAgain", 1, "advance_again">,
    I64EnumAttrCase<"Record", 2, "record">,
    I64EnumAttrCase<"RecordAgain", 3, "record_again">,
    I64EnumAttrCase<"Reverse", 4, "reverse">]> {
  let cppNamespace = "::remat";
}

def Remat_CountOp : Remat_Op<"count"> {
  let summary = "counts a step";
  let description = [{
    Adds one to a counter. `remat-assign-workspace` puts this at the start of each step
    function that is counted, so that what ran is known without asking the plan;
    `convert-count-to-memory` makes a load and a store of it.

    **Constraints**

    * (C1) `counters` is a `memref<5xi64>` or `memref<?xi64>` of identity layout.

    Example:

    ```mlir
    remat.count advance_again in %counters : memref<5xi64>
    ```
  }];
  let arguments = (ins Remat_Counter:$counter, Arg<AnyRankedOrUnrankedMemRef, "the counters", [MemRead, MemWrite]>:$counters);
  let assemblyFormat = "$counter `in` $counters attr-dict `:` type($counters)";
  let hasVerifier = 1;
}

def Remat_ResetCountersOp : Remat_Op<"reset_counters"> {
  let summary = "begins to count";
  let description = [{
    Sets all counters to zero. `remat-plan-memory` puts this at the start of each entry:
    steps add to the counters, and callers want those of one call.

    **Constraints**

    * (C1) `counters` is a `memref<5xi64>` or `memref<?xi64>` of identity layout.

    Example:

    ```mlir
    remat.reset_counters %counters : memref<?xi64>
    ```
  }];
  let arguments = (ins Arg<AnyRankedOrUnrankedMemRef, "the counters", [MemWrite]>:$counters);
  let assemblyFormat = "$counters attr-dict `:` type($counters)";
  let hasVerifier = 1;
}

#endif // REMAT_DIALECT_REMAT_IR_REMATCOUNTOPS_TD
