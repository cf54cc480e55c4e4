// RUN: %sweep %s --steps 0 7
// RUN: %sweep %s --steps 3 --resize 17=33
// RUN: %sweep %s --steps 3 --resize 17=1

// Operations that write a part of their output, whose init is the rest: a diagonal, a row.
// What is read through a diagonal or a row gives gradients that do so. And element-wise
// operations that read one another transposed.
!inputs = tensor<1000x17xf32>
!state = tensor<17x17xf32>
!row = tensor<17xf32>
!rows = tensor<3x17xf32>
!scalar = tensor<f32>
#entry = affine_map<(i, j) -> (i, j)>
#turned = affine_map<(i, j) -> (j, i)>
#top = affine_map<(i, j) -> (0, j)>
#one = affine_map<(i) -> (i)>
#diagonal = affine_map<(i) -> (i, i)>
#second = affine_map<(i) -> (1, i)>

func.func private @loss(%xs: !inputs, %h0: !state, %w: !rows) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %row_empty = tensor.empty() : !row
  %state_empty = tensor.empty() : !state
  %h_last = remat.recurrence count(%steps) at(%t) carry(%h = %h0 : !state) scan(%x = %xs : !inputs) {
    // The second row is the input times the diagonal, the others are weights.
    %mixed = linalg.generic {indexing_maps = [#one, #diagonal, #second], iterator_types = ["parallel"]}
        ins(%x, %h : !row, !state) outs(%w : !rows) {
    ^bb0(%a: f32, %b: f32, %old: f32):
      %p = arith.mulf %a, %b : f32
      linalg.yield %p : f32
    } -> !rows
    %sums = linalg.reduce { arith.addf } ins(%mixed : !rows) outs(%x : !row) dimensions = [0]
    // Two results, one of which keeps its old value in a sum.
    %parts:2 = linalg.generic {indexing_maps = [#second, #diagonal, #second], iterator_types = ["parallel"]}
        ins(%w : !rows) outs(%h, %mixed : !state, !rows) {
    ^bb0(%a: f32, %on: f32, %old: f32):
      %p = math.tanh %a : f32
      %q = arith.addf %old, %p : f32
      linalg.yield %p, %q : f32, f32
    } -> (!state, !rows)
    %more = linalg.reduce { arith.addf } ins(%parts#1 : !rows) outs(%sums : !row) dimensions = [0]
    // A copy of the diagonal through equal maps.
    %marked = linalg.generic {indexing_maps = [#diagonal, #diagonal], iterator_types = ["parallel"]}
        ins(%parts#0 : !state) outs(%h : !state) {
    ^bb0(%a: f32, %old: f32):
      linalg.yield %a : f32
    } -> !state
    %b = math.sin %marked : !state
    %next = linalg.generic {indexing_maps = [#entry, #turned, #top, #turned, #entry], iterator_types = ["parallel", "parallel"]}
        ins(%b, %b, %b, %h : !state, !state, !state, !state) outs(%state_empty : !state) {
    ^bb0(%here: f32, %there: f32, %above: f32, %before: f32, %old: f32):
      %p = arith.mulf %here, %there : f32
      %q = arith.addf %p, %above : f32
      %r = arith.mulf %q, %before : f32
      linalg.yield %r : f32
    } -> !state
    %wide = linalg.broadcast ins(%more : !row) outs(%state_empty : !state) dimensions = [0]
    %sum = arith.addf %next, %wide : !state
    %h_next = math.tanh %sum : !state
    remat.yield carry(%h_next : !state)
  }
  %squares = arith.mulf %h_last, %h_last : !state
  %total = linalg.reduce { arith.addf } ins(%squares : !state) outs(%zero : !scalar) dimensions = [0, 1]
  return %total : !scalar
}

func.func @kept_parts(%xs: !inputs, %h0: !state, %w: !rows) -> (!scalar, !inputs, !state, !rows) {
  %loss, %d_xs, %d_h0, %d_w = remat.value_and_gradient @loss(%xs, %h0, %w) wrt [0, 1, 2]
      : (!inputs, !state, !rows) -> (!scalar, !inputs, !state, !rows)
  return %loss, %d_xs, %d_h0, %d_w : !scalar, !inputs, !state, !rows
}
