//===- bidirectional_lstm.mlir - A bidirectional LSTM --------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One loop runs from the first position to the last, the other from the last to the
// first (`reversed`). The loss is formed after both, from what they emitted: the sum over
// all positions of (forward * backward) squared.
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
!outputs = tensor<1000x16x64xf32>

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

func.func private @loss(%xs: !inputs,
    %wx_f: !input_weights, %wh_f: !state_weights, %b_f: !biases,
    %wx_b: !input_weights, %wh_b: !state_weights, %b_b: !biases) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero_state = arith.constant dense<0.0> : !state
  %zero = arith.constant dense<0.0> : !scalar
  %forward_h, %forward_c, %forwards = remat.recurrence count(%steps) at(%t)
      carry(%h = %zero_state : !state, %c = %zero_state : !state)
      scan(%x = %xs : !inputs) -> !outputs {
    %h_next, %c_next = func.call @lstm_step(%x, %h, %c, %wx_f, %wh_f, %b_f)
        : (!input, !state, !state, !input_weights, !state_weights, !biases) -> (!state, !state)
    remat.yield carry(%h_next, %c_next : !state, !state) emit(%h_next : !state)
  }
  %backward_h, %backward_c, %backwards = remat.recurrence reversed count(%steps) at(%t)
      carry(%h = %zero_state : !state, %c = %zero_state : !state)
      scan(%x = %xs : !inputs) -> !outputs {
    %h_next, %c_next = func.call @lstm_step(%x, %h, %c, %wx_b, %wh_b, %b_b)
        : (!input, !state, !state, !input_weights, !state_weights, !biases) -> (!state, !state)
    remat.yield carry(%h_next, %c_next : !state, !state) emit(%h_next : !state)
  }
  %products = arith.mulf %forwards, %backwards : !outputs
  %squares = arith.mulf %products, %products : !outputs
  %total = linalg.reduce { arith.addf } ins(%squares : !outputs) outs(%zero : !scalar) dimensions = [0, 1, 2]
  return %total : !scalar
}

func.func @bidirectional_lstm(%xs: !inputs,
    %wx_f: !input_weights, %wh_f: !state_weights, %b_f: !biases,
    %wx_b: !input_weights, %wh_b: !state_weights, %b_b: !biases)
    -> (!scalar, !input_weights, !state_weights, !biases, !input_weights, !state_weights, !biases) {
  %loss, %d_wx_f, %d_wh_f, %d_b_f, %d_wx_b, %d_wh_b, %d_b_b =
      remat.value_and_gradient @loss(%xs, %wx_f, %wh_f, %b_f, %wx_b, %wh_b, %b_b) wrt [1, 2, 3, 4, 5, 6]
      : (!inputs, !input_weights, !state_weights, !biases, !input_weights, !state_weights, !biases)
      -> (!scalar, !input_weights, !state_weights, !biases, !input_weights, !state_weights, !biases)
  return %loss, %d_wx_f, %d_wh_f, %d_b_f, %d_wx_b, %d_wh_b, %d_b_b
      : !scalar, !input_weights, !state_weights, !biases, !input_weights, !state_weights, !biases
}
