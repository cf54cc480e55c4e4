//===- MemoryPasses.td - From outlined tensors to one arena -- -*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_TRANSFORMS_MEMORYPASSES_TD
#define REMAT_DIALECT_REMAT_TRANSFORMS_MEMORYPASSES_TD

include "mlir/Pass/PassBase.td"

def MarkEntriesPass : Pass<"remat-mark-entries", "::mlir::ModuleOp"> {
  let summary = "fix what callers of public functions may rely on";
  let description = [{
    Gives every public function with a body a C interface and makes its tensor
    arguments read-only for bufferization, so that a compiled program never writes
    into an argument of its caller. Names of arguments and results (`remat.name`) have
    served and go away: LLVM IR has no place for them.

    Before:

    ```mlir
    func.func @entry(%x: tensor<4xf32> {remat.name = "x"}) -> tensor<4xf32>
    ```

    After:

    ```mlir
    func.func @entry(%x: tensor<4xf32> {bufferization.writable = false}) -> tensor<4xf32>
      attributes {llvm.emit_c_interface}
    ```
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect"];
}

def PrepareViewsPass : Pass<"remat-prepare-views", "::mlir::ModuleOp"> {
  let summary = "give slices a form that memory can express";
  let description = [{
    A slice becomes a view, a buffer with strides. The stride of one element is set
    to one, for it says nothing; where strides still do not tell which extents of
    one a slice drops, it keeps its rank and a change of shape follows.

    Step functions take whole arrays. A view that a sweep of a public function uses
    (a slice, or the result of a branch, of which the layout is not known) is
    copied in front of it, once for both sweeps of a loop. The copy is a buffer like
    any other, so the budget covers it.

    Run it in front of `remat-prepare-bufferization`.

    Before:

    ```mlir
    %row = tensor.extract_slice %x[1, 0] [1, 1] [2, 1] : tensor<2x1xf32> to tensor<1xf32>
    %out, %h = remat.forward_sweep @loop count(%n) init(%row : tensor<1xf32>) ...
    ```

    After:

    ```mlir
    %row = tensor.extract_slice %x[1, 0] [1, 1] [1, 1] : tensor<2x1xf32> to tensor<1xf32>
    %copy = bufferization.alloc_tensor() copy(%row) : tensor<1xf32>
    %out, %h = remat.forward_sweep @loop count(%n) init(%copy : tensor<1xf32>) ...
    ```
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect", "::mlir::tensor::TensorDialect"];
}

def PrepareBufferizationPass : Pass<"remat-prepare-bufferization", "::mlir::ModuleOp"> {
  let summary = "say which tensor arguments may be overwritten";
  let description = [{
    Marks the arguments of step functions with `bufferization.writable`, by their
    role in the chain: stacked arrays, scan gradients and accumulators are updated
    in place, the tape of `reverse` is used once, and everything else must survive
    the call. A splat constant in a public function becomes an empty tensor that is
    filled, so that it is counted like every other buffer; an initial carry that is one
    number everywhere becomes that number, which needs no memory. Extents of arguments
    are read in front of all branches and loops.

    Run it in front of one-shot-bufferize, together with `remat-mark-entries`.

    Before:

    ```mlir
    %zero = arith.constant dense<0.0> : tensor<4xf32>
    ```

    After:

    ```mlir
    %c = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<4xf32>
    %zero = linalg.fill ins(%c : f32) outs(%empty : tensor<4xf32>) -> tensor<4xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def CarryInPlacePass : Pass<"remat-carry-in-place", "::mlir::ModuleOp"> {
  let summary = "let loops of scf carry each tensor in one buffer";
  let description = [{
    One-shot bufferization refuses an `scf.for` or `scf.while` that yields a tensor in
    another buffer than the one it came in. In such a loop the tensor is copied to where
    it belongs at the end of the turn; one that may lie in the buffer of an argument, as
    where arguments change places, goes through a buffer of its own. What a condition
    forwards other than the arguments as they came gets arguments of its own.

    Left alone is a tensor that operations in the loop write into and yield. Runs directly in
    front of one-shot-bufferize.

    Before:

    ```mlir
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> (tensor<4xf32>) {
      %b = arith.addf %a, %y : tensor<4xf32>
      scf.yield %b : tensor<4xf32>
    }
    ```

    After:

    ```mlir
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> (tensor<4xf32>) {
      %b = arith.addf %a, %y : tensor<4xf32>
      %c = linalg.copy ins(%b : tensor<4xf32>) outs(%a : tensor<4xf32>) -> tensor<4xf32>
      scf.yield %c : tensor<4xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def OrderGlobalsPass : Pass<"remat-order-globals", "::mlir::ModuleOp"> {
  let summary = "put constants in the order of their first use";
  let description = [{
    One-shot bufferization makes private globals of constant tensors, in an order that
    depends on addresses in the compiler. They are named and put in front of the module in
    the order in which the module uses them first; one that nothing reads is dropped.
    Runs directly behind one-shot-bufferize, so that a program is always the same code.

    Before:

    ```mlir
    memref.global "private" constant @__constant_2xf32_0 : memref<2xf32> = dense<[3.0, 4.0]>
    memref.global "private" constant @__constant_2xf32 : memref<2xf32> = dense<[1.0, 2.0]>
    ```

    After:

    ```mlir
    memref.global "private" constant @__constant_0 : memref<2xf32> = dense<[1.0, 2.0]>
    memref.global "private" constant @__constant_1 : memref<2xf32> = dense<[3.0, 4.0]>
    ```
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def GradientsInPlacePass : Pass<"remat-gradients-in-place", "::mlir::ModuleOp"> {
  let summary = "let reverse steps update the gradients of carries in place";
  let description = [{
    A `reverse` function gets the gradient of each carry behind the step and returns the
    one in front of it. One buffer is enough for both where the argument is returned as it
    came, or where the result is an allocation of its own and nothing reads the argument
    any more once it is written. The operation that writes it first may be the last to
    read the argument if it is a copy, or a structured operation that reads no element of
    the argument but the one that it writes next.

    Such a result is dropped: it has become an update of the argument, and
    `gradients_in_place` of the chain says so. The others stay as they are, for a copy
    would take time in each step.

    The cotangent of a final carry is then computed in the buffer of the gradient of the
    initial one, where the sweep would copy it, if that buffer is not in use before the
    sweep and the cotangent not behind it.

    Runs after one-shot-bufferize, in front of `remat-finalize-steps`.

    Before:

    ```mlir
    func.func private @reverse(%t: index, %pos: index, %w: memref<4xf32>, %dh: memref<4xf32>)
        -> memref<4xf32> {
      %new = memref.alloc() : memref<4xf32>
      linalg.mul ins(%dh, %w : memref<4xf32>, memref<4xf32>) outs(%new : memref<4xf32>)
      return %new : memref<4xf32>
    }
    ```

    After:

    ```mlir
    func.func private @reverse(%t: index, %pos: index, %w: memref<4xf32>, %dh: memref<4xf32>) {
      linalg.mul ins(%dh, %w : memref<4xf32>, memref<4xf32>) outs(%dh : memref<4xf32>)
      return
    }
    ```
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def FinalizeStepsPass : Pass<"remat-finalize-steps", "::mlir::ModuleOp"> {
  let summary = "turn the results of step functions and entry functions into arguments";
  let description = [{
    After one-shot-bufferize step functions and public functions return memrefs.
    This pass makes them return nothing:

    * a result that updates an argument in place is dropped; one that should but
      does not is an error;
    * the allocation of any other result is replaced by a trailing argument;
    * a result that is not an allocation of its own (an argument passed through, or
      the same buffer twice) is copied to its argument.

    Before:

    ```mlir
    func.func private @step(%t: index, %pos: index, %h: memref<4xf32>, %ys: memref<9x4xf32>)
        -> (memref<4xf32>, memref<9x4xf32>) {
      %new = memref.alloc() : memref<4xf32>
      ...
      return %new, %ys : memref<4xf32>, memref<9x4xf32>
    }
    ```

    After:

    ```mlir
    func.func private @step(%t: index, %pos: index, %h: memref<4xf32>, %ys: memref<9x4xf32>,
                            %new: memref<4xf32>) {
      ...
      return
    }
    ```
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def ForwardCopiesPass : Pass<"remat-forward-copies", "::mlir::func::FuncOp"> {
  let summary = "compute values where they are copied to";
  let description = [{
    Where an allocation is filled and then copied into another buffer or a slice of
    one, and nothing else touches that buffer in between, the value is computed there
    at once and the copy goes away.

    Before:

    ```mlir
    %new = memref.alloc() : memref<4xf32>
    linalg.add ins(%a, %b : memref<4xf32>, memref<4xf32>) outs(%new : memref<4xf32>)
    %slice = memref.subview %ys[%t, 0] [1, 4] [1, 1] : ...
    memref.copy %new, %slice : ...
    ```

    After:

    ```mlir
    %slice = memref.subview %ys[%t, 0] [1, 4] [1, 1] : ...
    linalg.add ins(%a, %b : memref<4xf32>, memref<4xf32>) outs(%slice : ...)
    ```
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def EraseUnreadPass : Pass<"remat-erase-unread", "::mlir::ModuleOp"> {
  let summary = "erase buffers that are written and never read";
  let description = [{
    An allocation that nobody reads is erased with all that writes it, if that writes
    nothing else; a `linalg.generic` loses those of its results. To read a buffer in order
    to update it is to write it.

    What stays unread is named in a remark `UnreadBuffer` of category `remat-memory`:
    an allocation that a sweep writes as it goes, or an operation beside others, and a component of the tape that neither `reverse` nor `resume` reads. The final
    carries and the gradients of initial carries that nobody asked for are none of
    these: a sweep writes them in memory that it has anyway.

    Before:

    ```mlir
    %unread = memref.alloc() : memref<4xf32>
    linalg.fill ins(%zero : f32) outs(%unread : memref<4xf32>)
    linalg.exp ins(%x : memref<4xf32>) outs(%y : memref<4xf32>)
    ```

    After:

    ```mlir
    linalg.exp ins(%x : memref<4xf32>) outs(%y : memref<4xf32>)
    ```
  }];
}

def AssignWorkspacePass : Pass<"remat-assign-workspace", "::mlir::ModuleOp"> {
  let summary = "give the temporaries of step functions fixed places";
  let description = [{
    Every allocation of a step function becomes a view of one workspace argument, at
    a static offset; temporaries that are not in use at the same time share memory.
    So do an array that an element-wise operation is the last to read and its result.
    An extent that the step computes takes the room of the largest one that it can
    have: that of the array of static shape that a slice of this extent is taken of,
    or the constant of an `arith.minsi`.
    The functions of a chain share one workspace, whose size is noted on the chain.
    Each function also gets an argument with counters and increments its own, so that
    what has run can be checked against what was planned.

    Copies that are left become `linalg.copy`, and their bytes per call are noted on
    the chain. Afterwards nothing in a step function allocates: an operation that
    does is an error.

    Before:

    ```mlir
    func.func private @step(%t: index, %pos: index, %h: memref<4xf32>, %new: memref<4xf32>) {
      %temporary = memref.alloc() : memref<4xf32>
    ```

    After:

    ```mlir
    func.func private @step(%t: index, %pos: index, %h: memref<4xf32>, %new: memref<4xf32>,
                            %workspace: memref<64xi8>, %counters: memref<5xi64>) {
      remat.count advance in %counters : memref<5xi64>
      %c0 = arith.constant 0 : index
      %temporary = memref.view %workspace[%c0][] : memref<64xi8> to memref<4xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::memref::MemRefDialect"];
}

def PlanMemoryPass : Pass<"remat-plan-memory", "::mlir::ModuleOp"> {
  let summary = "give every buffer a place in one arena";
  let description = [{
    Gives each planned public function four more arguments: the arena, the block of
    parameter copies, the counters, and the block in which plan tables are walked. Its
    allocations become views of the first two at static offsets; the chains get their
    layout, which says where the buffers of their sweeps lie, in the arena and in the block
    of the walk. A schedule that is spelled out is not walked, and the peak is less by as
    much. Afterwards nothing in the function allocates. Loops and buffers are
    those that `remat-plan-schedule` measured and numbered; where sizes, numbers or uses are
    others by now, that is an error.

    If trip counts are not known yet, the offsets are words of a fifth argument, the
    plan (`memref<?xi64>`, see remat/ABI/PlanWords.h). Two symbols then say how
    to get one: `@<entry>_problem`, a constant for the planner of the runtime, and
    `@<entry>_counts`, which takes the arguments of the entry and a `memref<?xi64>`,
    checks the extents of the arguments, and writes the counts that the problem refers
    to. A count that depends on more than the arguments is an error.

    Before:

    ```mlir
    func.func @f(%x: memref<4xf32>, %y: memref<4xf32>) attributes {remat.memory = ...} {
      %temporary = memref.alloc() {remat.buffer = 0 : i64} : memref<4xf32>
    ```

    After:

    ```mlir
    func.func @f(%x: memref<4xf32>, %y: memref<4xf32>, %arena: memref<?xi8>,
                 %parameters: memref<?xi8>, %counters: memref<?xi64>, %walk: memref<?xi8>)
        attributes {remat.memory = ...} {
      remat.reset_counters %counters : memref<?xi64>
      %offset = arith.constant 128 : index
      %temporary = memref.view %arena[%offset][] : memref<?xi8> to memref<4xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::cf::ControlFlowDialect",
                           "::mlir::func::FuncDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::memref::MemRefDialect"];
}

#endif // REMAT_DIALECT_REMAT_TRANSFORMS_MEMORYPASSES_TD
