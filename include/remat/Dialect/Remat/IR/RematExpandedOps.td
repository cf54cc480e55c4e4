//===- RematExpandedOps.td - What a sweep does --------------- ---*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The operations inside the `schedule` region of a sweep. `remat.walk` follows the
// plan table, so its size does not depend on the number of steps. The others spell
// a schedule out, move by move, for short chains and for teaching. The rules that a
// spelled-out schedule follows as a whole, (S1) to (S10), stand in RematDialect.td.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_IR_REMATEXPANDEDOPS_TD
#define REMAT_DIALECT_REMAT_IR_REMATEXPANDEDOPS_TD

include "mlir/IR/SymbolInterfaces.td"
include "remat/Dialect/Remat/IR/RematAttrs.td"
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

//===----------------------------------------------------------------------===//
// States
//===----------------------------------------------------------------------===//

def Remat_RestoreOp : Remat_ScheduleOp<"restore"> {
  let summary = "makes a kept state the one in work";
  let description = [{
    The next step starts from this state. A state is read where it lies, so this is no
    code, with two exceptions: `to` copies it into the core, for a tape that takes over
    its slot, and `tape` computes it from the kept tape of the step that led to it.

    **Constraints**

    * (C1) `state` is not negative, and positive with `tape`.
    * (C2) The source is a slot or, for state 0, `<initial>`; a tape lies in a slot.
    * (C3) The destination is a core state; with `tape` there is one.
    * (C4) `tape` stands in a backward sweep.

    Example:

    ```mlir
    remat.restore state 0 from <initial>
    remat.restore state 4 from <slot 64>
    remat.restore state 0 from <slot 0> to <core 0>
    remat.restore state 7 from tape <slot 128> to <core 0>
    ```
  }];
  let arguments = (ins
    I64Attr:$state,
    UnitAttr:$from_tape,
    Remat_PlaceAttr:$source,
    OptionalAttr<Remat_PlaceAttr>:$destination);
  let assemblyFormat = [{
    `state` $state `from` (`tape` $from_tape^)? $source (`to` $destination^)? attr-dict
  }];
  let hasVerifier = 1;
}

def Remat_CheckpointOp : Remat_ScheduleOp<"checkpoint"> {
  let summary = "keeps a state";
  let description = [{
    Keeps the state that the step in front of this has just written to a slot, until it
    is discarded. The step wrote it there itself, so this is no code.

    **Constraints**

    * (C1) `state` is positive: state 0 is kept from the beginning.
    * (C2) The place is a slot.

    Example:

    ```mlir
    remat.checkpoint state 4 in <slot 64>
    ```
  }];
  let arguments = (ins I64Attr:$state, Remat_PlaceAttr:$place);
  let assemblyFormat = "`state` $state `in` $place attr-dict";
  let hasVerifier = 1;
}

def Remat_DiscardOp : Remat_ScheduleOp<"discard"> {
  let summary = "keeps a state or a tape no longer";
  let description = [{
    Frees the slot of a kept state or tape. What lies where and when is settled by
    then, so this is no code.

    **Constraints**

    * (C1) `number` is not negative, and positive with `tape`.
    * (C2) The place is a slot.

    Example:

    ```mlir
    remat.discard state 4 in <slot 64>
    remat.discard tape 7 in <slot 128>
    ```
  }];
  let arguments = (ins UnitAttr:$is_tape, I64Attr:$number, Remat_PlaceAttr:$place);
  let assemblyFormat = "(`tape` $is_tape^) : (`state`)? $number `in` $place attr-dict";
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

def Remat_AdvanceOp : Remat_ScheduleOp<"advance"> {
  let summary = "runs steps and leaves no tape";
  let description = [{
    Runs steps `begin` to `end`, from the state in work at the source to the state
    after step `end` at the destination. `first` says that the steps run for the first
    time and write their stacked outputs. A state in between goes to the core state
    that its step does not read, `<core 0>` if it reads neither. The last step of the
    chain writes final carries that are read where the program wants them.

    **Constraints**

    * (C1) 1 <= `begin` <= `end`.
    * (C2) The source is a core state, a slot, or, for step 1, `<initial>`; the destination is a
      core state or a slot.
    * (C3) `first` stands in a forward sweep, and always there.

    Example:

    ```mlir
    remat.advance first steps 1 to 4 from <initial> to <slot 64>
    remat.advance steps 5 to 5 from <slot 64> to <core 0>
    ```
  }];
  let arguments = (ins UnitAttr:$first, I64Attr:$begin, I64Attr:$end, Remat_PlaceAttr:$source,
                       Remat_PlaceAttr:$destination);
  let assemblyFormat = [{
    (`first` $first^)? `steps` $begin `to` $end `from` $source `to` $destination attr-dict
  }];
  let hasVerifier = 1;
}

def Remat_RecordOp : Remat_ScheduleOp<"record"> {
  let summary = "runs a step and leaves its tape";
  let description = [{
    Runs one step from the state in work at the source to the state at the destination,
    as `remat.advance` does, and leaves its tape: in a slot, where it is kept until it is
    discarded, or in `<core_tape>`, if the step is reversed next. Then the state is brought
    to `<core 0>` first, where it becomes part of the tape, and in a backward sweep nothing
    but the tape is computed.

    **Constraints**

    * (C1) `step` is positive.
    * (C2) The source is a core state, a slot, or, for step 1, `<initial>`; the destination is a
      core state or a slot.
    * (C3) `first` stands in a forward sweep, and always there.
    * (C4) The tape goes to `<core_tape>` or to a slot.
    * (C5) There is no destination in a backward sweep if the tape goes to `<core_tape>`, and one else.

    Example:

    ```mlir
    remat.record first step 9 from <core 0> to <core 1> tape <core_tape>
    remat.record step 7 from <core 0> to <core 1> tape <slot 128>
    remat.record step 8 from <slot 64> tape <core_tape>
    ```
  }];
  let arguments = (ins UnitAttr:$first, I64Attr:$step, Remat_PlaceAttr:$source,
                       OptionalAttr<Remat_PlaceAttr>:$destination, Remat_PlaceAttr:$tape);
  let assemblyFormat = [{
    (`first` $first^)? `step` $step `from` $source (`to` $destination^)? `tape` $tape attr-dict
  }];
  let hasVerifier = 1;
}

def Remat_ReverseOp : Remat_ScheduleOp<"reverse", [HasParent<"BackwardSweepOp">]> {
  let summary = "runs a step backward";
  let description = [{
    Takes the gradient carry from behind a step to in front of it, with the tape of the
    step. The tape is used up: the step may overwrite it.

    **Constraints**

    * (C1) `step` is positive.
    * (C2) The tape lies in `<core_tape>` or in a slot.

    Example:

    ```mlir
    remat.reverse step 9 tape <core_tape>
    ```
  }];
  let arguments = (ins I64Attr:$step, Remat_PlaceAttr:$tape);
  let assemblyFormat = "`step` $step `tape` $tape attr-dict";
  let hasVerifier = 1;
}

#endif // REMAT_DIALECT_REMAT_IR_REMATEXPANDEDOPS_TD
