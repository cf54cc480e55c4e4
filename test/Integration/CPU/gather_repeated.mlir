// RUN: %sweep %s --steps 0 1 2 3 7 37

// Two rows for three places: the same row is gathered more than once in every step. Entries of
// the state are gathered too, and the whole table is read by a later product.
// INPUT rows: int 0 1
// INPUT columns: int 0 4
!index = tensor<1000x3xi32>
!table = tensor<2x5xf32>
!state = tensor<3x5xf32>
!weight = tensor<5x5xf32>
!scalar = tensor<f32>
!place = tensor<3xi32>
#row = affine_map<(row, column) -> (row)>
#entry = affine_map<(row, column) -> (row, column)>

func.func private @loss(%rows: !index, %columns: !index, %table: !table, %h0: !state, %w: !weight) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %empty = tensor.empty() : !state
  %h_last, %total = remat.recurrence count(%steps) at(%t)
      carry(%h = %h0 : !state, %sum = %zero : !scalar) scan(%r = %rows : !index, %c = %columns : !index) {
    %x = linalg.generic {indexing_maps = [#row, #entry], iterator_types = ["parallel", "parallel"]}
        ins(%r : !place) outs(%empty : !state) {
    ^bb0(%index: i32, %out: f32):
      %row = arith.index_cast %index : i32 to index
      %column = linalg.index 1 : index
      %value = tensor.extract %table[%row, %column] : !table
      %square = arith.mulf %value, %value : f32
      linalg.yield %square : f32
    } -> !state
    %picked = linalg.generic {indexing_maps = [#row, #row, #entry], iterator_types = ["parallel", "parallel"]}
        ins(%r, %c : !place, !place) outs(%empty : !state) {
    ^bb0(%at_row: i32, %at_column: i32, %out: f32):
      %row = arith.index_cast %at_row : i32 to index
      %column = arith.index_cast %at_column : i32 to index
      %value = tensor.extract %h[%row, %column] : !state
      linalg.yield %value : f32
    } -> !state
    %z = linalg.matmul ins(%picked, %w : !state, !weight) outs(%x : !state) -> !state
    %h_next = math.tanh %z : !state
    %sum_next = linalg.reduce { arith.addf } ins(%h_next : !state) outs(%sum : !scalar) dimensions = [0, 1]
    remat.yield carry(%h_next, %sum_next : !state, !scalar)
  }
  %squares = arith.mulf %table, %table : !table
  %whole = linalg.reduce { arith.addf } ins(%squares : !table) outs(%total : !scalar) dimensions = [0, 1]
  return %whole : !scalar
}

func.func @gather_repeated(%rows: !index, %columns: !index, %table: !table, %h0: !state, %w: !weight)
    -> (!scalar, !table, !state, !weight) {
  %loss, %d_table, %d_h0, %d_w = remat.value_and_gradient @loss(%rows, %columns, %table, %h0, %w) wrt [2, 3, 4]
      : (!index, !index, !table, !state, !weight) -> (!scalar, !table, !state, !weight)
  return %loss, %d_table, %d_h0, %d_w : !scalar, !table, !state, !weight
}
