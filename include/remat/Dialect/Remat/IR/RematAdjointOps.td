//===- RematAdjointOps.td - Differentiated recurrences ------ ---*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_IR_REMATADJOINTOPS_TD
#define REMAT_DIALECT_REMAT_IR_REMATADJOINTOPS_TD

include "mlir/IR/OpAsmInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "remat/Dialect/Remat/IR/RematOpBase.td"
include "remat/Dialect/Remat/IR/RematTypes.td"
include "remat/Interfaces/AdjointOpInterface.td"
include "remat/Interfaces/FloatRangeInterface.td"

def Remat_BpttOp : Remat_Op<"bptt",
    [AttrSizedOperandSegments, RecursiveMemoryEffects, SingleBlock,
     DeclareOpInterfaceMethods<AdjointOpInterface>, DeclareOpInterfaceMethods<FloatRangeOpInterface>,
     DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
     DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmBlockArgumentNames", "getAsmResultNames"]>]> {
  let summary = "the forward half of a differentiated recurrence";
  let description = [{
    A `remat.recurrence` that may be run backwards later. It has the operands and
    results of the recurrence and, last, a history that one `remat.unwind` consumes.
    The step is there in up to four forms:

    * `advance (t, carries, elements)` is the step as it was.
    * `record (t, carries, elements)` is the same step and yields its tape as well: the
      values that the reverse step cannot have cheaper in another way.
    * `reverse (t, elements, tape, cotangents of the next carries, cotangents of the
      emitted values, accumulators)` is the adjoint of the step. It yields the cotangents
      of the carries and of the elements, and the accumulators with this step's
      contributions to the gradients of captured values added.
    * `resume (t, elements, tape)` yields the carries after the step. It is there when
      the tape is restartable: it has what the carries can be had from by element-wise
      operations and data movement.

    A recurrence that is not differentiated has `advance` alone and no history.

    Only active carries, elements and emitted values have cotangents: those that depend
    on what the gradient is taken by and reach what it is taken of. The cotangent of a
    tensor has its shape and its element type, or f32 for f16 and bf16.

    **Constraints**

    * (C1) Carries, scans, stacked results and the trip count are as in `remat.recurrence`.
    * (C2) `record`, `reverse` and the history result are there together, or none of them is;
      `resume` is there only with them.
    * (C3) `advance` and `record` take `index`, the carry types, and the element types of the scans.
    * (C4) `advance` and `record` yield the carries and the emitted values; only `record` has a tape.
    * (C5) `active_carries`, `active_scans` and `active_emits` are increasing indices of values of
      a float type.
    * (C6) `reverse` takes `index`, the element types, the types of the tape, the cotangent types of
      the active carries, of the active emitted values, and any accumulators.
    * (C7) `reverse` ends with `remat.yield_adjoint`, which yields the cotangents of the active
      carries, of the active scans, and the accumulators.
    * (C8) `resume` takes `index`, the element types and the types of the tape, and yields the carries.
    * (C9) The history has at most one use, by a `remat.unwind`.

    Example:

    ```mlir
    %hT, %history = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) scan(%xs : tensor<?x4xf32>)
        active_carries [0]
        -> tensor<4xf32>, !remat.history
    advance(%t: index, %h: tensor<4xf32>, %x: tensor<4xf32>) {
      %next = arith.mulf %h, %x : tensor<4xf32>
      remat.yield carry(%next : tensor<4xf32>)
    } record(%t: index, %h: tensor<4xf32>, %x: tensor<4xf32>) {
      %next = arith.mulf %h, %x : tensor<4xf32>
      remat.yield carry(%next : tensor<4xf32>)
    } reverse(%t: index, %x: tensor<4xf32>, %dh: tensor<4xf32>) {
      %dprevious = arith.mulf %dh, %x : tensor<4xf32>
      remat.yield_adjoint carry(%dprevious : tensor<4xf32>)
    }
    ```
  }];
  let arguments = (ins
    Index:$count,
    Variadic<AnyType>:$inits,
    Variadic<AnyType>:$scans,
    UnitAttr:$reversed,
    DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$active_carries,
    DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$active_scans,
    DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$active_emits);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$advance, MaxSizedRegion<1>:$record,
                        MaxSizedRegion<1>:$reverse, MaxSizedRegion<1>:$resume);
  let assemblyFormat = [{
    (`reversed` $reversed^)?
    `count` `(` $count `)`
    (`carry` `(` $inits^ `:` type($inits) `)`)?
    (`scan` `(` $scans^ `:` type($scans) `)`)?
    (`active_carries` $active_carries^)?
    (`active_scans` $active_scans^)?
    (`active_emits` $active_emits^)?
    (`->` type($results)^)?
    custom<Steps>($advance, $record, $reverse, $resume)
    attr-dict
  }];
  let extraClassDeclaration = [{
    /// True when there is a backward half.
    bool isDifferentiated() { return !getReverse().empty(); }
    /// The yield of `advance`, and of `record` where it is there.
    YieldOp getAdvanceYield();
    YieldOp getRecordYield();
    YieldAdjointOp getReverseYield();
    /// The types of the tape; empty without `record`.
    ::mlir::TypeRange getTapeTypes();
    /// The carries after the last step.
    ::mlir::ResultRange getFinalCarries() { return getResults().take_front(getInits().size()); }
    /// The stacked results.
    ::mlir::ResultRange getStacked() {
      return getResults().drop_front(getInits().size()).drop_back(isDifferentiated());
    }
    /// The history; null when there is no backward half.
    ::mlir::Value getHistory() { return isDifferentiated() ? getResults().back() : ::mlir::Value(); }
    /// The backward half, if it is there.
    UnwindOp getUnwind();
    std::optional<int64_t> getStaticCount();
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let hasCanonicalizer = 1;
}

def Remat_YieldAdjointOp : Remat_Op<"yield_adjoint",
    [Pure, Terminator, HasParent<"BpttOp">, AttrSizedOperandSegments]> {
  let summary = "ends a reverse step";
  let description = [{
    Yields the cotangents of the carries before the step, of the scan elements of the
    step, and the accumulators.

    Example:

    ```mlir
    remat.yield_adjoint carry(%dh : tensor<16x256xf32>) accumulate(%dw : tensor<256x256xf32>)
    ```
  }];
  let arguments = (ins
    Variadic<AnyType>:$carries,
    Variadic<AnyType>:$scans,
    Variadic<AnyType>:$accumulators);
  let assemblyFormat = [{
    (`carry` `(` $carries^ `:` type($carries) `)`)?
    (`scan` `(` $scans^ `:` type($scans) `)`)?
    (`accumulate` `(` $accumulators^ `:` type($accumulators) `)`)?
    attr-dict
  }];
}

def Remat_UnwindOp : Remat_Op<"unwind",
    [Pure, AttrSizedOperandSegments, DeclareOpInterfaceMethods<AdjointOpInterface>,
     DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "the backward half of a differentiated recurrence";
  let description = [{
    Runs the reverse steps of the `remat.bptt` that made the history, last step first.
    Takes the cotangents of the final carries and of the stacked results (of the active
    ones), and the first values of the accumulators. The results are the cotangents of
    the initial carries, of the scans, and the accumulators after the last reverse step.

    **Constraints**

    * (C1) The history is a result of a `remat.bptt`.
    * (C2) `carry` has the cotangent types of the active carries.
    * (C3) `emit` has the cotangent types of the active stacked results.
    * (C4) `accumulate` has the types of the accumulators of the reverse step.
    * (C5) The results are the cotangents of the active carries, of the active scans, and
      the accumulators.

    Example:

    ```mlir
    %dh0, %dw = remat.unwind %history carry(%dhT : tensor<16x256xf32>)
        accumulate(%zero : tensor<256x256xf32>) -> tensor<16x256xf32>, tensor<256x256xf32>
    ```
  }];
  let arguments = (ins
    Remat_HistoryType:$history,
    Variadic<AnyType>:$carries,
    Variadic<AnyType>:$emits,
    Variadic<AnyType>:$accumulators);
  let results = (outs Variadic<AnyType>:$results);
  let assemblyFormat = [{
    $history
    (`carry` `(` $carries^ `:` type($carries) `)`)?
    (`emit` `(` $emits^ `:` type($emits) `)`)?
    (`accumulate` `(` $accumulators^ `:` type($accumulators) `)`)?
    attr-dict (`->` type($results)^)?
  }];
  let extraClassDeclaration = [{
    /// The forward half.
    BpttOp getForward();
    ::mlir::ResultRange getInitCotangents() { return getResults().take_front(getCarries().size()); }
    ::mlir::ResultRange getScanCotangents() {
      return getResults().drop_front(getCarries().size()).drop_back(getAccumulators().size());
    }
    ::mlir::ResultRange getAccumulated() { return getResults().take_back(getAccumulators().size()); }
  }];
  let hasVerifier = 1;
}

#endif // REMAT_DIALECT_REMAT_IR_REMATADJOINTOPS_TD
