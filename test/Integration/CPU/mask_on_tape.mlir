// RUN: %sweep %s --quick
// INPUT w: normal 0.1

// The mask of relu is written as one run of elements and read by rows, which are no
// whole number of vectors: i1 has one layout.
!inputs = tensor<1000x3x17xf32>
!state = tensor<3x17xf32>
!rows = tensor<3xf32>
!weight = tensor<17x17xf32>
!scalar = tensor<f32>

func.func private @loss(%xs: !inputs, %h0: !state, %w: !weight) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %zeros = arith.constant dense<0.0> : !state
  %zero_rows = arith.constant dense<0.0> : !rows
  %h_last, %total = remat.recurrence count(%steps) at(%t)
      carry(%h = %h0 : !state, %sum = %zero : !scalar) scan(%x = %xs : !inputs) {
    %z = linalg.matmul ins(%h, %w : !state, !weight) outs(%x : !state) -> !state
    %positive = arith.maximumf %z, %zeros : !state
    %h_next = arith.addf %positive, %x : !state
    %squares = arith.mulf %h_next, %h_next : !state
    %rows = linalg.reduce { arith.addf } ins(%squares : !state) outs(%zero_rows : !rows) dimensions = [1]
    %sines = math.sin %rows : !rows
    %sum_next = linalg.reduce { arith.addf } ins(%sines : !rows) outs(%sum : !scalar) dimensions = [0]
    remat.yield carry(%h_next, %sum_next : !state, !scalar)
  }
  return %total : !scalar
}

func.func @mask_on_tape(%xs: !inputs, %h0: !state, %w: !weight) -> (!scalar, !inputs, !state, !weight) {
  %loss, %d_xs, %d_h0, %d_w = remat.value_and_gradient @loss(%xs, %h0, %w) wrt [0, 1, 2]
      : (!inputs, !state, !weight) -> (!scalar, !inputs, !state, !weight)
  return %loss, %d_xs, %d_h0, %d_w : !scalar, !inputs, !state, !weight
}
