//===- MemoryPasses.td - From outlined tensors to one arena ----------*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_TRANSFORMS_MEMORYPASSES_TD
#define REMAT_DIALECT_REMAT_TRANSFORMS_MEMORYPASSES_TD

include "mlir/Pass/PassBase.td"

//===----------------------------------------------------------------------===//
// From tensors to buffers
//===----------------------------------------------------------------------===//

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
      ... counters[0] += 1 ...
      %c0 = arith.constant 0 : index
      %temporary = memref.view %workspace[%c0][] : memref<64xi8> to memref<4xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::memref::MemRefDialect"];
}

//===----------------------------------------------------------------------===//
// Schedules
//===----------------------------------------------------------------------===//

def PlanSchedulePass : Pass<"remat-plan-schedule", "::mlir::ModuleOp"> {
  let summary = "choose what every recurrence keeps and what it computes again";
  let description = [{
    Plans the chains of each public function inside one byte budget. The sizes are
    exact: states and tapes from their types, workspaces from the bufferized step
    functions, everything else in the arena from the function itself. The budget is a
    number of bytes (`4915200`, `64MiB`), a share of what keeping everything takes
    (`5%`), or `unlimited`. With several chains it is split between them such that
    the estimated total time is least; what an earlier chain keeps counts while a
    later one runs.

    Each plan is played by a simulator that shares no code with the planner, and
    attached to its chain as `#remat.plan`; the function gets `remat.memory`. A remark
    of category `remat-plan` says what was decided. A budget that cannot be met is an
    error with the smallest feasible budget and what that consists of; the function
    then carries `remat.infeasible`. A policy that needs a slow tier is an error, too:
    no target of programs has one.

    A function with a trip count or an extent that is not constant is not planned yet:
    it gets `remat.runtime_plan`, from which the runtime makes the plan by the same
    code before the function is called.

    Before:

    ```mlir
    remat.chain "private" @walk ... workspace(0) copies [0, 0, 0, 0, 0, 0]
    ```

    After:

    ```mlir
    remat.chain "private" @walk ... workspace(0) copies [0, 0, 0, 0, 0, 0]
      plan <policy = optimal, steps = 9, budget = 256, ...>
    ```
  }];
  // A program without recurrences may come without the dialect, but gets an attribute.
  let dependentDialects = ["::remat::RematDialect"];
  let options = [
    Option<"budget", "budget", "std::string", "\"unlimited\"",
           "Bytes of arena: a size (64MiB), a share of the store-all peak (5%), or unlimited">,
    Option<"policy", "policy", "::remat::schedule::Policy", "::remat::schedule::Policy::Optimal",
           "How plans are chosen", "::remat::getPolicyValues()">
  ];
}

def ExpandSchedulePass : Pass<"remat-expand-schedule", "::mlir::ModuleOp"> {
  let summary = "say in the sweeps how the plan is run";
  let description = [{
    Fills the schedules of planned sweeps, in one of two forms. Both make the same moves in
    the same memory, so the plan holds for either.

    * `table`: `remat.walk`, with the plan table as a constant of the module. The size of the
      code does not depend on the number of steps.
    * `unrolled`: one operation after the other, for short chains and for reading. The plan has
      to be known, and may have at most `max-unrolled-moves` moves: runs, reversals, restores
      from a tape and copies, each of which becomes code of its own.

    Before:

    ```mlir
    %history = remat.forward_sweep @walk ... history !remat.history
    ```

    After, as a table:

    ```mlir
    %history = remat.forward_sweep @walk ... history !remat.history schedule {
      remat.walk @walk_table
    }
    ```

    After, unrolled:

    ```mlir
    %history = remat.forward_sweep @walk ... history !remat.history schedule {
      remat.restore state 0 from <initial>
      remat.recompute first steps 1 to 3 from <initial> to <slot 0>
      remat.checkpoint state 3 in <slot 0>
      remat.recompute first steps 4 to 4 from <slot 0> to <core 0>
      remat.record first step 5 from <core 0> to <core 1> tape <core_tape>
    }
    ```
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
  let options = [
    Option<"expansion", "expansion", "::remat::Expansion", "::remat::Expansion::Table", "The form of schedules",
           [{::llvm::cl::values(
             clEnumValN(::remat::Expansion::Table, "table", "A walk along the plan table"),
             clEnumValN(::remat::Expansion::Unrolled, "unrolled", "One operation after the other"))}]>,
    Option<"maxUnrolledMoves", "max-unrolled-moves", "int64_t", "::remat::defaultUnrolledMoves",
           "The most moves of a chain that may be unrolled">
  ];
}

def PlanMemoryPass : Pass<"remat-plan-memory", "::mlir::ModuleOp"> {
  let summary = "give every buffer a place in one arena";
  let description = [{
    Gives each planned public function three more arguments: the arena, the block of
    parameter copies, and the counters. Its allocations become views of the first two
    at static offsets; the chains get their frame, which says where the buffers of
    their sweeps lie. Afterwards nothing in the function allocates.

    If trip counts are not known yet, the offsets are words of a fourth argument, the
    plan (`memref<?xi64>`, see remat/ABI/PlanWords.h). Two symbols then say how
    to get one: `@<entry>_problem`, a constant for the planner of the runtime, and
    `@<entry>_counts`, which takes the arguments of the entry and a `memref<?xi64>`,
    checks the extents of the arguments, and writes the counts that the problem refers
    to. A count that depends on more than the arguments is an error.

    Before:

    ```mlir
    func.func @f(%x: memref<4xf32>, %y: memref<4xf32>) attributes {remat.memory = ...} {
      %temporary = memref.alloc() : memref<4xf32>
    ```

    After:

    ```mlir
    func.func @f(%x: memref<4xf32>, %y: memref<4xf32>, %arena: memref<?xi8>,
                 %parameters: memref<?xi8>, %counters: memref<?xi64>) attributes {remat.memory = ...} {
      %offset = arith.constant 128 : index
      %temporary = memref.view %arena[%offset][] : memref<?xi8> to memref<4xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::cf::ControlFlowDialect",
                           "::mlir::func::FuncDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::memref::MemRefDialect"];
}

#endif // REMAT_DIALECT_REMAT_TRANSFORMS_MEMORYPASSES_TD
