// RUN: %sweep %s

// The states and weights are bf16; their cotangents are accumulated in f32.
// NARROW none: it is narrow already, and its conversions to f32 would be none.
!inputs = tensor<1000x3x4xbf16>
!outputs = tensor<1000x3x5xbf16>
!input = tensor<3x4xbf16>
!state = tensor<3x5xbf16>
!input_weight = tensor<4x5xbf16>
!state_weight = tensor<5x5xbf16>
!bias = tensor<5xbf16>
!scalar = tensor<bf16>

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

func.func private @loss(%xs: !inputs, %h0: !state, %wx: !input_weight, %wh: !state_weight, %b: !bias) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %h_last, %total = remat.recurrence count(%steps) at(%t)
      carry(%h = %h0 : !state, %sum = %zero : !scalar) scan(%x = %xs : !inputs) {
    %h_next = func.call @step(%x, %h, %wx, %wh, %b)
        : (!input, !state, !input_weight, !state_weight, !bias) -> !state
    %sum_next = func.call @add_squares(%h_next, %sum) : (!state, !scalar) -> !scalar
    remat.yield carry(%h_next, %sum_next : !state, !scalar)
  }
  return %total : !scalar
}

func.func @narrow_floats(%xs: !inputs, %h0: !state, %wx: !input_weight, %wh: !state_weight, %b: !bias)
    -> (!scalar, !inputs, !state, !input_weight, !state_weight, !bias) {
  %loss, %d_xs, %d_h0, %d_wx, %d_wh, %d_b =
      remat.value_and_gradient @loss(%xs, %h0, %wx, %wh, %b) wrt [0, 1, 2, 3, 4]
      : (!inputs, !state, !input_weight, !state_weight, !bias)
      -> (!scalar, !inputs, !state, !input_weight, !state_weight, !bias)
  return %loss, %d_xs, %d_h0, %d_wx, %d_wh, %d_b : !scalar, !inputs, !state, !input_weight, !state_weight, !bias
}
