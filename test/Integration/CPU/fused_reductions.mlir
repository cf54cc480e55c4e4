// RUN: %sweep %s --steps 0 7
// RUN: %sweep %s --steps 7 --quick --resize 17=1
// RUN: %sweep %s --steps 7 --quick --resize 17=3
// RUN: %sweep %s --steps 7 --quick --resize 17=16
// RUN: %sweep %s --steps 7 --quick --resize 17=33

// The forward pass of a hidden Markov model in log space: what is reduced has one dimension
// more than anything that is kept, and is computed in the loops of the reductions, along the
// rows of an array and along its columns, with extents of one left in the result or not.
!inputs = tensor<1000x5x17xf32>
!state = tensor<5x17xf32>
!weight = tensor<17x17xf32>
!pairs = tensor<5x17x17xf32>
!kept = tensor<5x1x17xf32>
!rows = tensor<5xf32>
!scalar = tensor<f32>
#pair = affine_map<(b, i, j) -> (b, i, j)>
#from = affine_map<(b, i, j) -> (b, i)>
#to = affine_map<(b, i, j) -> (b, j)>
#keep = affine_map<(b, i, j) -> (b, 0, j)>
#weight = affine_map<(b, i, j) -> (i, j)>

func.func private @loss(%xs: !inputs, %h0: !state, %w: !weight) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %zeros = arith.constant dense<0.0> : !state
  %kept_zeros = arith.constant dense<0.0> : !kept
  %row_zeros = arith.constant dense<0.0> : !rows
  %lowest = arith.constant dense<0xFF800000> : !state
  %empty = tensor.empty() : !state
  %empty_pairs = tensor.empty() : !pairs
  %h_last = remat.recurrence count(%steps) at(%t) carry(%h = %h0 : !state) scan(%x = %xs : !inputs) {
    %spread = linalg.broadcast ins(%h : !state) outs(%empty_pairs : !pairs) dimensions = [2]
    %weights = linalg.broadcast ins(%w : !weight) outs(%empty_pairs : !pairs) dimensions = [0]
    %paths = arith.addf %spread, %weights : !pairs
    %top = linalg.reduce { arith.maximumf } ins(%paths : !pairs) outs(%lowest : !state) dimensions = [1]
    %tops = linalg.broadcast ins(%top : !state) outs(%empty_pairs : !pairs) dimensions = [1]
    %shifted = arith.subf %paths, %tops : !pairs
    %e = math.exp %shifted : !pairs
    // Along columns, with an extent of one left.
    %sum = linalg.generic {indexing_maps = [#pair, #keep], iterator_types = ["parallel", "reduction", "parallel"]}
        ins(%e : !pairs) outs(%kept_zeros : !kept) {
    ^bb0(%value: f32, %old: f32):
      %next = arith.addf %old, %value : f32
      linalg.yield %next : f32
    } -> !kept
    %flat = tensor.collapse_shape %sum [[0, 1], [2]] : !kept into !state
    %log = math.log %flat : !state
    %logs = arith.addf %log, %top : !state
    // Along rows, of what two reductions read: cheap enough to be computed in both.
    %product = arith.mulf %paths, %weights : !pairs
    %mean = linalg.reduce { arith.addf } ins(%product : !pairs) outs(%zeros : !state) dimensions = [2]
    %total = linalg.reduce { arith.addf } ins(%product : !pairs) outs(%row_zeros : !rows) dimensions = [1, 2]
    %totals = linalg.broadcast ins(%total : !rows) outs(%empty : !state) dimensions = [1]
    %p = math.tanh %mean : !state
    %q = math.sin %totals : !state
    %r = arith.mulf %p, %q : !state
    %s = arith.addf %logs, %r : !state
    %u = arith.addf %s, %x : !state
    %h_next = math.sin %u : !state
    remat.yield carry(%h_next : !state)
  }
  %squares = arith.mulf %h_last, %h_last : !state
  %loss = linalg.reduce { arith.addf } ins(%squares : !state) outs(%zero : !scalar) dimensions = [0, 1]
  return %loss : !scalar
}

func.func @fused_reductions(%xs: !inputs, %h0: !state, %w: !weight) -> (!scalar, !inputs, !state, !weight) {
  %loss, %d_xs, %d_h0, %d_w = remat.value_and_gradient @loss(%xs, %h0, %w) wrt [0, 1, 2]
      : (!inputs, !state, !weight) -> (!scalar, !inputs, !state, !weight)
  return %loss, %d_xs, %d_h0, %d_w : !scalar, !inputs, !state, !weight
}
