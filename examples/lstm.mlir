//===- lstm.mlir - An LSTM layer -----------------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The loss is the mean of h squared over all steps, formed inside the step, so
// that nothing but the input grows with the number of steps. One product per
// gate and operand; lstm_single_product.mlir spells the gates as one product.
//
//===----------------------------------------------------------------------===//

!inputs = tensor<1000x16x256xf32>
!input = tensor<16x256xf32>
!state = tensor<16x256xf32>
!input_weight = tensor<256x256xf32>
!state_weight = tensor<256x256xf32>
!bias = tensor<256xf32>
!scalar = tensor<f32>

func.func private @sigmoid(%x: !state) -> !state {
  %one = arith.constant dense<1.0> : !state
  %negated = arith.negf %x : !state
  %decay = math.exp %negated : !state
  %denominator = arith.addf %decay, %one : !state
  %y = arith.divf %one, %denominator : !state
  return %y : !state
}

// The input of one gate: b + x Wx + h Wh.
func.func private @gate(%x: !input, %h: !state, %wx: !input_weight, %wh: !state_weight, %b: !bias) -> !state {
  %empty = tensor.empty() : !state
  %bias = linalg.broadcast ins(%b : !bias) outs(%empty : !state) dimensions = [0]
  %from_x = linalg.matmul ins(%x, %wx : !input, !input_weight) outs(%bias : !state) -> !state
  %z = linalg.matmul ins(%h, %wh : !state, !state_weight) outs(%from_x : !state) -> !state
  return %z : !state
}

// One step: the next hidden state and the next cell.
func.func private @lstm_step(%x: !input, %h: !state, %c: !state,
    %wx_i: !input_weight, %wh_i: !state_weight, %b_i: !bias,
    %wx_f: !input_weight, %wh_f: !state_weight, %b_f: !bias,
    %wx_g: !input_weight, %wh_g: !state_weight, %b_g: !bias,
    %wx_o: !input_weight, %wh_o: !state_weight, %b_o: !bias) -> (!state, !state) {
  %z_i = func.call @gate(%x, %h, %wx_i, %wh_i, %b_i)
      : (!input, !state, !input_weight, !state_weight, !bias) -> !state
  %z_f = func.call @gate(%x, %h, %wx_f, %wh_f, %b_f)
      : (!input, !state, !input_weight, !state_weight, !bias) -> !state
  %z_g = func.call @gate(%x, %h, %wx_g, %wh_g, %b_g)
      : (!input, !state, !input_weight, !state_weight, !bias) -> !state
  %z_o = func.call @gate(%x, %h, %wx_o, %wh_o, %b_o)
      : (!input, !state, !input_weight, !state_weight, !bias) -> !state
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
    %wx_i: !input_weight, %wh_i: !state_weight, %b_i: !bias,
    %wx_f: !input_weight, %wh_f: !state_weight, %b_f: !bias,
    %wx_g: !input_weight, %wh_g: !state_weight, %b_g: !bias,
    %wx_o: !input_weight, %wh_o: !state_weight, %b_o: !bias) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero_state = arith.constant dense<0.0> : !state
  %zero = arith.constant dense<0.0> : !scalar
  %h_last, %c_last, %total = remat.recurrence count(%steps) at(%t)
      carry(%h = %zero_state : !state, %c = %zero_state : !state, %sum = %zero : !scalar)
      scan(%x = %xs : !inputs) {
    %h_next, %c_next = func.call @lstm_step(%x, %h, %c,
        %wx_i, %wh_i, %b_i, %wx_f, %wh_f, %b_f,
        %wx_g, %wh_g, %b_g, %wx_o, %wh_o, %b_o)
        : (!input, !state, !state,
           !input_weight, !state_weight, !bias, !input_weight, !state_weight, !bias,
           !input_weight, !state_weight, !bias, !input_weight, !state_weight, !bias) -> (!state, !state)
    %sum_next = func.call @add_squares(%h_next, %sum) : (!state, !scalar) -> !scalar
    remat.yield carry(%h_next, %c_next, %sum_next : !state, !state, !scalar)
  }
  // 1 / (1000 * 16 * 256)
  %scale = arith.constant dense<2.44140625e-7> : !scalar
  %mean = arith.mulf %total, %scale : !scalar
  return %mean : !scalar
}

func.func @lstm(%xs: !inputs,
    %wx_i: !input_weight, %wh_i: !state_weight, %b_i: !bias,
    %wx_f: !input_weight, %wh_f: !state_weight, %b_f: !bias,
    %wx_g: !input_weight, %wh_g: !state_weight, %b_g: !bias,
    %wx_o: !input_weight, %wh_o: !state_weight, %b_o: !bias)
    -> (!scalar, !input_weight, !state_weight, !bias, !input_weight, !state_weight, !bias,
        !input_weight, !state_weight, !bias, !input_weight, !state_weight, !bias) {
  %loss, %d_wx_i, %d_wh_i, %d_b_i, %d_wx_f, %d_wh_f, %d_b_f,
      %d_wx_g, %d_wh_g, %d_b_g, %d_wx_o, %d_wh_o, %d_b_o =
      remat.value_and_gradient @loss(%xs, %wx_i, %wh_i, %b_i, %wx_f, %wh_f, %b_f,
          %wx_g, %wh_g, %b_g, %wx_o, %wh_o, %b_o)
      wrt [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
      : (!inputs, !input_weight, !state_weight, !bias, !input_weight, !state_weight, !bias,
         !input_weight, !state_weight, !bias, !input_weight, !state_weight, !bias)
      -> (!scalar, !input_weight, !state_weight, !bias, !input_weight, !state_weight, !bias,
          !input_weight, !state_weight, !bias, !input_weight, !state_weight, !bias)
  return %loss, %d_wx_i, %d_wh_i, %d_b_i, %d_wx_f, %d_wh_f, %d_b_f,
      %d_wx_g, %d_wh_g, %d_b_g, %d_wx_o, %d_wh_o, %d_b_o
      : !scalar, !input_weight, !state_weight, !bias, !input_weight, !state_weight, !bias,
        !input_weight, !state_weight, !bias, !input_weight, !state_weight, !bias
}
