//===- RematSourceOps.td - What authors write --------------- ---*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_IR_REMATSOURCEOPS_TD
#define REMAT_DIALECT_REMAT_IR_REMATSOURCEOPS_TD

include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "remat/Dialect/Remat/IR/RematOpBase.td"
include "remat/Interfaces/AdjointOpInterface.td"
include "remat/Interfaces/FloatRangeInterface.td"

def Remat_RecurrenceOp : Remat_Op<"recurrence",
    [AttrSizedOperandSegments, RecursiveMemoryEffects, SingleBlock,
     DeclareOpInterfaceMethods<FloatRangeOpInterface>,
     DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmBlockArgumentNames", "getAsmResultNames"]>]> {
  let summary = "a loop over time";
  let description = [{
    Runs its region `count` times. The carries thread through time: the region
    takes them as arguments and yields their next values. A scan operand is an
    array over time and the region sees one element of it; each value that the
    region emits becomes one element of a stacked result. Everything else that the
    region reads (weights, say) is captured.

    The region's arguments are the step number `t` (counted from 0 in the order of
    execution), the carries, and the scan elements. Step `t` reads and writes
    position `t` of scans and stacked results, or position `count - 1 - t` with the
    unit attribute `reversed`.

    The results are the carries after the last step, then the stacked results.

    **Constraints**

    * (C1) Each carry is a ranked tensor of static shape with float or integer elements.
    * (C2) Each scan operand is a ranked tensor of float or integer elements, of rank at least 1,
      whose dimensions after the first are static.
    * (C3) The region has one block with arguments `index`, the carry types, and the element
      types of the scans (the scan type without its first dimension).
    * (C4) The yielded carries have the types of the carries.
    * (C5) The results are the carry types followed by the types of the emitted values with a
      leading time dimension.
    * (C6) If `count` is a constant it is not negative, and a static leading dimension of a
      scan or stacked result is equal to it. If `count` is not a constant, the leading
      dimensions of stacked results are dynamic.
    * (C7) The region is terminated by `remat.yield` without a tape.
    * (C8) The step has no side effects. `cf.assert` and `remat.check_indices` are allowed: they end
      the run with a message.
    * (C9) Elements of scans and of stacked results have no dimension of size 0.

    Example:

    ```mlir
    %count = arith.constant 1000 : index
    %hT, %ys = remat.recurrence count(%count) at(%t)
        carry(%h = %h0 : tensor<16x256xf32>)
        scan(%x = %xs : tensor<1000x16x256xf32>)
        -> tensor<1000x16x256xf32> {
      %next = arith.addf %h, %x : tensor<16x256xf32>
      remat.yield carry(%next : tensor<16x256xf32>) emit(%next : tensor<16x256xf32>)
    }
    ```
  }];
  let arguments = (ins
    Index:$count,
    Variadic<AnyType>:$inits,
    Variadic<AnyType>:$scans,
    UnitAttr:$reversed);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    (`reversed` $reversed^)?
    `count` `(` $count `)`
    custom<Step>($inits, type($inits), $scans, type($scans), type($results), $body)
    attr-dict
  }];
  let extraClassDeclaration = [{
    ::mlir::Block &getStep() { return getBody().front(); }
    /// The step number, in the order of execution.
    ::mlir::BlockArgument getStepNumber() { return getStep().getArgument(0); }
    /// The carries inside the step.
    ::mlir::MutableArrayRef<::mlir::BlockArgument> getCarries() {
      return getStep().getArguments().slice(1, getInits().size());
    }
    /// The elements of the scans inside the step.
    ::mlir::MutableArrayRef<::mlir::BlockArgument> getElements() {
      return getStep().getArguments().drop_front(1 + getInits().size());
    }
    /// The carries after the last step.
    ::mlir::ResultRange getFinalCarries() { return getResults().take_front(getInits().size()); }
    /// The stacked results.
    ::mlir::ResultRange getStacked() { return getResults().drop_front(getInits().size()); }
    YieldOp getYield();
    /// The trip count if it is a constant.
    std::optional<int64_t> getStaticCount();
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let hasCanonicalizer = 1;
}

def Remat_YieldOp : Remat_Op<"yield",
    [Pure, Terminator, AttrSizedOperandSegments]> {
  let summary = "ends a step";
  let description = [{
    Yields the next carries and the emitted values of a step and, in the `record`
    region of a `remat.bptt`, the tape of the step.

    Example:

    ```mlir
    remat.yield carry(%h : tensor<16x256xf32>) emit(%y : tensor<16xf32>)
    ```
  }];
  let arguments = (ins
    Variadic<AnyType>:$carries,
    Variadic<AnyType>:$emits,
    Variadic<AnyType>:$tape);
  let assemblyFormat = [{
    (`carry` `(` $carries^ `:` type($carries) `)`)?
    (`emit` `(` $emits^ `:` type($emits) `)`)?
    (`tape` `(` $tape^ `:` type($tape) `)`)?
    attr-dict
  }];
}

def Remat_ValueAndGradientOp : Remat_Op<"value_and_gradient",
    [AttrSizedOperandSegments, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a function's results and the gradient of one of them";
  let description = [{
    Stands for a call of `callee` together with reverse-mode differentiation. The
    results are the results of the callee, then one gradient per index in `wrt`, of
    the type of that argument.

    `of` names the results that are differentiated (result 0 by default). Without
    seeds each of them has exactly one element and the cotangent 1; with seeds there
    is one per differentiated result, of its type, and the gradient is the
    vector-Jacobian product with them. Results not named in `of` are auxiliary: they
    are returned and not differentiated.

    **Constraints**

    * (C1) `callee` is a function with a body.
    * (C2) Operands and leading results have the argument and result types of the callee.
    * (C3) `wrt` is not empty, increasing, and in range; the named arguments are tensors of a
      float type.
    * (C4) `of` is not empty, increasing, and in range; the named results are tensors of a float
      type.
    * (C5) Without seeds, each differentiated result has exactly one element.
    * (C6) With seeds, their types are the types of the differentiated results.
    * (C7) The trailing results have the types of the arguments named in `wrt`.

    Example:

    ```mlir
    %loss, %dwx, %dwh = remat.value_and_gradient @lstm_loss(%xs, %wx, %wh) wrt [1, 2]
      : (tensor<1000x16x256xf32>, tensor<256x1024xf32>, tensor<256x1024xf32>)
      -> (tensor<f32>, tensor<256x1024xf32>, tensor<256x1024xf32>)
    ```
  }];
  let arguments = (ins
    FlatSymbolRefAttr:$callee,
    Variadic<AnyType>:$args,
    Variadic<AnyType>:$seeds,
    DenseI64ArrayAttr:$wrt,
    DefaultValuedAttr<DenseI64ArrayAttr, "{0}">:$of);
  let results = (outs Variadic<AnyType>:$results);
  let assemblyFormat = [{
    $callee `(` $args `)` `wrt` $wrt (`of` $of^)?
    (`seed` `(` $seeds^ `:` type($seeds) `)`)?
    attr-dict `:` functional-type($args, $results)
  }];
}

def Remat_CustomVjpOp : Remat_Op<"custom_vjp",
    [DeclareOpInterfaceMethods<AdjointOpInterface>, DeclareOpInterfaceMethods<FloatRangeOpInterface>,
     DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a call with a derivative of its own";
  let description = [{
    Calls `callee`; when differentiated, the cotangents of the arguments come from
    `rule` in place of the derivative of the callee's body. The rule takes the
    arguments of the callee, its results, and one cotangent per result of float
    type, and returns one cotangent per argument of float type.

    **Constraints**

    * (C1) `callee` and `rule` are functions with a body.
    * (C2) Operands and results have the types of the callee.
    * (C3) The rule takes arguments, results and cotangents of float results, in this order.
    * (C4) The rule returns the cotangents of the float arguments.

    Example:

    ```mlir
    %y = remat.custom_vjp @clip(%x) rule @clip_adjoint : (tensor<4xf32>) -> tensor<4xf32>
    ```
  }];
  let arguments = (ins
    FlatSymbolRefAttr:$callee,
    FlatSymbolRefAttr:$rule,
    Variadic<AnyType>:$args);
  let results = (outs Variadic<AnyType>:$results);
  let assemblyFormat = [{
    $callee `(` $args `)` `rule` $rule attr-dict `:` functional-type($args, $results)
  }];
}

def Remat_StopGradientOp : Remat_Op<"stop_gradient",
    [Pure, AllTypesMatch<["input", "result"]>,
     DeclareOpInterfaceMethods<AdjointOpInterface, ["emitAdjoint", "hasDerivative"]>,
     DeclareOpInterfaceMethods<FloatRangeOpInterface>]> {
  let summary = "the identity, with derivative zero";
  let description = [{
    Passes its operand through and gives it no cotangent.

    Example:

    ```mlir
    %target = remat.stop_gradient %y : tensor<16x256xf32>
    ```
  }];
  let arguments = (ins AnyRankedTensor:$input);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

#endif // REMAT_DIALECT_REMAT_IR_REMATSOURCEOPS_TD
