//===- RematTypes.td - Types of the remat dialect ----------- ---*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_IR_REMATTYPES_TD
#define REMAT_DIALECT_REMAT_IR_REMATTYPES_TD

include "mlir/IR/AttrTypeBase.td"
include "remat/Dialect/Remat/IR/RematDialect.td"

class Remat_Type<string name, string typeMnemonic> : TypeDef<Remat_Dialect, name> {
  let mnemonic = typeMnemonic;
}

def Remat_HistoryType : Remat_Type<"History", "history"> {
  let summary = "what a forward sweep leaves behind for its backward sweep";
  let description = [{
    Ties the two halves of a differentiated recurrence together: the forward
    half defines it and exactly one backward half consumes it. Which states and
    tapes it stands for is decided later, by the plan.
  }];
}

#endif // REMAT_DIALECT_REMAT_IR_REMATTYPES_TD
