// RUN: %sweep %s --steps 0 1 2 3 7 37

// Bodies that read their init, maps with constant results, diagonals, strides and repeated
// places, transposed and permuted products.
!inputs = tensor<1000x3x5xf32>
!state = tensor<3x5xf32>
!turned = tensor<5x3xf32>
!weight = tensor<5x5xf32>
!long = tensor<9xf32>
!row = tensor<5xf32>
!corner = tensor<1x5xf32>
!scalar = tensor<f32>
#entry = affine_map<(row, column) -> (row, column)>
#first = affine_map<(row, column) -> (0, column)>
#diagonal = affine_map<(row, column) -> (column, column)>
#spread = affine_map<(row, column) -> (2 * column)>
#neighbour = affine_map<(row, column) -> (row + column)>
#turned = affine_map<(row, column) -> (column, row)>

func.func private @loss(%xs: !inputs, %h0: !state, %w: !weight, %b: !long) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %zeros = arith.constant dense<0.0> : !corner
  %empty = tensor.empty() : !turned
  %h_last = remat.recurrence count(%steps) at(%t) carry(%h = %h0 : !state) scan(%x = %xs : !inputs) {
    // The init is read, and more than added to.
    %mixed = linalg.generic {indexing_maps = [#entry, #diagonal, #spread, #neighbour, #entry],
        iterator_types = ["parallel", "parallel"]}
        ins(%h, %w, %b, %b : !state, !weight, !long, !long) outs(%x : !state) {
    ^bb0(%old: f32, %on_diagonal: f32, %strided: f32, %shifted: f32, %init: f32):
      %p = arith.mulf %old, %on_diagonal : f32
      %q = arith.mulf %init, %strided : f32
      %r = arith.addf %p, %q : f32
      %s = arith.mulf %init, %shifted : f32
      %z = arith.addf %r, %s : f32
      linalg.yield %z : f32
    } -> !state
    // All rows meet in one place of a larger tensor.
    %sums = linalg.generic {indexing_maps = [#entry, #first], iterator_types = ["reduction", "parallel"]}
        ins(%mixed : !state) outs(%zeros : !corner) {
    ^bb0(%value: f32, %sum: f32):
      %next = arith.addf %sum, %value : f32
      linalg.yield %next : f32
    } -> !corner
    %flipped = linalg.transpose ins(%mixed : !state) outs(%empty : !turned) permutation = [1, 0]
    %h_next = linalg.generic {indexing_maps = [#turned, #first, #entry],
        iterator_types = ["parallel", "parallel"]}
        ins(%flipped, %sums : !turned, !corner) outs(%x : !state) {
    ^bb0(%value: f32, %sum: f32, %init: f32):
      %p = arith.addf %value, %sum : f32
      %y = math.tanh %p : f32
      linalg.yield %y : f32
    } -> !state
    remat.yield carry(%h_next : !state)
  }
  %squares = arith.mulf %h_last, %h_last : !state
  %total = linalg.reduce { arith.addf } ins(%squares : !state) outs(%zero : !scalar) dimensions = [0, 1]
  return %total : !scalar
}

func.func @odd_maps(%xs: !inputs, %h0: !state, %w: !weight, %b: !long) -> (!scalar, !inputs, !state, !weight, !long) {
  %loss, %d_xs, %d_h0, %d_w, %d_b = remat.value_and_gradient @loss(%xs, %h0, %w, %b) wrt [0, 1, 2, 3]
      : (!inputs, !state, !weight, !long) -> (!scalar, !inputs, !state, !weight, !long)
  return %loss, %d_xs, %d_h0, %d_w, %d_b : !scalar, !inputs, !state, !weight, !long
}
