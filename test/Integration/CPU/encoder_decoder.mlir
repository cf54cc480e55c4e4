// RUN: %sweep %s

// The second loop starts from the final state of the first and runs freely: what the first loop
// keeps counts while the second runs, forward and backward.
!inputs = tensor<1000x3x4xf32>
!outputs = tensor<1000x3x5xf32>
!input = tensor<3x4xf32>
!state = tensor<3x5xf32>
!input_weight = tensor<4x5xf32>
!state_weight = tensor<5x5xf32>
!bias = tensor<5xf32>
!scalar = tensor<f32>

// tanh(b + x Wx + h Wh).
func.func private @step(%x: !input, %h: !state, %wx: !input_weight, %wh: !state_weight, %b: !bias) -> !state {
  %empty = tensor.empty() : !state
  %bias = linalg.broadcast ins(%b : !bias) outs(%empty : !state) dimensions = [0]
  %from_x = linalg.matmul ins(%x, %wx : !input, !input_weight) outs(%bias : !state) -> !state
  %z = linalg.matmul ins(%h, %wh : !state, !state_weight) outs(%from_x : !state) -> !state
  %h_next = math.tanh %z : !state
  return %h_next : !state
}

func.func private @add_squares(%y: !state, %total: !scalar) -> !scalar {
  %squares = arith.mulf %y, %y : !state
  %sum = linalg.reduce { arith.addf } ins(%squares : !state) outs(%total : !scalar) dimensions = [0, 1]
  return %sum : !scalar
}

func.func private @loss(%xs: !inputs, %h0: !state, %wx: !input_weight, %wh: !state_weight, %b: !bias,
    %ud: !state_weight) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %zero_state = arith.constant dense<0.0> : !state
  %code = remat.recurrence count(%steps) at(%t) carry(%h = %h0 : !state) scan(%x = %xs : !inputs) {
    %h_next = func.call @step(%x, %h, %wx, %wh, %b)
        : (!input, !state, !input_weight, !state_weight, !bias) -> !state
    remat.yield carry(%h_next : !state)
  }
  %h_last, %total = remat.recurrence count(%steps) at(%t) carry(%h = %code : !state, %sum = %zero : !scalar) {
    %z = linalg.matmul ins(%h, %ud : !state, !state_weight) outs(%zero_state : !state) -> !state
    %h_next = math.tanh %z : !state
    %sum_next = func.call @add_squares(%h_next, %sum) : (!state, !scalar) -> !scalar
    remat.yield carry(%h_next, %sum_next : !state, !scalar)
  }
  return %total : !scalar
}

func.func @encoder_decoder(%xs: !inputs, %h0: !state, %wx: !input_weight, %wh: !state_weight, %b: !bias,
    %ud: !state_weight)
    -> (!scalar, !state, !input_weight, !state_weight, !bias, !state_weight) {
  %loss, %d_h0, %d_wx, %d_wh, %d_b, %d_ud =
      remat.value_and_gradient @loss(%xs, %h0, %wx, %wh, %b, %ud) wrt [1, 2, 3, 4, 5]
      : (!inputs, !state, !input_weight, !state_weight, !bias, !state_weight)
      -> (!scalar, !state, !input_weight, !state_weight, !bias, !state_weight)
  return %loss, %d_h0, %d_wx, %d_wh, %d_b, %d_ud
      : !scalar, !state, !input_weight, !state_weight, !bias, !state_weight
}
