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
include "remat/Dialect/Remat/Transforms/MemoryPasses.td"
include "remat/Dialect/Remat/Transforms/SchedulingPasses.td"

def VerifyPhasePass : Pass<"remat-verify-phase"> {
  let summary = "check that a program is in the phase that it should be in";
  let description = [{
    Fails at the first operation that a program in the given phase must not contain any
    more, or that lacks what the phase gives it:

    * `source`: nothing
    * `adjoint`: what authors write is gone (`recurrence`, `value_and_gradient`, `custom_vjp`, `stop_gradient`)
    * `outlined`: also `bptt` and `unwind`, with their yields
    * `bufferized`: no value is a tensor, and the functions of chains have their workspace
    * `planned`: each public function with a body has `remat.problem`
    * `expanded`: of the dialect only `check_indices` and `check_range` are left
    * `kernels`: nothing of the dialect, no structured operation of linalg, no loop or branch of scf
    * `machine`: nothing but the LLVM dialect
  }];
  let options = [
    Option<"phase", "phase", "::remat::Phase", /*default=*/"::remat::Phase::Adjoint",
           "the phase that the program is said to be in", [{::llvm::cl::values(
             clEnumValN(::remat::Phase::Source, "source", "as written"),
             clEnumValN(::remat::Phase::Adjoint, "adjoint", "differentiated"),
             clEnumValN(::remat::Phase::Outlined, "outlined", "steps are functions"),
             clEnumValN(::remat::Phase::Bufferized, "bufferized", "tensors are in memory"),
             clEnumValN(::remat::Phase::Planned, "planned", "sizes are known"),
             clEnumValN(::remat::Phase::Expanded, "expanded", "plans are code"),
             clEnumValN(::remat::Phase::Kernels, "kernels", "structured operations are code"),
             clEnumValN(::remat::Phase::Machine, "machine", "in the LLVM dialect"))}]>
  ];
}

#endif // REMAT_DIALECT_REMAT_TRANSFORMS_PASSES_TD
