// RUN: %sweep %s

// The same weight reads the input in and the state out (its transpose): two uses inside one step.
!inputs = tensor<1000x3x5xf32>
!state = tensor<3x5xf32>
!weight = tensor<5x5xf32>
!scalar = tensor<f32>

func.func private @loss(%xs: !inputs, %w: !weight) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %zero_state = arith.constant dense<0.0> : !state
  %empty = tensor.empty() : !weight
  %transposed = linalg.transpose ins(%w : !weight) outs(%empty : !weight) permutation = [1, 0]
  %h_last, %total = remat.recurrence count(%steps) at(%t)
      carry(%h = %zero_state : !state, %sum = %zero : !scalar) scan(%x = %xs : !inputs) {
    %from_x = linalg.matmul ins(%x, %w : !state, !weight) outs(%zero_state : !state) -> !state
    %z = linalg.matmul ins(%h, %w : !state, !weight) outs(%from_x : !state) -> !state
    %h_next = math.tanh %z : !state
    %y = linalg.matmul ins(%h_next, %transposed : !state, !weight) outs(%zero_state : !state) -> !state
    %error = arith.subf %y, %x : !state
    %squares = arith.mulf %error, %error : !state
    %sum_next = linalg.reduce { arith.addf } ins(%squares : !state) outs(%sum : !scalar) dimensions = [0, 1]
    remat.yield carry(%h_next, %sum_next : !state, !scalar)
  }
  return %total : !scalar
}

func.func @tied_weight(%xs: !inputs, %w: !weight) -> (!scalar, !weight) {
  %loss, %d_w = remat.value_and_gradient @loss(%xs, %w) wrt [1] : (!inputs, !weight) -> (!scalar, !weight)
  return %loss, %d_w : !scalar, !weight
}
