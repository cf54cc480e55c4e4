// RUN: %sweep %s --steps 1 7

// Steps of gradient descent: the gradient of a function of its own stands in the step, and the whole is
// differentiated again.
!targets = tensor<1000x17xf32>
!state = tensor<17xf32>
!scalar = tensor<f32>

func.func private @energy(%h: !state, %x: !state) -> !scalar {
  %zero = arith.constant dense<0.0> : !scalar
  %d = arith.subf %h, %x : !state
  %s = math.sin %d : !state
  %e = arith.mulf %s, %s : !state
  %sum = linalg.reduce { arith.addf } ins(%e : !state) outs(%zero : !scalar) dimensions = [0]
  return %sum : !scalar
}

func.func private @loss(%xs: !targets, %h0: !state) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %rate = arith.constant dense<0.2> : !state
  %h_last, %total = remat.recurrence count(%steps) at(%t)
      carry(%h = %h0 : !state, %sum = %zero : !scalar) scan(%x = %xs : !targets) {
    %e, %d_h = remat.value_and_gradient @energy(%h, %x) wrt [0] : (!state, !state) -> (!scalar, !state)
    %move = arith.mulf %d_h, %rate : !state
    %h_next = arith.subf %h, %move : !state
    %sum_next = arith.addf %sum, %e : !scalar
    remat.yield carry(%h_next, %sum_next : !state, !scalar)
  }
  return %total : !scalar
}

func.func @gradient_in_step(%xs: !targets, %h0: !state) -> (!scalar, !targets, !state) {
  %loss, %d_xs, %d_h0 = remat.value_and_gradient @loss(%xs, %h0) wrt [0, 1]
      : (!targets, !state) -> (!scalar, !targets, !state)
  return %loss, %d_xs, %d_h0 : !scalar, !targets, !state
}
