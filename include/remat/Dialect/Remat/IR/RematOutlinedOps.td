//===- RematOutlinedOps.td - Recurrences as step functions -- ---*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// After outlining a recurrence is a symbol, `remat.chain`, that names the
// functions of one step, and one or two sweeps that stand where the loop runs.
// The same operations are used on tensors and, after bufferization, on memrefs.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_IR_REMATOUTLINEDOPS_TD
#define REMAT_DIALECT_REMAT_IR_REMATOUTLINEDOPS_TD

include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "remat/Dialect/Remat/IR/RematAttrs.td"
include "remat/Dialect/Remat/IR/RematOpBase.td"
include "remat/Dialect/Remat/IR/RematTypes.td"

def Remat_ChainOp : Remat_Op<"chain",
    [Symbol, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "the step functions of one recurrence";
  let description = [{
    Names the functions that run one step of a recurrence and gives the types of
    what threads through it. `t` is the step in order of execution; `pos` is its
    position in scans and stacked arrays, `t` or, with `reversed`, `count - 1 - t`.
    Scans, stacked arrays and scan gradients are passed whole and the step takes
    its slice at `pos`.

    | function        | arguments                                                                                            | results                  |
    |-----------------|------------------------------------------------------------------------------------------------------|--------------------------|
    | `advance`       | t, pos, carry\*, scan\*, capture\*, stacked\*                                                        | carry\*, stacked\*       |
    | `advance_again`        | t, pos, carry\*, scan\*, capture\*                                                                   | carry\*                  |
    | `record`        | t, pos, carry\*, scan\*, capture\*, stacked\*                                                        | carry\*, stacked\*, recorded\* |
    | `record_again` | t, pos, carry\*, scan\*, capture\*                                                                   | carry\*, recorded\*      |
    | `reverse`       | t, pos, tape\*, scan\*, capture\*, gradient\*, stacked cotangent\*, scan gradient\*, accumulator\*   | gradient\*, scan gradient\*, accumulator\* |
    | `resume`        | t, pos, tape\*, scan\*, capture\*                                                                    | carry\*                  |
    | `linearize`     | t, pos, carry\*, scan\*, capture\*                                                                   | recorded\*               |

    `advance` and `record` run a step for the first time and write its stacked
    outputs; `advance_again` and `record_again` run it again. `linearize` runs it again for its
    tape alone, for a step that is reversed next: nobody reads its next carry. `resume` computes the carry
    after step `t` from the tape of that step; a chain without it is not restartable. Stacked
    arrays, scan gradients and accumulators are updated in place.

    `tape_carries` has one number per tape component: of the carry that this component is,
    as the step came upon it, or -1. No function computes these; who calls a step copies
    the carry to the tape, or has the tape where the carry lies. The other components are
    the *recorded* ones. Without `tape_carries` all are.

    Once `remat-assign-workspace` has run the functions take memrefs and return
    nothing: results that are not in place have become trailing arguments, followed
    by the workspace (`memref<Wxi8>`) and the counters (`memref<5xi64>`: advance,
    advance_again, record, record_again, reverse). `workspace_bytes` has the W of each
    function in the order of the table (0 for one that is not there). `linearize` counts as
    `record_again`.

    On memrefs the gradients that `gradients_in_place` numbers are updated in place, too:
    `reverse` finds the gradient of the carry behind the step in an argument and leaves the one in
    front of it there. The other gradients are two arguments, one read and one written.

    `remat-plan-schedule` adds the plan, `remat-plan-memory` the layout. If the number of
    steps is not known yet, there is neither: `loop` then says which loop of the
    plan argument of the function is this one.

    **Constraints**

    * (C1) Each named function is a private `func.func` with a body.
    * (C2) `record`, `linearize` and `reverse` come together; `advance_again`, `record_again` and `resume` need them.
    * (C3) Carry, tape and gradient types are tensors of static shape with float or integer
      elements; tape and gradient types need `reverse`, gradient types are float tensors.
      `tape_carries` is empty or has one number per tape type: -1, or that of a carry of this type,
      of none twice.
    * (C4) `workspace_bytes` has seven entries, none negative.
    * (C5) A plan needs `reverse` and `workspace_bytes`; its table is a well-formed plan table of one mode for
      its number of steps, restartable only if there is a `resume`, its counts are those
      of the table, and its stack frames are enough.
    * (C6) `loop` is not negative, and there is no plan and no layout beside it.
    * (C7) `gradients_in_place` are increasing numbers of gradient types.

    Example:

    ```mlir
    remat.chain "private" @walk advance(@walk_advance) advance_again(@walk_advance_again)
      record(@walk_record) record_again(@walk_record_again) linearize(@walk_linearize)
      reverse(@walk_reverse)
      carry [tensor<4xf32>] tape [tensor<4xf32>, tensor<8xf32>] tape_carries [0, -1]
      gradient [tensor<4xf32>]
    ```
  }];
  let arguments = (ins
    OptionalAttr<StrAttr>:$sym_visibility,
    SymbolNameAttr:$sym_name,
    UnitAttr:$reversed,
    FlatSymbolRefAttr:$advance,
    OptionalAttr<FlatSymbolRefAttr>:$advance_again,
    OptionalAttr<FlatSymbolRefAttr>:$record,
    OptionalAttr<FlatSymbolRefAttr>:$record_again,
    OptionalAttr<FlatSymbolRefAttr>:$linearize,
    OptionalAttr<FlatSymbolRefAttr>:$reverse,
    OptionalAttr<FlatSymbolRefAttr>:$resume,
    TypeArrayAttr:$carry_types,
    DefaultValuedAttr<TypeArrayAttr, "{}">:$tape_types,
    DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$tape_carries,
    DefaultValuedAttr<TypeArrayAttr, "{}">:$gradient_types,
    DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$gradients_in_place,
    OptionalAttr<DenseI64ArrayAttr>:$workspace_bytes,
    OptionalAttr<Remat_PlanAttr>:$plan,
    OptionalAttr<Remat_LayoutAttr>:$layout,
    OptionalAttr<I64Attr>:$loop_number);
  let assemblyFormat = [{
    ($sym_visibility^)? $sym_name (`reversed` $reversed^)?
    `advance` `(` $advance `)`
    (`advance_again` `(` $advance_again^ `)`)?
    (`record` `(` $record^ `)`)?
    (`record_again` `(` $record_again^ `)`)?
    (`linearize` `(` $linearize^ `)`)?
    (`reverse` `(` $reverse^ `)`)?
    (`resume` `(` $resume^ `)`)?
    `carry` $carry_types (`tape` $tape_types^)? (`tape_carries` $tape_carries^)?
    (`gradient` $gradient_types^)? (`in_place` $gradients_in_place^)?
    (`workspace` $workspace_bytes^)?
    (`plan` $plan^)? (`layout` $layout^)? (`loop` `(` $loop_number^ `)`)?
    attr-dict
  }];
  let extraClassDeclaration = [{
    bool isDifferentiated() { return getReverseAttr() != nullptr; }
    /// True once the step functions take memrefs and return nothing.
    bool isFinalized() { return getWorkspaceBytesAttr() != nullptr; }
    /// The workspace of the function with the number \p role in the table.
    int64_t getWorkspaceBytesOf(unsigned role) { return (*getWorkspaceBytes())[role]; }
    /// The carry that tape component \p component is, or nothing if it is recorded.
    std::optional<unsigned> getTapeCarry(unsigned component);
    /// The types of the recorded tape components.
    ::mlir::ArrayAttr getRecordedTypes();
    bool isGradientInPlace(int64_t number) { return llvm::is_contained(getGradientsInPlace(), number); }
    /// The types of the gradients that are not updated in place.
    ArrayAttr getMovedGradientTypes();
  }];
  let hasVerifier = 1;
}

/// What both sweeps are: a use of a chain that bufferizes in place.
class Remat_SweepOp<string mnemonic, list<Trait> traits = []>
    : Remat_Op<mnemonic, !listconcat(traits, [
        AttrSizedOperandSegments, SingleBlock, NoTerminator,
        DeclareOpInterfaceMethods<SymbolUserOpInterface>,
        DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
        DeclareOpInterfaceMethods<BufferizableOpInterface, [
          "bufferizesToMemoryRead", "bufferizesToMemoryWrite",
          "getAliasingValues", "bufferize"]>])>;

def Remat_ForwardSweepOp : Remat_SweepOp<"forward_sweep", [AttrSizedResultSegments]> {
  let summary = "runs all steps of a chain forward";
  let description = [{
    Runs steps 0 to count - 1 of the chain from the initial carries. Each step
    writes its element of the stacked arrays once; the final carries are what the
    last step yields (the initial ones if count is 0). With a history result, what
    the plan chooses to keep stays alive for the `remat.backward_sweep` that takes it.

    An initial carry that is one number everywhere may be given as that number. It has no
    memory: where state 0 is read, it is filled in, in the core state that the step
    does not write.

    On tensors there is one result per `stacked` and `final` operand, which are
    the destinations; on memrefs these are written and the history is the only
    result.

    `packed_captures` names captures that are copies of parameters in another layout,
    made once in front of the loop: the budget does not cover them. `unused_finals`
    names final carries that nobody reads, so that they need not be written.
    `kept_inits`, which `remat-plan-schedule` sets, names initial carries that lie one
    behind the other where the slot region begins: they are the part of state 0 that the
    budget covers and that can be discarded. The region, once `remat-expand-schedule` has filled it, says how to run the steps.

    **Constraints**

    * (C1) The operands have the types that the functions of the chain take; an initial carry
      may have their element type instead.
    * (C2) Tensors and memrefs are not mixed; on tensors the outputs have the types of the
      destinations, on memrefs there are none.
    * (C3) There is a history if and only if the chain is differentiated.
    * (C4) `packed_captures`, `unused_finals` and `kept_inits` are increasing numbers of captures, finals
      and inits; kept inits are arrays.
    * (C5) A schedule comes with a history that a backward sweep takes.

    Example:

    ```mlir
    %ys, %hT, %history = remat.forward_sweep @walk count(%count) init(%h0 : tensor<4xf32>)
      scan(%xs : tensor<9x4xf32>) stacked(%e0 : tensor<9x4xf32>) final(%e1 : tensor<4xf32>)
      -> tensor<9x4xf32>, tensor<4xf32> history !remat.history
    ```
  }];
  let arguments = (ins
    FlatSymbolRefAttr:$chain,
    Index:$count,
    Variadic<AnyType>:$inits,
    Variadic<AnyType>:$scans,
    Variadic<AnyType>:$captures,
    Variadic<AnyType>:$stacked,
    Variadic<AnyType>:$finals,
    DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$packed_captures,
    DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$unused_finals,
    DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$kept_inits);
  let regions = (region AnyRegion:$schedule);
  let results = (outs Variadic<AnyRankedTensor>:$outputs, Optional<Remat_HistoryType>:$history);
  let assemblyFormat = [{
    $chain `count` `(` $count `)`
    (`init` `(` $inits^ `:` type($inits) `)`)?
    (`scan` `(` $scans^ `:` type($scans) `)`)?
    (`capture` `(` $captures^ `:` type($captures) `)`)?
    (`stacked` `(` $stacked^ `:` type($stacked) `)`)?
    (`final` `(` $finals^ `:` type($finals) `)`)?
    (`packed_captures` $packed_captures^)? (`unused_finals` $unused_finals^)?
    (`kept_inits` $kept_inits^)?
    (`->` type($outputs)^)? (`history` type($history)^)?
    attr-dict (`schedule` $schedule^)?
  }];
  let hasVerifier = 1;
}

def Remat_BackwardSweepOp : Remat_SweepOp<"backward_sweep"> {
  let summary = "runs all steps of a chain backward";
  let description = [{
    Takes cotangents of the final carries and of (some of the) stacked arrays back
    through steps count - 1 to 0, re-running forward steps as the plan says. Writes
    the gradients of the initial carries and updates scan gradients and accumulators
    in place, in this order of steps whatever the plan. On memrefs the gradients of the carries
    between the steps lie in the `init_gradient` buffers, too.

    Initial carries, scans and captures are those of the forward sweep.
    `packed_accumulators` names accumulators that are in another layout than the
    gradient that they become: the budget does not cover them.

    **Constraints**

    * (C1) The operands have the types that the `reverse` function of the chain takes.
    * (C2) Tensors and memrefs are not mixed; on tensors the outputs have the types of the
      destinations (`init_gradient`, `scan_gradient`, `accumulator`), on memrefs there are none.
    * (C3) The history comes from a forward sweep of the same chain and has one use.
    * (C4) `packed_accumulators` are increasing numbers of accumulators.
    * (C5) This sweep and its forward sweep both have a schedule or neither has; either both are one
      `remat.walk`, or both are spelled out, the chain has a plan, and they follow the rules (S1) to
      (S10) of the dialect.

    Example:

    ```mlir
    %dh0, %dw = remat.backward_sweep @walk history(%history) count(%count)
      init(%h0 : tensor<4xf32>) capture(%w : tensor<4xf32>)
      final_cotangent(%dhT : tensor<4xf32>)
      init_gradient(%e0 : tensor<4xf32>) accumulator(%zero : tensor<4xf32>)
      -> tensor<4xf32>, tensor<4xf32>
    ```
  }];
  let arguments = (ins
    FlatSymbolRefAttr:$chain,
    Remat_HistoryType:$history,
    Index:$count,
    Variadic<AnyType>:$inits,
    Variadic<AnyType>:$scans,
    Variadic<AnyType>:$captures,
    Variadic<AnyType>:$final_cotangents,
    Variadic<AnyType>:$stacked_cotangents,
    Variadic<AnyType>:$init_gradients,
    Variadic<AnyType>:$scan_gradients,
    Variadic<AnyType>:$accumulators,
    DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$packed_accumulators);
  let regions = (region AnyRegion:$schedule);
  let results = (outs Variadic<AnyRankedTensor>:$outputs);
  let assemblyFormat = [{
    $chain `history` `(` $history `)` `count` `(` $count `)`
    (`init` `(` $inits^ `:` type($inits) `)`)?
    (`scan` `(` $scans^ `:` type($scans) `)`)?
    (`capture` `(` $captures^ `:` type($captures) `)`)?
    (`final_cotangent` `(` $final_cotangents^ `:` type($final_cotangents) `)`)?
    (`stacked_cotangent` `(` $stacked_cotangents^ `:` type($stacked_cotangents) `)`)?
    (`init_gradient` `(` $init_gradients^ `:` type($init_gradients) `)`)?
    (`scan_gradient` `(` $scan_gradients^ `:` type($scan_gradients) `)`)?
    (`accumulator` `(` $accumulators^ `:` type($accumulators) `)`)?
    (`packed_accumulators` $packed_accumulators^)?
    (`->` type($outputs)^)? attr-dict (`schedule` $schedule^)?
  }];
  let extraClassDeclaration = [{
    /// The forward sweep that the history comes from.
    ForwardSweepOp getForwardSweep();
  }];
  let hasVerifier = 1;
}

#endif // REMAT_DIALECT_REMAT_IR_REMATOUTLINEDOPS_TD
