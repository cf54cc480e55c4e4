// RUN: remat-run %s --entry gradient --budget 2048 --check-gradient | FileCheck %s
// RUN: remat-run %s --entry gradient --budget min | FileCheck %s --check-prefix=SAME
// RUN: remat-opt %s --remat-to-cpu --mlir-print-ir-after=remat-outline-steps -o /dev/null 2>&1 | FileCheck %s --check-prefix=OUTLINED

// The gradient of emitted values that nobody reads: neither these nor their array of
// 4,000 steps are made, in any function; their cotangents are read all the same. Of two
// emitted values of which one is read, that one is stored.

// CHECK: measured peak {{ *}}[[#PEAK:]] bytes
// CHECK: bits as keeping all {{ *}}identical
// CHECK: gradient forward w {{ *}}ok
// SAME: bits as keeping all {{ *}}identical

// OUTLINED-LABEL: func.func @gradient(
// OUTLINED: remat.forward_sweep @gradient_loop count
// OUTLINED-NOT: stacked
// OUTLINED: remat.backward_sweep @gradient_loop
// OUTLINED: remat.chain "private" @gradient_loop
// OUTLINED-NOT: advance_again
// OUTLINED-LABEL: func.func @one(
// OUTLINED: remat.forward_sweep @one_loop {{.*}} stacked(%{{[0-9a-z_]+}} : tensor<4000x17xf32>)
func.func private @forward(%w: tensor<17xf32>, %h: tensor<17xf32>) -> (tensor<17xf32>, tensor<4000x17xf32>, tensor<4000x17xf32>) {
  %steps = arith.constant 4000 : index
  %r:3 = remat.recurrence count(%steps) at(%t) carry(%c = %h : tensor<17xf32>) -> tensor<4000x17xf32>, tensor<4000x17xf32> {
    %z = arith.mulf %c, %w : tensor<17xf32>
    %n = math.tanh %z : tensor<17xf32>
    %s = math.sin %z : tensor<17xf32>
    remat.yield carry(%n : tensor<17xf32>) emit(%n, %s : tensor<17xf32>, tensor<17xf32>)
  }
  return %r#0, %r#1, %r#2 : tensor<17xf32>, tensor<4000x17xf32>, tensor<4000x17xf32>
}
func.func @gradient(%w: tensor<17xf32>, %h: tensor<17xf32>, %d: tensor<4000x17xf32>) -> tensor<17xf32> {
  %v:4 = remat.value_and_gradient @forward(%w, %h) wrt [0] of [1] seed(%d : tensor<4000x17xf32>)
      : (tensor<17xf32>, tensor<17xf32>) -> (tensor<17xf32>, tensor<4000x17xf32>, tensor<4000x17xf32>, tensor<17xf32>)
  return %v#3 : tensor<17xf32>
}
func.func @one(%w: tensor<17xf32>, %h: tensor<17xf32>, %d: tensor<4000x17xf32>) -> (tensor<4000x17xf32>, tensor<17xf32>) {
  %v:4 = remat.value_and_gradient @forward(%w, %h) wrt [0] of [1] seed(%d : tensor<4000x17xf32>)
      : (tensor<17xf32>, tensor<17xf32>) -> (tensor<17xf32>, tensor<4000x17xf32>, tensor<4000x17xf32>, tensor<17xf32>)
  return %v#2, %v#3 : tensor<4000x17xf32>, tensor<17xf32>
}
