// RUN: %sweep %s

// A step with a derivative of its own (which here is the true one), and a detour without any.
!inputs = tensor<1000x3x5xf32>
!state = tensor<3x5xf32>
!state_weight = tensor<5x5xf32>
!scalar = tensor<f32>

// x * x + 1, and its rule.
func.func private @parabola(%x: !state) -> !state {
  %one = arith.constant dense<1.0> : !state
  %square = arith.mulf %x, %x : !state
  %y = arith.addf %square, %one : !state
  return %y : !state
}
func.func private @parabola_adjoint(%x: !state, %y: !state, %d_y: !state) -> !state {
  %two = arith.constant dense<2.0> : !state
  %slope = arith.mulf %x, %two : !state
  %d_x = arith.mulf %slope, %d_y : !state
  return %d_x : !state
}

func.func private @loss(%xs: !inputs, %h0: !state, %wh: !state_weight) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %h_last, %total = remat.recurrence count(%steps) at(%t)
      carry(%h = %h0 : !state, %sum = %zero : !scalar) scan(%x = %xs : !inputs) {
    %z = linalg.matmul ins(%h, %wh : !state, !state_weight) outs(%x : !state) -> !state
    %h_next = math.tanh %z : !state
    %y = remat.custom_vjp @parabola(%h_next) rule @parabola_adjoint : (!state) -> !state
    %target = remat.stop_gradient %x : !state
    %error = arith.subf %y, %target : !state
    %squares = arith.mulf %error, %error : !state
    %sum_next = linalg.reduce { arith.addf } ins(%squares : !state) outs(%sum : !scalar) dimensions = [0, 1]
    remat.yield carry(%h_next, %sum_next : !state, !scalar)
  }
  return %total : !scalar
}

func.func @custom_rule(%xs: !inputs, %h0: !state, %wh: !state_weight) -> (!scalar, !state, !state_weight) {
  %loss, %d_h0, %d_wh = remat.value_and_gradient @loss(%xs, %h0, %wh) wrt [1, 2]
      : (!inputs, !state, !state_weight) -> (!scalar, !state, !state_weight)
  return %loss, %d_h0, %d_wh : !scalar, !state, !state_weight
}
