// RUN: remat-opt %s -split-input-file -verify-diagnostics -remat-verify-phase=phase=source
// RUN: not remat-opt %s -split-input-file -remat-verify-phase=phase=adjoint 2>&1 | FileCheck %s --check-prefix=ADJOINT
// RUN: not remat-opt %s -split-input-file -remat-verify-phase=phase=outlined 2>&1 | FileCheck %s --check-prefix=OUTLINED
// RUN: not remat-opt %s -split-input-file -remat-verify-phase=phase=scheduled 2>&1 | FileCheck %s --check-prefix=SCHEDULED

// ADJOINT: error: 'remat.recurrence' op is of an earlier phase than 'adjoint'
func.func @source(%count: index, %h0: tensor<4xf32>) -> tensor<4xf32> {
  %hT = remat.recurrence count(%count) at(%t) carry(%h = %h0 : tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  }
  return %hT : tensor<4xf32>
}

// -----

// ADJOINT: error: 'remat.stop_gradient' op is of an earlier phase than 'adjoint'
func.func @mark(%h0: tensor<4xf32>) -> tensor<4xf32> {
  %h = remat.stop_gradient %h0 : tensor<4xf32>
  return %h : tensor<4xf32>
}

// -----

// ADJOINT-NOT: error
// OUTLINED: error: 'remat.bptt' op is of an earlier phase than 'outlined'
func.func @adjoint(%count: index, %h0: tensor<4xf32>) -> tensor<4xf32> {
  %hT = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) -> tensor<4xf32>
  advance(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  }
  return %hT : tensor<4xf32>
}

// -----

// OUTLINED-NOT: error
// SCHEDULED: error: 'remat.chain' op is of an earlier phase than 'scheduled'
func.func private @step(%t: index, %pos: index, %h: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
remat.chain "private" @loop advance(@step) carry [tensor<4xf32>]
func.func @outlined(%count: index, %h0: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %hT = remat.forward_sweep @loop count(%count) init(%h0 : tensor<4xf32>) final(%e : tensor<4xf32>) -> tensor<4xf32>
  return %hT : tensor<4xf32>
}
