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

def PrepareBufferizationPass : Pass<"remat-prepare-bufferization", "::mlir::ModuleOp"> {
  let summary = "say which tensor arguments may be overwritten";
  let description = [{
    Marks the arguments of step functions with `bufferization.writable`, by their
    role in the chain: stacked arrays, scan gradients and accumulators are updated
    in place, the tape of `reverse` is used once, and everything else must survive
    the call. A splat constant in a public function becomes an empty tensor that is
    filled, so that it is counted like every other buffer.

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

def AssignWorkspacePass : Pass<"remat-assign-workspace", "::mlir::ModuleOp"> {
  let summary = "give the temporaries of step functions fixed places";
  let description = [{
    Every allocation of a step function becomes a view of one workspace argument, at
    a static offset; temporaries that are not in use at the same time share memory.
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

#endif // REMAT_DIALECT_REMAT_TRANSFORMS_MEMORYPASSES_TD
