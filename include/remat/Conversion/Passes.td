//===- Passes.td - Passes ------------------------- ---*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_CONVERSION_PASSES_TD
#define REMAT_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

//===----------------------------------------------------------------------===//
// Source programs
//===----------------------------------------------------------------------===//

def ConvertRematSourceToSCFPass : Pass<"convert-remat-source-to-scf", "::mlir::ModuleOp"> {
  let summary = "lower undifferentiated source operations to plain loops";
  let description = [{
    The meaning of the source operations when nothing is differentiated, spelled as
    directly as possible: `remat.recurrence` becomes an `scf.for` over its carries and
    stacked results, `remat.custom_vjp` a call, `remat.stop_gradient` its operand. No
    plan and no budget: this is the reference that gradients and plans are checked
    against, so it shares no code with them.

    Before:

    ```mlir
    %hT = remat.recurrence count(%n) at(%t) carry(%h = %h0 : tensor<4xf32>)
        scan(%x = %xs : tensor<?x4xf32>) {
      %next = arith.addf %h, %x : tensor<4xf32>
      remat.yield carry(%next : tensor<4xf32>)
    }
    ```

    After:

    ```mlir
    %hT = scf.for %t = %c0 to %n step %c1 iter_args(%h = %h0) -> (tensor<4xf32>) {
      %x = tensor.extract_slice %xs[%t, 0] [1, 4] [1, 1] : tensor<?x4xf32> to tensor<4xf32>
      %next = arith.addf %h, %x : tensor<4xf32>
      %kept = bufferization.materialize_in_destination %next in %h : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
      scf.yield %kept : tensor<4xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::bufferization::BufferizationDialect",
                           "::mlir::func::FuncDialect", "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect"];
}

//===----------------------------------------------------------------------===//
// Runtime
//===----------------------------------------------------------------------===//

def ConvertAssertToRuntimePass : Pass<"convert-assert-to-runtime", "::mlir::ModuleOp"> {
  let summary = "lower cf.assert to a call of the runtime's failure function";
  let description = [{
    Upstream's lowering of `cf.assert` drops the message and aborts the process. A
    program that is embedded must hand the message to its caller, so each assertion
    becomes a branch around a call of `remat_fail`, which does not return. Functions
    must have flat control flow; the messages become constants of the module.

    Before:

    ```mlir
    cf.assert %condition, "x is negative"
    ```

    After:

    ```mlir
      cf.cond_br %condition, ^continue, ^fail
    ^fail:
      %message = llvm.mlir.addressof @remat_message_0 : !llvm.ptr
      llvm.call @remat_fail(%message) : (!llvm.ptr) -> ()
      llvm.unreachable
    ^continue:
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif // REMAT_CONVERSION_PASSES_TD
