//===- Passes.td - Passes ------------------------- ---*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_TRANSFORMS_PASSES_TD
#define REMAT_DIALECT_REMAT_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

include "remat/Dialect/Remat/Transforms/SourcePasses.td"
include "remat/Dialect/Remat/Transforms/GuardPasses.td"
include "remat/Dialect/Remat/Transforms/DifferentiationPasses.td"
include "remat/Dialect/Remat/Transforms/OutliningPasses.td"
include "remat/Dialect/Remat/Transforms/PackPasses.td"
include "remat/Dialect/Remat/Transforms/MemoryPasses.td"
include "remat/Dialect/Remat/Transforms/SchedulingPasses.td"

def VerifyPhasePass : Pass<"remat-verify-phase"> {
  let summary = "check that no operation of an earlier phase is left";
  let description = [{
    Fails at the first operation that a program in the given phase must not
    contain any more:

    * `adjoint`: what authors write (`recurrence`, `value_and_gradient`, `custom_vjp`, `stop_gradient`)
    * `outlined`: also `bptt` and `unwind`
    * `scheduled`: any operation of the dialect
  }];
  let options = [
    Option<"phase", "phase", "::remat::Phase", /*default=*/"::remat::Phase::adjoint",
           "the phase that the program is said to be in", [{::llvm::cl::values(
             clEnumValN(::remat::Phase::source, "source", "as written"),
             clEnumValN(::remat::Phase::adjoint, "adjoint", "differentiated"),
             clEnumValN(::remat::Phase::outlined, "outlined", "steps are functions"),
             clEnumValN(::remat::Phase::scheduled, "scheduled", "nothing of the dialect is left"))}]>
  ];
}

#endif // REMAT_DIALECT_REMAT_TRANSFORMS_PASSES_TD
