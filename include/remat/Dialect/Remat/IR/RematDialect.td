//===- RematDialect.td - The remat dialect ------------------ ---*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_IR_REMATDIALECT_TD
#define REMAT_DIALECT_REMAT_IR_REMATDIALECT_TD

include "mlir/IR/OpBase.td"

def Remat_Dialect : Dialect {
  let name = "remat";
  let cppNamespace = "::remat";
  let summary = "Recurrences, their gradients, and the memory they may use";
  let description = [{
    A program is written with `remat.recurrence` (a loop over time) and
    `remat.value_and_gradient` (a request for its gradient). The passes rewrite it
    phase by phase, and each phase has its own operations:

    | phase    | operations                                             | made by                     |
    |----------|--------------------------------------------------------|-----------------------------|
    | source   | `recurrence`, `value_and_gradient`, `custom_vjp`, `stop_gradient` | the author       |
    | adjoint  | `bptt`, `unwind`                                       | `remat-differentiate`       |
    | outlined | `chain`, `forward_sweep`, `backward_sweep`             | `remat-outline-steps`       |
  }];
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
}

#endif // REMAT_DIALECT_REMAT_IR_REMATDIALECT_TD
