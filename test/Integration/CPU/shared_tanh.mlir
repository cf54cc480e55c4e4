// RUN: %sweep %s --quick --narrow f16 bf16

// a + a h with a = tanh(z): the two readers of a may stand in another function than a,
// and find it on the tape.
!inputs = tensor<1000x3x17xf32>
!state = tensor<3x17xf32>
!weight = tensor<17x17xf32>
!scalar = tensor<f32>

func.func private @loss(%xs: !inputs, %h0: !state, %w: !weight) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %h_last, %total = remat.recurrence count(%steps) at(%t)
      carry(%h = %h0 : !state, %sum = %zero : !scalar) scan(%x = %xs : !inputs) {
    %z = linalg.matmul ins(%h, %w : !state, !weight) outs(%x : !state) -> !state
    %a = math.tanh %z : !state
    %scaled = arith.mulf %a, %h : !state
    %h_next = arith.addf %a, %scaled : !state
    %squares = arith.mulf %h_next, %h_next : !state
    %sum_next = linalg.reduce { arith.addf } ins(%squares : !state) outs(%sum : !scalar) dimensions = [0, 1]
    remat.yield carry(%h_next, %sum_next : !state, !scalar)
  }
  return %total : !scalar
}

func.func @shared_tanh(%xs: !inputs, %h0: !state, %w: !weight) -> (!scalar, !inputs, !state, !weight) {
  %loss, %d_xs, %d_h0, %d_w = remat.value_and_gradient @loss(%xs, %h0, %w) wrt [0, 1, 2]
      : (!inputs, !state, !weight) -> (!scalar, !inputs, !state, !weight)
  return %loss, %d_xs, %d_h0, %d_w : !scalar, !inputs, !state, !weight
}
