// RUN: remat-opt %s -split-input-file -verify-diagnostics -remat-verify-phase=phase=source
// RUN: not remat-opt %s -split-input-file -remat-verify-phase=phase=adjoint 2>&1 | FileCheck %s --check-prefix=ADJOINT
// RUN: not remat-opt %s -split-input-file -remat-verify-phase=phase=outlined 2>&1 | FileCheck %s --check-prefix=OUTLINED
// RUN: not remat-opt %s -split-input-file -remat-verify-phase=phase=bufferized 2>&1 | FileCheck %s --check-prefix=BUFFERIZED
// RUN: not remat-opt %s -split-input-file -remat-verify-phase=phase=planned 2>&1 | FileCheck %s --check-prefix=PLANNED
// RUN: not remat-opt %s -split-input-file -remat-verify-phase=phase=expanded 2>&1 | FileCheck %s --check-prefix=EXPANDED
// RUN: not remat-opt %s -split-input-file -remat-verify-phase=phase=kernels 2>&1 | FileCheck %s --check-prefix=KERNELS
// RUN: not remat-opt %s -split-input-file -remat-verify-phase=phase=machine 2>&1 | FileCheck %s --check-prefix=MACHINE
// RUN: echo "llvm.func @done() { llvm.return }" | remat-opt -remat-verify-phase=phase=machine

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
// BUFFERIZED: error: 'func.func' op has a tensor, which a program in phase 'bufferized' has not
// EXPANDED: error: 'remat.chain' op is of an earlier phase than 'expanded'
func.func private @step(%t: index, %pos: index, %h: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
remat.chain "private" @loop advance(@step) carry [tensor<4xf32>]
func.func @outlined(%count: index, %h0: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %hT = remat.forward_sweep @loop count(%count) init(%h0 : tensor<4xf32>) final(%e : tensor<4xf32>) -> tensor<4xf32>
  return %hT : tensor<4xf32>
}

// -----

// BUFFERIZED: error: 'remat.chain' op expects a workspace in phase 'bufferized'
func.func private @step(%t: index, %pos: index, %h: memref<4xf32>) -> memref<4xf32> {
  return %h : memref<4xf32>
}
remat.chain "private" @loop advance(@step) carry [tensor<4xf32>]

// -----

// OUTLINED-NOT: error
// BUFFERIZED: error: 'func.func' op has a tensor, which a program in phase 'bufferized' has not
func.func @tensor(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = math.tanh %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// BUFFERIZED-NOT: error
// PLANNED: error: 'func.func' op expects 'remat.problem' in phase 'planned'
// EXPANDED: 'func.func' op has a tensor
// EXPANDED-NOT: error
// KERNELS: error: 'linalg.fill' op is of an earlier phase than 'kernels'
func.func @fill(%x: memref<4xf32>, %y: f32) {
  linalg.fill ins(%y : f32) outs(%x : memref<4xf32>)
  return
}

// -----

// How steps are counted is the target's choice: the passes to kernels make it.
// KERNELS: error: 'remat.reset_counters' op is of an earlier phase than 'kernels'
func.func @resets(%counters: memref<5xi64>) {
  remat.reset_counters %counters : memref<5xi64>
  return
}

// -----

// KERNELS: error: 'remat.count' op is of an earlier phase than 'kernels'
func.func @counts(%counters: memref<5xi64>) {
  remat.count advance in %counters : memref<5xi64>
  return
}

// -----

// KERNELS-NOT: error
// MACHINE: error: 'func.func' op is of an earlier phase than 'machine'
func.func @loads(%x: memref<4xf32>, %i: index) -> f32 {
  %y = memref.load %x[%i] : memref<4xf32>
  return %y : f32
}
