//===- lstm_single_product.mlir - An LSTM layer, gates in one product ----===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The program of lstm.mlir with the weights of the gates side by side: one
// product per operand, then slices of the result.
//
//===----------------------------------------------------------------------===//

!inputs = tensor<1000x16x256xf32>
!input = tensor<16x256xf32>
!state = tensor<16x256xf32>
!gates = tensor<16x1024xf32>
!input_weights = tensor<256x1024xf32>
!state_weights = tensor<256x1024xf32>
!biases = tensor<1024xf32>
!scalar = tensor<f32>

func.func private @sigmoid(%x: !state) -> !state {
  %one = arith.constant dense<1.0> : !state
  %negated = arith.negf %x : !state
  %decay = math.exp %negated : !state
  %denominator = arith.addf %decay, %one : !state
  %y = arith.divf %one, %denominator : !state
  return %y : !state
}

// One step: the next hidden state and the next cell.
func.func private @lstm_step(%x: !input, %h: !state, %c: !state,
    %wx: !input_weights, %wh: !state_weights, %b: !biases) -> (!state, !state) {
  %empty = tensor.empty() : !gates
  %bias = linalg.broadcast ins(%b : !biases) outs(%empty : !gates) dimensions = [0]
  %from_x = linalg.matmul ins(%x, %wx : !input, !input_weights) outs(%bias : !gates) -> !gates
  %z = linalg.matmul ins(%h, %wh : !state, !state_weights) outs(%from_x : !gates) -> !gates
  %z_i = tensor.extract_slice %z[0, 0] [16, 256] [1, 1] : !gates to !state
  %z_f = tensor.extract_slice %z[0, 256] [16, 256] [1, 1] : !gates to !state
  %z_g = tensor.extract_slice %z[0, 512] [16, 256] [1, 1] : !gates to !state
  %z_o = tensor.extract_slice %z[0, 768] [16, 256] [1, 1] : !gates to !state
  %i = func.call @sigmoid(%z_i) : (!state) -> !state
  %f = func.call @sigmoid(%z_f) : (!state) -> !state
  %g = math.tanh %z_g : !state
  %o = func.call @sigmoid(%z_o) : (!state) -> !state
  %kept = arith.mulf %f, %c : !state
  %added = arith.mulf %i, %g : !state
  %c_next = arith.addf %kept, %added : !state
  %squashed = math.tanh %c_next : !state
  %h_next = arith.mulf %o, %squashed : !state
  return %h_next, %c_next : !state, !state
}

// total + the sum of y squared.
func.func private @add_squares(%y: !state, %total: !scalar) -> !scalar {
  %squares = arith.mulf %y, %y : !state
  %sum = linalg.reduce { arith.addf } ins(%squares : !state) outs(%total : !scalar) dimensions = [0, 1]
  return %sum : !scalar
}

func.func private @loss(%xs: !inputs, %wx: !input_weights, %wh: !state_weights, %b: !biases) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero_state = arith.constant dense<0.0> : !state
  %zero = arith.constant dense<0.0> : !scalar
  %h_last, %c_last, %total = remat.recurrence count(%steps) at(%t)
      carry(%h = %zero_state : !state, %c = %zero_state : !state, %sum = %zero : !scalar)
      scan(%x = %xs : !inputs) {
    %h_next, %c_next = func.call @lstm_step(%x, %h, %c, %wx, %wh, %b)
        : (!input, !state, !state, !input_weights, !state_weights, !biases) -> (!state, !state)
    %sum_next = func.call @add_squares(%h_next, %sum) : (!state, !scalar) -> !scalar
    remat.yield carry(%h_next, %c_next, %sum_next : !state, !state, !scalar)
  }
  // 1 / (1000 * 16 * 256)
  %scale = arith.constant dense<2.44140625e-7> : !scalar
  %mean = arith.mulf %total, %scale : !scalar
  return %mean : !scalar
}

func.func @lstm_single_product(%xs: !inputs, %wx: !input_weights, %wh: !state_weights, %b: !biases)
    -> (!scalar, !input_weights, !state_weights, !biases) {
  %loss, %d_wx, %d_wh, %d_b = remat.value_and_gradient @loss(%xs, %wx, %wh, %b) wrt [1, 2, 3]
      : (!inputs, !input_weights, !state_weights, !biases)
      -> (!scalar, !input_weights, !state_weights, !biases)
  return %loss, %d_wx, %d_wh, %d_b : !scalar, !input_weights, !state_weights, !biases
}
