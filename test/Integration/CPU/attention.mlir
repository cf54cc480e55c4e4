// RUN: %sweep %s --steps 0 1 2 3 7 37

// The second loop attends to all outputs of the first one, as a captured array, and its weight
// is computed from the final state of the first.
!inputs = tensor<1000x3x5xf32>
!state = tensor<3x5xf32>
!weight = tensor<5x5xf32>
!scalar = tensor<f32>
#key = affine_map<(time, row, column) -> (time, row, column)>
#query = affine_map<(time, row, column) -> (row, column)>

func.func private @loss(%xs: !inputs, %h0: !state, %w: !weight) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %zeros = arith.constant dense<0.0> : !state
  %zero_weight = arith.constant dense<0.0> : !weight
  %code, %ys = remat.recurrence count(%steps) at(%t) carry(%h = %h0 : !state) scan(%x = %xs : !inputs) -> !inputs {
    %z = linalg.matmul ins(%h, %w : !state, !weight) outs(%x : !state) -> !state
    %h_next = math.tanh %z : !state
    remat.yield carry(%h_next : !state) emit(%h_next : !state)
  }
  %made = linalg.contract indexing_maps = [affine_map<(m, n, k) -> (k, m)>, affine_map<(m, n, k) -> (k, n)>,
      affine_map<(m, n, k) -> (m, n)>] ins(%code, %code : !state, !state) outs(%zero_weight : !weight) -> !weight
  %last, %total = remat.recurrence reversed count(%steps) at(%t)
      carry(%h = %code : !state, %sum = %zero : !scalar) scan(%x = %xs : !inputs) {
    %context = linalg.generic {indexing_maps = [#key, #query, #query],
        iterator_types = ["reduction", "parallel", "parallel"]} ins(%ys, %h : !inputs, !state) outs(%zeros : !state) {
    ^bb0(%y: f32, %q: f32, %old: f32):
      %p = arith.mulf %y, %q : f32
      %s = math.sin %p : f32
      %n = arith.addf %old, %s : f32
      linalg.yield %n : f32
    } -> !state
    %z = linalg.matmul ins(%context, %made : !state, !weight) outs(%x : !state) -> !state
    %h_next = math.tanh %z : !state
    %squares = arith.mulf %h_next, %h_next : !state
    %sum_next = linalg.reduce { arith.addf } ins(%squares : !state) outs(%sum : !scalar) dimensions = [0, 1]
    remat.yield carry(%h_next, %sum_next : !state, !scalar)
  }
  return %total : !scalar
}

func.func @attention(%xs: !inputs, %h0: !state, %w: !weight) -> (!scalar, !inputs, !state, !weight) {
  %loss, %d_xs, %d_h0, %d_w = remat.value_and_gradient @loss(%xs, %h0, %w) wrt [0, 1, 2]
      : (!inputs, !state, !weight) -> (!scalar, !inputs, !state, !weight)
  return %loss, %d_xs, %d_h0, %d_w : !scalar, !inputs, !state, !weight
}
