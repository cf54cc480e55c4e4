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
