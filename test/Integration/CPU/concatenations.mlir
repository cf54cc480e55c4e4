// RUN: %sweep %s --steps 1 7

// Concatenation, roll and stack as StableHLO lowers them to linalg: one loop that asks at every
// position which operand it lies in. Extents of which none is a whole number of vectors.
!inputs = tensor<1000x3x16xf32>
!input = tensor<3x16xf32>
!state = tensor<3x17xf32>
!wide = tensor<3x33xf32>
!pair = tensor<2x3x17xf32>
!weight = tensor<33x17xf32>
!scalar = tensor<f32>
#rows = affine_map<(d0, d1) -> (d0, d1)>
#all = affine_map<(d0, d1, d2) -> (d0, d1, d2)>

func.func private @loss(%xs: !inputs, %h0: !state, %w: !weight) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %zeros = arith.constant dense<0.0> : !state
  %empty = tensor.empty() : !state
  %empty_wide = tensor.empty() : !wide
  %empty_pair = tensor.empty() : !pair
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c15 = arith.constant 15 : index
  %position = arith.constant 16 : index
  %h_last, %total = remat.recurrence count(%steps) at(%t)
      carry(%h = %h0 : !state, %sum = %zero : !scalar) scan(%x = %xs : !inputs) {
    // [x, h]
    %both = linalg.generic {indexing_maps = [#rows], iterator_types = ["parallel", "parallel"]} outs(%empty_wide : !wide) {
    ^bb0(%out: f32):
      %i = linalg.index 0 : index
      %j = linalg.index 1 : index
      %first = arith.cmpi ult, %j, %position : index
      %value = scf.if %first -> (f32) {
        %element = tensor.extract %x[%i, %j] : !input
        scf.yield %element : f32
      } else {
        %k = arith.subi %j, %position : index
        %element = tensor.extract %h[%i, %k] : !state
        scf.yield %element : f32
      }
      linalg.yield %value : f32
    } -> !wide
    %z = linalg.matmul ins(%both, %w : !wide, !weight) outs(%zeros : !state) -> !state
    %y = math.tanh %z : !state
    // [y[15], y[16], y[0], ..., y[14]]
    %rolled = linalg.generic {indexing_maps = [#rows], iterator_types = ["parallel", "parallel"]} outs(%empty : !state) {
    ^bb0(%out: f32):
      %i = linalg.index 0 : index
      %j = linalg.index 1 : index
      %first = arith.cmpi ult, %j, %c2 : index
      %value = scf.if %first -> (f32) {
        %k = arith.addi %j, %c15 : index
        %element = tensor.extract %y[%i, %k] : !state
        scf.yield %element : f32
      } else {
        %k = arith.subi %j, %c2 : index
        %element = tensor.extract %y[%i, %k] : !state
        scf.yield %element : f32
      }
      linalg.yield %value : f32
    } -> !state
    // [y, rolled] in a new first dimension
    %stack = linalg.generic {indexing_maps = [#all], iterator_types = ["parallel", "parallel", "parallel"]} outs(%empty_pair : !pair) {
    ^bb0(%out: f32):
      %k = linalg.index 0 : index
      %i = linalg.index 1 : index
      %j = linalg.index 2 : index
      %first = arith.cmpi ult, %k, %c1 : index
      %value = scf.if %first -> (f32) {
        %element = tensor.extract %y[%i, %j] : !state
        scf.yield %element : f32
      } else {
        %element = tensor.extract %rolled[%i, %j] : !state
        scf.yield %element : f32
      }
      linalg.yield %value : f32
    } -> !pair
    %h_next = linalg.reduce ins(%stack : !pair) outs(%zeros : !state) dimensions = [0]
      (%element: f32, %sum_so_far: f32) {
        %square = arith.mulf %element, %element : f32
        %next = arith.addf %sum_so_far, %square : f32
        linalg.yield %next : f32
      }
    %sum_next = linalg.reduce { arith.addf } ins(%h_next : !state) outs(%sum : !scalar) dimensions = [0, 1]
    remat.yield carry(%h_next, %sum_next : !state, !scalar)
  }
  return %total : !scalar
}

func.func @concatenations(%xs: !inputs, %h0: !state, %w: !weight) -> (!scalar, !inputs, !state, !weight) {
  %loss, %d_xs, %d_h0, %d_w = remat.value_and_gradient @loss(%xs, %h0, %w) wrt [0, 1, 2]
      : (!inputs, !state, !weight) -> (!scalar, !inputs, !state, !weight)
  return %loss, %d_xs, %d_h0, %d_w : !scalar, !inputs, !state, !weight
}
