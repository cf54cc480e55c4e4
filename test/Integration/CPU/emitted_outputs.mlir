// RUN: %sweep %s

// Emitted outputs feed a later loss: they and their cotangents grow with the number of steps.
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

func.func private @loss(%xs: !inputs, %h0: !state, %wx: !input_weight, %wh: !state_weight, %b: !bias,
    %targets: !outputs) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %h_last, %ys = remat.recurrence count(%steps) at(%t)
      carry(%h = %h0 : !state) scan(%x = %xs : !inputs) -> !outputs {
    %h_next = func.call @step(%x, %h, %wx, %wh, %b)
        : (!input, !state, !input_weight, !state_weight, !bias) -> !state
    remat.yield carry(%h_next : !state) emit(%h_next : !state)
  }
  %errors = arith.subf %ys, %targets : !outputs
  %squares = arith.mulf %errors, %errors : !outputs
  %total = linalg.reduce { arith.addf } ins(%squares : !outputs) outs(%zero : !scalar) dimensions = [0, 1, 2]
  return %total : !scalar
}

func.func @emitted_outputs(%xs: !inputs, %h0: !state, %wx: !input_weight, %wh: !state_weight, %b: !bias,
    %targets: !outputs)
    -> (!scalar, !state, !input_weight, !state_weight, !bias) {
  %loss, %d_h0, %d_wx, %d_wh, %d_b =
      remat.value_and_gradient @loss(%xs, %h0, %wx, %wh, %b, %targets) wrt [1, 2, 3, 4]
      : (!inputs, !state, !input_weight, !state_weight, !bias, !outputs)
      -> (!scalar, !state, !input_weight, !state_weight, !bias)
  return %loss, %d_h0, %d_wx, %d_wh, %d_b : !scalar, !state, !input_weight, !state_weight, !bias
}
