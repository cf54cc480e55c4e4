// RUN: %sweep %s

// An integer scan looks rows of a table up; the table's gradient is a scatter-add.
// INPUT tokens: int 0 6
!tokens = tensor<1000x3xi32>
!token = tensor<3xi32>
!table = tensor<7x5xf32>
!state = tensor<3x5xf32>
!state_weight = tensor<5x5xf32>
!scalar = tensor<f32>

#row = affine_map<(row, column) -> (row)>
#entry = affine_map<(row, column) -> (row, column)>

func.func private @add_squares(%y: !state, %total: !scalar) -> !scalar {
  %squares = arith.mulf %y, %y : !state
  %sum = linalg.reduce { arith.addf } ins(%squares : !state) outs(%total : !scalar) dimensions = [0, 1]
  return %sum : !scalar
}

func.func private @loss(%tokens: !tokens, %table: !table, %wh: !state_weight) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %zero_state = arith.constant dense<0.0> : !state
  %empty = tensor.empty() : !state
  %h_last, %total = remat.recurrence count(%steps) at(%t)
      carry(%h = %zero_state : !state, %sum = %zero : !scalar) scan(%token = %tokens : !tokens) {
    %x = linalg.generic {indexing_maps = [#row, #entry], iterator_types = ["parallel", "parallel"]}
        ins(%token : !token) outs(%empty : !state) {
    ^bb0(%index: i32, %out: f32):
      %row = arith.index_cast %index : i32 to index
      %column = linalg.index 1 : index
      %value = tensor.extract %table[%row, %column] : !table
      linalg.yield %value : f32
    } -> !state
    %z = linalg.matmul ins(%h, %wh : !state, !state_weight) outs(%x : !state) -> !state
    %h_next = math.tanh %z : !state
    %sum_next = func.call @add_squares(%h_next, %sum) : (!state, !scalar) -> !scalar
    remat.yield carry(%h_next, %sum_next : !state, !scalar)
  }
  return %total : !scalar
}

func.func @gather(%tokens: !tokens, %table: !table, %wh: !state_weight) -> (!scalar, !table, !state_weight) {
  %loss, %d_table, %d_wh = remat.value_and_gradient @loss(%tokens, %table, %wh) wrt [1, 2]
      : (!tokens, !table, !state_weight) -> (!scalar, !table, !state_weight)
  return %loss, %d_table, %d_wh : !scalar, !table, !state_weight
}
