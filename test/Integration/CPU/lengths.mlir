// RUN: %sweep %s

// Sequences of different lengths: past its length, a sequence keeps its state.
// INPUT lengths: int 0 12
!inputs = tensor<1000x3x4xf32>
!outputs = tensor<1000x3x5xf32>
!input = tensor<3x4xf32>
!state = tensor<3x5xf32>
!input_weight = tensor<4x5xf32>
!state_weight = tensor<5x5xf32>
!bias = tensor<5xf32>
!scalar = tensor<f32>

!lengths = tensor<3xi32>
!running = tensor<3xi1>
!mask = tensor<3x5xi1>
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
    %lengths: !lengths) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %empty = tensor.empty() : !mask
  %h_last = remat.recurrence count(%steps) at(%t) carry(%h = %h0 : !state) scan(%x = %xs : !inputs) {
    %updated = func.call @step(%x, %h, %wx, %wh, %b)
        : (!input, !state, !input_weight, !state_weight, !bias) -> !state
    %now = arith.index_cast %t : index to i32
    %time = tensor.splat %now : !lengths
    %running = arith.cmpi slt, %time, %lengths : !lengths
    %mask = linalg.broadcast ins(%running : !running) outs(%empty : !mask) dimensions = [1]
    %h_next = arith.select %mask, %updated, %h : !mask, !state
    remat.yield carry(%h_next : !state)
  }
  %total = func.call @add_squares(%h_last, %zero) : (!state, !scalar) -> !scalar
  return %total : !scalar
}

func.func @lengths(%xs: !inputs, %h0: !state, %wx: !input_weight, %wh: !state_weight, %b: !bias, %lengths: !lengths)
    -> (!scalar, !state, !input_weight, !state_weight, !bias) {
  %loss, %d_h0, %d_wx, %d_wh, %d_b =
      remat.value_and_gradient @loss(%xs, %h0, %wx, %wh, %b, %lengths) wrt [1, 2, 3, 4]
      : (!inputs, !state, !input_weight, !state_weight, !bias, !lengths)
      -> (!scalar, !state, !input_weight, !state_weight, !bias)
  return %loss, %d_h0, %d_wx, %d_wh, %d_b : !scalar, !state, !input_weight, !state_weight, !bias
}
