//===- Passes.td - Passes ------------------------- ---*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_TRANSFORMS_PASSES_TD
#define REMAT_DIALECT_REMAT_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

//===----------------------------------------------------------------------===//
// Borders of a program
//===----------------------------------------------------------------------===//

def MarkEntriesPass : Pass<"remat-mark-entries", "::mlir::ModuleOp"> {
  let summary = "fix what callers of public functions may rely on";
  let description = [{
    Gives every public function with a body a C interface and makes its tensor
    arguments read-only for bufferization, so that a compiled program never writes
    into an argument of its caller.

    Before:

    ```mlir
    func.func @entry(%x: tensor<4xf32>) -> tensor<4xf32>
    ```

    After:

    ```mlir
    func.func @entry(%x: tensor<4xf32> {bufferization.writable = false}) -> tensor<4xf32>
      attributes {llvm.emit_c_interface}
    ```
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect"];
}

def WidenFloatsPass : Pass<"remat-widen-floats", "::mlir::ModuleOp"> {
  let summary = "compute a whole program in f64";
  let description = [{
    Changes every float type of the module to f64: signatures, values, constants and
    attributes. Conversions between float types become no-ops and disappear. The
    result is the same program in a precision in which finite differences mean
    something.

    Before:

    ```mlir
    %c = arith.constant dense<0.5> : tensor<4xf32>
    %y = arith.mulf %x, %c : tensor<4xf32>
    ```

    After:

    ```mlir
    %c = arith.constant dense<0.5> : tensor<4xf64>
    %y = arith.mulf %x, %c : tensor<4xf64>
    ```
  }];
}

#endif // REMAT_DIALECT_REMAT_TRANSFORMS_PASSES_TD
