// RUN: %sweep %s

// Two results that are no scalars, differentiated against given cotangents.
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

func.func private @states(%xs: !inputs, %h0: !state, %wx: !input_weight, %wh: !state_weight,
    %b: !bias) -> (!outputs, !state) {
  %steps = arith.constant 1000 : index
  %h_last, %ys = remat.recurrence count(%steps) at(%t)
      carry(%h = %h0 : !state) scan(%x = %xs : !inputs) -> !outputs {
    %h_next = func.call @step(%x, %h, %wx, %wh, %b)
        : (!input, !state, !input_weight, !state_weight, !bias) -> !state
    remat.yield carry(%h_next : !state) emit(%h_next : !state)
  }
  return %ys, %h_last : !outputs, !state
}

func.func @seeds(%xs: !inputs, %h0: !state, %wx: !input_weight, %wh: !state_weight, %b: !bias,
    %d_ys: !outputs, %d_last: !state)
    -> (!outputs, !state, !state, !state_weight) {
  %ys, %h_last, %d_h0, %d_wh =
      remat.value_and_gradient @states(%xs, %h0, %wx, %wh, %b) wrt [1, 3] of [0, 1]
      seed(%d_ys, %d_last : !outputs, !state)
      : (!inputs, !state, !input_weight, !state_weight, !bias)
      -> (!outputs, !state, !state, !state_weight)
  return %ys, %h_last, %d_h0, %d_wh : !outputs, !state, !state, !state_weight
}
