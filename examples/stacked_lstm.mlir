//===- stacked_lstm.mlir - Two LSTM layers in one step -------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Both layers advance in the same step, so one loop carries the states of both and no
// stacked intermediate exists. stacked_lstm_two_loops.mlir is the other way to say it.
//
//===----------------------------------------------------------------------===//

!inputs = tensor<1000x16x64xf32>
!input = tensor<16x64xf32>
!state = tensor<16x64xf32>
!gates = tensor<16x256xf32>
!input_weights = tensor<64x256xf32>
!state_weights = tensor<64x256xf32>
!biases = tensor<256xf32>
!scalar = tensor<f32>

func.func private @sigmoid(%x: !state) -> !state {
  %one = arith.constant dense<1.0> : !state
  %negated = arith.negf %x : !state
  %decay = math.exp %negated : !state
  %denominator = arith.addf %decay, %one : !state
  %y = arith.divf %one, %denominator : !state
  return %y : !state
}

// One step of one layer: the next hidden state and the next cell.
func.func private @lstm_step(%x: !input, %h: !state, %c: !state,
    %wx: !input_weights, %wh: !state_weights, %b: !biases) -> (!state, !state) {
  %empty = tensor.empty() : !gates
  %bias = linalg.broadcast ins(%b : !biases) outs(%empty : !gates) dimensions = [0]
  %from_x = linalg.matmul ins(%x, %wx : !input, !input_weights) outs(%bias : !gates) -> !gates
  %z = linalg.matmul ins(%h, %wh : !state, !state_weights) outs(%from_x : !gates) -> !gates
  %z_i = tensor.extract_slice %z[0, 0] [16, 64] [1, 1] : !gates to !state
  %z_f = tensor.extract_slice %z[0, 64] [16, 64] [1, 1] : !gates to !state
  %z_g = tensor.extract_slice %z[0, 128] [16, 64] [1, 1] : !gates to !state
  %z_o = tensor.extract_slice %z[0, 192] [16, 64] [1, 1] : !gates to !state
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

func.func private @loss(%xs: !inputs,
    %wx_1: !input_weights, %wh_1: !state_weights, %b_1: !biases,
    %wx_2: !state_weights, %wh_2: !state_weights, %b_2: !biases) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero_state = arith.constant dense<0.0> : !state
  %zero = arith.constant dense<0.0> : !scalar
  %h1_last, %c1_last, %h2_last, %c2_last, %total = remat.recurrence count(%steps) at(%t)
      carry(%h1 = %zero_state : !state, %c1 = %zero_state : !state,
            %h2 = %zero_state : !state, %c2 = %zero_state : !state, %sum = %zero : !scalar)
      scan(%x = %xs : !inputs) {
    %h1_next, %c1_next = func.call @lstm_step(%x, %h1, %c1, %wx_1, %wh_1, %b_1)
        : (!input, !state, !state, !input_weights, !state_weights, !biases) -> (!state, !state)
    %h2_next, %c2_next = func.call @lstm_step(%h1_next, %h2, %c2, %wx_2, %wh_2, %b_2)
        : (!input, !state, !state, !input_weights, !state_weights, !biases) -> (!state, !state)
    %sum_next = func.call @add_squares(%h2_next, %sum) : (!state, !scalar) -> !scalar
    remat.yield carry(%h1_next, %c1_next, %h2_next, %c2_next, %sum_next
                      : !state, !state, !state, !state, !scalar)
  }
  return %total : !scalar
}

func.func @stacked_lstm(%xs: !inputs,
    %wx_1: !input_weights, %wh_1: !state_weights, %b_1: !biases,
    %wx_2: !state_weights, %wh_2: !state_weights, %b_2: !biases)
    -> (!scalar, !input_weights, !state_weights, !biases, !state_weights, !state_weights, !biases) {
  %loss, %d_wx_1, %d_wh_1, %d_b_1, %d_wx_2, %d_wh_2, %d_b_2 =
      remat.value_and_gradient @loss(%xs, %wx_1, %wh_1, %b_1, %wx_2, %wh_2, %b_2) wrt [1, 2, 3, 4, 5, 6]
      : (!inputs, !input_weights, !state_weights, !biases, !state_weights, !state_weights, !biases)
      -> (!scalar, !input_weights, !state_weights, !biases, !state_weights, !state_weights, !biases)
  return %loss, %d_wx_1, %d_wh_1, %d_b_1, %d_wx_2, %d_wh_2, %d_b_2
      : !scalar, !input_weights, !state_weights, !biases, !state_weights, !state_weights, !biases
}
