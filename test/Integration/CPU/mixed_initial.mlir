// RUN: %sweep %s

// Of the initial carries one is an argument, which is external to the budget, one is computed,
// and one is an argument that is an integer.
!inputs = tensor<1000x3x5xf32>
!state = tensor<3x5xf32>
!weight = tensor<5x5xf32>
!count = tensor<3xi32>
!scalar = tensor<f32>
// INPUT n0: int 0 9

func.func private @loss(%xs: !inputs, %a0: !state, %code: !state, %n0: !count, %w0: !weight, %w: !weight) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %zeros = arith.constant dense<0.0> : !state
  %one = arith.constant dense<1> : !count
  %empty = tensor.empty() : !state
  %b0 = linalg.matmul ins(%code, %w0 : !state, !weight) outs(%zeros : !state) -> !state
  %a_last, %b_last, %n_last = remat.recurrence count(%steps) at(%t)
      carry(%a = %a0 : !state, %b = %b0 : !state, %n = %n0 : !count) scan(%x = %xs : !inputs) {
    %z = linalg.matmul ins(%a, %w : !state, !weight) outs(%x : !state) -> !state
    %f = arith.sitofp %n : !count to tensor<3xf32>
    %wave = math.sin %f : tensor<3xf32>
    %gate = linalg.broadcast ins(%wave : tensor<3xf32>) outs(%empty : !state) dimensions = [1]
    %gated = arith.mulf %b, %gate : !state
    %sum = arith.addf %z, %gated : !state
    %a_next = math.tanh %sum : !state
    %mean = arith.addf %a, %b : !state
    %half = arith.constant dense<0.5> : !state
    %b_next = arith.mulf %mean, %half : !state
    %n_next = arith.addi %n, %one : !count
    remat.yield carry(%a_next, %b_next, %n_next : !state, !state, !count)
  }
  %product = arith.mulf %a_last, %b_last : !state
  %total = linalg.reduce { arith.addf } ins(%product : !state) outs(%zero : !scalar) dimensions = [0, 1]
  return %total : !scalar
}

func.func @mixed_initial(%xs: !inputs, %a0: !state, %code: !state, %n0: !count, %w0: !weight, %w: !weight)
    -> (!scalar, !state, !state, !weight, !weight) {
  %loss, %d_a0, %d_code, %d_w0, %d_w =
      remat.value_and_gradient @loss(%xs, %a0, %code, %n0, %w0, %w) wrt [1, 2, 4, 5]
      : (!inputs, !state, !state, !count, !weight, !weight) -> (!scalar, !state, !state, !weight, !weight)
  return %loss, %d_a0, %d_code, %d_w0, %d_w : !scalar, !state, !state, !weight, !weight
}
