//===- Passes.td - Passes ------------------------- ---*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_TRANSFORMS_PASSES_TD
#define REMAT_DIALECT_REMAT_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def AssignWorkspacePass : Pass<"remat-assign-workspace", "mlir::ModuleOp"> {
  let summary = "gives the temporaries of the step functions a place in their workspace";
  let description = [{
    Runs after `remat-finalize-steps`. Each allocation of a step function becomes a
    view of the function's workspace argument, at a static offset chosen by
    liveness: temporaries that are never in use together share bytes. The
    workspace of a chain is that of its largest step function; it is recorded as
    `workspace_bytes` and counts in the budget.

    Before:

    ```mlir
    func.func private @step(%x: memref<4xf32>, %workspace: memref<?xi8>, %counters: memref<5xi64>) {
      %tmp = memref.alloc() : memref<4xf32>
    ```

    After:

    ```mlir
    func.func private @step(%x: memref<4xf32>, %workspace: memref<64xi8>, %counters: memref<5xi64>) {
      %c0 = arith.constant 0 : index
      %tmp = memref.view %workspace[%c0][] : memref<64xi8> to memref<4xf32>
    ```

    It is an error if a temporary has no static size, or outlives the loop
    iteration that makes it.
  }];
  let dependentDialects = ["mlir::arith::ArithDialect", "mlir::memref::MemRefDialect"];
}

#endif // REMAT_DIALECT_REMAT_TRANSFORMS_PASSES_TD
