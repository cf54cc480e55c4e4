//===- network.mlir - A gradient to be called from C ---------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A tanh network over 200 steps; the loss is the sum of h squared over all steps.
//
//===----------------------------------------------------------------------===//

!inputs = tensor<200x4x8xf32>
!state = tensor<4x8xf32>
!weight = tensor<8x8xf32>
!scalar = tensor<f32>

func.func private @loss(%xs: !inputs, %w: !weight) -> !scalar {
  %steps = arith.constant 200 : index
  %zero = arith.constant dense<0.0> : !scalar
  %h0 = arith.constant dense<0.0> : !state
  %h_last, %total = remat.recurrence count(%steps) at(%t)
      carry(%h = %h0 : !state, %sum = %zero : !scalar) scan(%x = %xs : !inputs) {
    %z = linalg.matmul ins(%h, %w : !state, !weight) outs(%x : !state) -> !state
    %h_next = math.tanh %z : !state
    %squares = arith.mulf %h_next, %h_next : !state
    %sum_next = linalg.reduce { arith.addf } ins(%squares : !state) outs(%sum : !scalar) dimensions = [0, 1]
    remat.yield carry(%h_next, %sum_next : !state, !scalar)
  }
  return %total : !scalar
}

func.func @network(%xs: !inputs, %w: !weight) -> (!scalar, !weight) {
  %loss, %d_w = remat.value_and_gradient @loss(%xs, %w) wrt [1] : (!inputs, !weight) -> (!scalar, !weight)
  return %loss, %d_w : !scalar, !weight
}
