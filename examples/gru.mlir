//===- gru.mlir - A gated recurrent unit ---------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The reset gate acts on the product h Wh, as in the cuDNN variant of the unit. The
// loss is the sum of h squared over all steps.
//
//===----------------------------------------------------------------------===//

!inputs = tensor<1000x16x64xf32>
!input = tensor<16x64xf32>
!state = tensor<16x64xf32>
!input_weight = tensor<64x64xf32>
!state_weight = tensor<64x64xf32>
!bias = tensor<64xf32>
!scalar = tensor<f32>

func.func private @sigmoid(%x: !state) -> !state {
  %one = arith.constant dense<1.0> : !state
  %negated = arith.negf %x : !state
  %decay = math.exp %negated : !state
  %denominator = arith.addf %decay, %one : !state
  %y = arith.divf %one, %denominator : !state
  return %y : !state
}

// b + x Wx + h Wh.
func.func private @affine(%x: !input, %h: !state, %wx: !input_weight, %wh: !state_weight, %b: !bias) -> !state {
  %empty = tensor.empty() : !state
  %bias = linalg.broadcast ins(%b : !bias) outs(%empty : !state) dimensions = [0]
  %from_x = linalg.matmul ins(%x, %wx : !input, !input_weight) outs(%bias : !state) -> !state
  %z = linalg.matmul ins(%h, %wh : !state, !state_weight) outs(%from_x : !state) -> !state
  return %z : !state
}

// One step: the next hidden state.
func.func private @gru_step(%x: !input, %h: !state,
    %wx_z: !input_weight, %wh_z: !state_weight, %b_z: !bias,
    %wx_r: !input_weight, %wh_r: !state_weight, %b_r: !bias,
    %wx_n: !input_weight, %wh_n: !state_weight, %b_n: !bias) -> !state {
  %one = arith.constant dense<1.0> : !state
  %zero = arith.constant dense<0.0> : !state
  %z_in = func.call @affine(%x, %h, %wx_z, %wh_z, %b_z)
      : (!input, !state, !input_weight, !state_weight, !bias) -> !state
  %r_in = func.call @affine(%x, %h, %wx_r, %wh_r, %b_r)
      : (!input, !state, !input_weight, !state_weight, !bias) -> !state
  %z = func.call @sigmoid(%z_in) : (!state) -> !state
  %r = func.call @sigmoid(%r_in) : (!state) -> !state
  %from_h = linalg.matmul ins(%h, %wh_n : !state, !state_weight) outs(%zero : !state) -> !state
  %reset = arith.mulf %r, %from_h : !state
  %empty = tensor.empty() : !state
  %bias = linalg.broadcast ins(%b_n : !bias) outs(%empty : !state) dimensions = [0]
  %from_x = linalg.matmul ins(%x, %wx_n : !input, !input_weight) outs(%bias : !state) -> !state
  %n_in = arith.addf %from_x, %reset : !state
  %n = math.tanh %n_in : !state
  %kept = arith.mulf %z, %h : !state
  %rest = arith.subf %one, %z : !state
  %added = arith.mulf %rest, %n : !state
  %h_next = arith.addf %kept, %added : !state
  return %h_next : !state
}

// total + the sum of y squared.
func.func private @add_squares(%y: !state, %total: !scalar) -> !scalar {
  %squares = arith.mulf %y, %y : !state
  %sum = linalg.reduce { arith.addf } ins(%squares : !state) outs(%total : !scalar) dimensions = [0, 1]
  return %sum : !scalar
}

func.func private @loss(%xs: !inputs,
    %wx_z: !input_weight, %wh_z: !state_weight, %b_z: !bias,
    %wx_r: !input_weight, %wh_r: !state_weight, %b_r: !bias,
    %wx_n: !input_weight, %wh_n: !state_weight, %b_n: !bias) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero_state = arith.constant dense<0.0> : !state
  %zero = arith.constant dense<0.0> : !scalar
  %h_last, %total = remat.recurrence count(%steps) at(%t)
      carry(%h = %zero_state : !state, %sum = %zero : !scalar)
      scan(%x = %xs : !inputs) {
    %h_next = func.call @gru_step(%x, %h, %wx_z, %wh_z, %b_z, %wx_r, %wh_r, %b_r, %wx_n, %wh_n, %b_n)
        : (!input, !state, !input_weight, !state_weight, !bias, !input_weight, !state_weight, !bias,
           !input_weight, !state_weight, !bias) -> !state
    %sum_next = func.call @add_squares(%h_next, %sum) : (!state, !scalar) -> !scalar
    remat.yield carry(%h_next, %sum_next : !state, !scalar)
  }
  return %total : !scalar
}

func.func @gru(%xs: !inputs,
    %wx_z: !input_weight, %wh_z: !state_weight, %b_z: !bias,
    %wx_r: !input_weight, %wh_r: !state_weight, %b_r: !bias,
    %wx_n: !input_weight, %wh_n: !state_weight, %b_n: !bias)
    -> (!scalar, !input_weight, !state_weight, !bias, !input_weight, !state_weight, !bias,
        !input_weight, !state_weight, !bias) {
  %loss, %d_wx_z, %d_wh_z, %d_b_z, %d_wx_r, %d_wh_r, %d_b_r, %d_wx_n, %d_wh_n, %d_b_n =
      remat.value_and_gradient @loss(%xs, %wx_z, %wh_z, %b_z, %wx_r, %wh_r, %b_r, %wx_n, %wh_n, %b_n)
      wrt [1, 2, 3, 4, 5, 6, 7, 8, 9]
      : (!inputs, !input_weight, !state_weight, !bias, !input_weight, !state_weight, !bias,
         !input_weight, !state_weight, !bias)
      -> (!scalar, !input_weight, !state_weight, !bias, !input_weight, !state_weight, !bias,
          !input_weight, !state_weight, !bias)
  return %loss, %d_wx_z, %d_wh_z, %d_b_z, %d_wx_r, %d_wh_r, %d_b_r, %d_wx_n, %d_wh_n, %d_b_n
      : !scalar, !input_weight, !state_weight, !bias, !input_weight, !state_weight, !bias,
        !input_weight, !state_weight, !bias
}
