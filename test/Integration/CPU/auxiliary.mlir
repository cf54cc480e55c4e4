// RUN: %sweep %s

// Auxiliary results come back undifferentiated: the states over time, the final state, and a count.
!inputs = tensor<1000x3x4xf32>
!outputs = tensor<1000x3x5xf32>
!input = tensor<3x4xf32>
!state = tensor<3x5xf32>
!input_weight = tensor<4x5xf32>
!state_weight = tensor<5x5xf32>
!bias = tensor<5xf32>
!scalar = tensor<f32>

!flags = tensor<i32>
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

func.func private @loss(%xs: !inputs, %h0: !state, %wx: !input_weight, %wh: !state_weight,
    %b: !bias) -> (!scalar, !outputs, !state, !flags) {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %none = arith.constant dense<0> : !flags
  %one = arith.constant dense<1> : !flags
  %h_last, %total, %steps_done, %ys = remat.recurrence count(%steps) at(%t)
      carry(%h = %h0 : !state, %sum = %zero : !scalar, %done = %none : !flags)
      scan(%x = %xs : !inputs) -> !outputs {
    %h_next = func.call @step(%x, %h, %wx, %wh, %b)
        : (!input, !state, !input_weight, !state_weight, !bias) -> !state
    %sum_next = func.call @add_squares(%h_next, %sum) : (!state, !scalar) -> !scalar
    %done_next = arith.addi %done, %one : !flags
    remat.yield carry(%h_next, %sum_next, %done_next : !state, !scalar, !flags) emit(%h_next : !state)
  }
  return %total, %ys, %h_last, %steps_done : !scalar, !outputs, !state, !flags
}

func.func @auxiliary(%xs: !inputs, %h0: !state, %wx: !input_weight, %wh: !state_weight, %b: !bias)
    -> (!scalar, !outputs, !state, !flags, !state_weight) {
  %loss, %ys, %h_last, %steps_done, %d_wh =
      remat.value_and_gradient @loss(%xs, %h0, %wx, %wh, %b) wrt [3]
      : (!inputs, !state, !input_weight, !state_weight, !bias)
      -> (!scalar, !outputs, !state, !flags, !state_weight)
  return %loss, %ys, %h_last, %steps_done, %d_wh : !scalar, !outputs, !state, !flags, !state_weight
}
