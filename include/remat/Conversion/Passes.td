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
    %own = bufferization.alloc_tensor() copy(%h0) : tensor<4xf32>
    %hT = scf.for %t = %c0 to %n step %c1 iter_args(%h = %own) -> (tensor<4xf32>) {
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
// Programs compiled ahead of time
//===----------------------------------------------------------------------===//

def ExportMemoryPass : Pass<"remat-export-memory", "::mlir::ModuleOp"> {
  let summary = "make the sizes of a program's blocks known to its caller";
  let description = [{
    Turns the `remat.memory` attribute of each function into three constants: the bytes
    of its arena, of its parameter copies and of its walk. `remat.problem` goes away: what it
    says is in a constant already. No attribute of this dialect is left on functions.

    Before:

    ```mlir
    func.func @f(...) attributes {remat.memory = #remat.memory<budget = 8192, peak = 8128, walk = 1152, store_all = 65536,
                                                               minimum = 4096, parameters = 0, certain = true>}
    ```

    After:

    ```mlir
    llvm.mlir.global external constant @f_arena_bytes(6976 : i64) : i64
    llvm.mlir.global external constant @f_parameter_bytes(0 : i64) : i64
    llvm.mlir.global external constant @f_walk_bytes(1152 : i64) : i64
    func.func @f(...)
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

//===----------------------------------------------------------------------===//
// LinalgToCPUKernels
//===----------------------------------------------------------------------===//

def OutlineKernelsPass : Pass<"remat-outline-kernels", "::mlir::ModuleOp"> {
  let summary = "share the code of equal contractions and large elementwise ops";
  let description = [{
    The step functions of a recurrence (advance, record, their re-runs, reverse)
    contain the same products and the same activation functions. Each op on
    memrefs that occurs at least twice in the module, and is large enough to be
    worth a call, moves to one private function. This keeps the generated code
    and the time to compile it small.

    Before:
    ```mlir
    func.func private @advance(...) { linalg.matmul ins(%x, %w : ...) outs(%z : ...) ... }
    func.func private @record(...)  { linalg.matmul ins(%x, %w : ...) outs(%z : ...) ... }
    ```
    After:
    ```mlir
    func.func private @remat_kernel(%0, %1, %2) { linalg.matmul ... }
    func.func private @advance(...) { call @remat_kernel(%x, %w, %z) ... }
    func.func private @record(...)  { call @remat_kernel(%x, %w, %z) ... }
    ```
  }];
  let dependentDialects = ["::mlir::func::FuncDialect", "::mlir::memref::MemRefDialect"];
}

def InternalizeFunctionsPass : Pass<"remat-internalize-functions", "::mlir::ModuleOp"> {
  let summary = "give private functions internal linkage in LLVM";
  let description = [{
    A private `func.func` becomes an exported symbol unless it says otherwise: every
    step function would be kept, with all of its arguments, beside its inlined
    copies, and two compiled programs would clash when linked together. `no_inline`, which
    would be lost on the way, is passed through to LLVM as well.

    Before:
    ```mlir
    func.func private @advance(%x: memref<4xf32>) { return }
    ```
    After:
    ```mlir
    func.func private @advance(%x: memref<4xf32>) attributes {llvm.linkage = #llvm.linkage<internal>} { return }
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

//===----------------------------------------------------------------------===//
// ArithToCPU
//===----------------------------------------------------------------------===//

//===----------------------------------------------------------------------===//
// MathExpansion
//===----------------------------------------------------------------------===//

//===----------------------------------------------------------------------===//
// Floating-point mode
//===----------------------------------------------------------------------===//

//===----------------------------------------------------------------------===//
// Runtime
//===----------------------------------------------------------------------===//

def ConvertAssertToRuntimePass : Pass<"convert-assert-to-runtime", "::mlir::ModuleOp"> {
  let summary = "lower cf.assert to a call of the runtime's failure function";
  let description = [{
    Upstream's lowering of `cf.assert` drops the message and aborts the process. A
    program that is embedded must hand the message to its caller, so each assertion
    becomes a branch around a call of `rematFail`, which does not return. Functions
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
      llvm.call @rematFail(%message) : (!llvm.ptr) -> ()
      llvm.unreachable
    ^continue:
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def ConvertCheckToRuntimePass : Pass<"convert-check-to-runtime", "::mlir::ModuleOp"> {
  let summary = "lower checks to calls of the runtime";
  let description = [{
    Runs on memory: `remat.check_indices` becomes a call of `rematCheckIndices`, which
    formats the message and does not return if an index is outside the table, and
    `remat.check_range` a call of `rematCheckRange`.

    Before:

    ```mlir
    remat.check_indices %indices below %rows : memref<1000x16xi32>
    ```

    After:

    ```mlir
    llvm.call @rematCheckIndices(%pointer, %steps, %per_step, %limit, %width, %first_step, %reversed, %place)
        : (!llvm.ptr, i64, i64, i64, i64, i64, i64, !llvm.ptr) -> ()
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::arith::ArithDialect",
                           "::mlir::memref::MemRefDialect"];
}

def ConvertCountToMemoryPass : Pass<"convert-count-to-memory", "::mlir::ModuleOp"> {
  let summary = "lower the counting of steps to loads and stores";
  let description = [{
    `remat.count` becomes a load of the counter, a sum and a store; `remat.reset_counters`
    becomes stores of zeros. For targets whose steps run on the host.

    Before:

    ```mlir
    remat.count advance in %counters : memref<5xi64>
    ```

    After:

    ```mlir
    %old = memref.load %counters[%c0] : memref<5xi64>
    %new = arith.addi %old, %one : i64
    memref.store %new, %counters[%c0] : memref<5xi64>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect"];
}

//===----------------------------------------------------------------------===//
// LLVM
//===----------------------------------------------------------------------===//

//===----------------------------------------------------------------------===//
// Schedules
//===----------------------------------------------------------------------===//

def ConvertRematToSCFPass : Pass<"convert-remat-to-scf", "::mlir::ModuleOp"> {
  let summary = "lower sweeps to loops that call the step functions";
  let description = [{
    A sweep that follows a plan table becomes a loop that asks the runtime for the
    next move and switches on its kind. A forward sweep that is not differentiated
    becomes a loop over the steps. Chains disappear; what is left is scf, memref and
    calls of the step functions and of the runtime (remat/Runtime/Runtime.h).

    Before:

    ```mlir
    %history = remat.forward_sweep @walk ... schedule { remat.walk @walk_table }
    ```

    After:

    ```mlir
    call @rematWalkBegin(...)
    scf.while : () -> i64 {
      %kind = call @rematWalkNext(%walk, %move)
      ...
    } do {
      scf.index_switch %kind
      case 0 { call @walk_advance(...) }
      ...
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
                           "::mlir::linalg::LinalgDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
}

#endif // REMAT_CONVERSION_PASSES_TD
