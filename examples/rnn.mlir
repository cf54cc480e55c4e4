//===- rnn.mlir - A vanilla recurrent network ----------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The state is h' = tanh(b + x Wx + h Wh); the loss is the sum of h squared over all
// steps. Gradients are taken with respect to the weights and the initial state.
//
//===----------------------------------------------------------------------===//

!inputs = tensor<1000x16x64xf32>
!input = tensor<16x64xf32>
!state = tensor<16x64xf32>
!input_weight = tensor<64x64xf32>
!state_weight = tensor<64x64xf32>
!bias = tensor<64xf32>
!scalar = tensor<f32>

// b + x Wx + h Wh.
func.func private @affine(%x: !input, %h: !state, %wx: !input_weight, %wh: !state_weight, %b: !bias) -> !state {
  %empty = tensor.empty() : !state
  %bias = linalg.broadcast ins(%b : !bias) outs(%empty : !state) dimensions = [0]
  %from_x = linalg.matmul ins(%x, %wx : !input, !input_weight) outs(%bias : !state) -> !state
  %z = linalg.matmul ins(%h, %wh : !state, !state_weight) outs(%from_x : !state) -> !state
  return %z : !state
}

// total + the sum of y squared.
func.func private @add_squares(%y: !state, %total: !scalar) -> !scalar {
  %squares = arith.mulf %y, %y : !state
  %sum = linalg.reduce { arith.addf } ins(%squares : !state) outs(%total : !scalar) dimensions = [0, 1]
  return %sum : !scalar
}

func.func private @loss(%xs: !inputs, %h0: !state, %wx: !input_weight, %wh: !state_weight, %b: !bias) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %h_last, %total = remat.recurrence count(%steps) at(%t)
      carry(%h = %h0 : !state, %sum = %zero : !scalar)
      scan(%x = %xs : !inputs) {
    %z = func.call @affine(%x, %h, %wx, %wh, %b) : (!input, !state, !input_weight, !state_weight, !bias) -> !state
    %h_next = math.tanh %z : !state
    %sum_next = func.call @add_squares(%h_next, %sum) : (!state, !scalar) -> !scalar
    remat.yield carry(%h_next, %sum_next : !state, !scalar)
  }
  return %total : !scalar
}

func.func @rnn(%xs: !inputs, %h0: !state, %wx: !input_weight, %wh: !state_weight, %b: !bias)
    -> (!scalar, !state, !input_weight, !state_weight, !bias) {
  %loss, %d_h0, %d_wx, %d_wh, %d_b = remat.value_and_gradient @loss(%xs, %h0, %wx, %wh, %b) wrt [1, 2, 3, 4]
      : (!inputs, !state, !input_weight, !state_weight, !bias)
      -> (!scalar, !state, !input_weight, !state_weight, !bias)
  return %loss, %d_h0, %d_wx, %d_wh, %d_b : !scalar, !state, !input_weight, !state_weight, !bias
}
