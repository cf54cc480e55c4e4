//===- SchedulingPasses.td - Plans, and what they are as code -- -*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_TRANSFORMS_SCHEDULINGPASSES_TD
#define REMAT_DIALECT_REMAT_TRANSFORMS_SCHEDULINGPASSES_TD

include "mlir/Pass/PassBase.td"

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
    then carries `remat.infeasible`. A policy that needs a slow tier is an error, too, as no
    target of programs has one; nor are there plan tables for two memories yet.

    The function is measured here alone: what was found stands on it as `remat.problem`, and its
    allocations are numbered (`remat.buffer`). A function with a trip
    count or an extent that is not constant is not planned yet: the runtime makes the plan
    from that problem, by the same code, before the function is called. The costs are those
    of a target, in any unit.

    Before:

    ```mlir
    remat.chain "private" @walk ...
    ```

    After:

    ```mlir
    remat.chain "private" @walk ...
      plan <policy = optimal, steps = 9, budget = 256, ...>
    ```
  }];
  // A program without recurrences may come without the dialect, but gets an attribute.
  let dependentDialects = ["::remat::RematDialect"];
  let options = [
    Option<"budget", "budget", "::remat::Budget", "::remat::Budget()",
           "Bytes of arena: a size (64MiB), a share of the store-all peak (5%), min, or unlimited">,
    Option<"policy", "policy", "::remat::schedule::Policy", "::remat::schedule::Policy::Optimal",
           "How plans are chosen", "::remat::getPolicyValues()">,
    Option<"moveCost", "move-cost", "double", "1", "What it costs to move one element">,
    Option<"operationCost", "operation-cost", "double", "1", "What one operation on an element costs">,
    Option<"functionCost", "function-cost", "double", "16", "What a function such as tanh of one element costs">,
    Option<"slowTier", "slow-tier", "bool", "false", "The target has a second memory, which is slower">
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
      remat.advance first steps 1 to 3 from <initial> to <slot 0>
      remat.checkpoint state 3 in <slot 0>
      remat.advance first steps 4 to 4 from <slot 0> to <core 0>
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

#endif // REMAT_DIALECT_REMAT_TRANSFORMS_SCHEDULINGPASSES_TD
