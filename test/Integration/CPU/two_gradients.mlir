// RUN: %sweep %s --steps 0 1 2 3 7 37 --gradients 2

// Two gradients in one program: the second is taken at the weight that a step along the first
// one leads to. One budget holds both.
!inputs = tensor<1000x3x5xf32>
!state = tensor<3x5xf32>
!weight = tensor<5x5xf32>
!scalar = tensor<f32>

func.func private @loss(%xs: !inputs, %h0: !state, %w: !weight) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %h_last, %total = remat.recurrence count(%steps) at(%t)
      carry(%h = %h0 : !state, %sum = %zero : !scalar) scan(%x = %xs : !inputs) {
    %z = linalg.matmul ins(%h, %w : !state, !weight) outs(%x : !state) -> !state
    %h_next = math.tanh %z : !state
    %squares = arith.mulf %h_next, %h_next : !state
    %sum_next = linalg.reduce { arith.addf } ins(%squares : !state) outs(%sum : !scalar) dimensions = [0, 1]
    remat.yield carry(%h_next, %sum_next : !state, !scalar)
  }
  return %total : !scalar
}

func.func @two_gradients(%xs: !inputs, %h0: !state, %w: !weight) -> (!scalar, !scalar, !weight) {
  %rate = arith.constant dense<0.01> : !weight
  %first, %d_w = remat.value_and_gradient @loss(%xs, %h0, %w) wrt [2]
      : (!inputs, !state, !weight) -> (!scalar, !weight)
  %step = arith.mulf %d_w, %rate : !weight
  %moved = arith.subf %w, %step : !weight
  %second, %d_moved = remat.value_and_gradient @loss(%xs, %h0, %moved) wrt [2]
      : (!inputs, !state, !weight) -> (!scalar, !weight)
  return %first, %second, %d_moved : !scalar, !scalar, !weight
}
