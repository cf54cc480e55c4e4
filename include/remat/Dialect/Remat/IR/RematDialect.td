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
  let summary = "recurrences, their gradients, and the memory they may use";
  let description = [{
    A program is written with `remat.recurrence` (a loop over time) and
    `remat.value_and_gradient` (a request for its gradient). The passes rewrite it
    phase by phase (`remat-verify-phase` lists all), and each has its own operations:

    | phase    | operations                                             | made by                     |
    |----------|--------------------------------------------------------|-----------------------------|
    | source   | `recurrence`, `value_and_gradient`, `custom_vjp`, `stop_gradient` | the author       |
    | adjoint  | `bptt`, `unwind`, `strong_product`, `strong_quotient`  | `remat-differentiate`       |
    | outlined | `chain`, `forward_sweep`, `backward_sweep`             | `remat-outline-steps`       |
    | expanded | `walk`, or `restore`, `advance`, `checkpoint`, `record`, `reverse`, `discard` | `remat-expand-schedule` |

    ### Schedules

    An expanded sweep says in its `schedule` region what it does: in the table form one `remat.walk`, in the
    unrolled form one operation after the other. There steps are numbered from 1 to the trip count; state i is
    the carry after step i, and state 0 the initial carry. States and tapes lie in four kinds of memory
    (`#remat.place`): where the program has the initial carries, in one of two core states, in the core tape, or in
    the slot region, where things are kept. One state is *in work*: the one that the next step starts from.
    The verifier plays the schedules of a forward sweep and its backward sweep one behind the other and reports the
    first operation that breaks one of these rules:

    * (S1) A step starts from the state in work, at the place where that lies. A restored state, and what a step
      has computed, is in work; in the beginning of a sweep no state is.
    * (S2) In the forward sweep each step runs once, in order; in the backward sweep any of them run again.
    * (S3) A step does not write where it reads, unless that is a slot and states have no bytes; one that leaves
      its tape in `<core_tape>` reads `<core 0>`.
    * (S4) What is kept is kept once, does not overlap, and ends inside the slot region (`slot_bytes` of the plan).
    * (S5) A state that a step has written to a slot is kept by a `remat.checkpoint` right behind the step.
    * (S6) A restored state is kept, and lies where it is restored from; state 0 is kept from the beginning, in
      `<initial>` or, if the sweep has `kept_inits` and the plan may reuse their memory, in `<slot 0>`, which then
      stands for these and for the places of the others. A carry that is a number has no place. A tape that a state is computed from is
      kept, its step is not reversed yet, and the chain has a `resume` function.
    * (S7) Each step is reversed once, from the last to the first, from its tape where that lies.
    * (S8) What is discarded is kept, and lies where it is discarded from. A pinned initial state is not discarded.
    * (S9) In the end every step has run and was reversed, nothing but state 0 is kept, and steps, records,
      restores and copies are as many as the plan says.
    * (S10) A tape goes to `<core_tape>` if its step is the next to be reversed. In the backward sweep that and a
      reverse step overwrite the core states, and a `remat.advance`, a `remat.record` to a slot or a restore that
      computes or copies a state overwrites the core tape: they may share memory.
  }];
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
}

#endif // REMAT_DIALECT_REMAT_IR_REMATDIALECT_TD
