// RUN: %sweep %s

// An 'scf.for' on the path of a gradient, of any length: scans, a stacked result, a float, an integer and an index that are
// handed on, and the array itself read at another place.
!inputs = tensor<1000x3x5xf32>
!state = tensor<3x5xf32>
!scalar = tensor<f32>

func.func private @loss(%xs: !inputs, %h0: !state, %w: !state) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %start = arith.constant 0.5 : f32
  %five = arith.constant 5 : i32
  %half = arith.constant 0.5 : f32
  %h_last, %ys, %s_last, %k_last, %j_last = scf.for %t = %c0 to %steps step %c1
      iter_args(%h = %h0, %stack = %xs, %s = %start, %k = %five, %j = %c0) -> (!state, !inputs, f32, i32, index) {
    %x = tensor.extract_slice %xs[%t, 0, 0] [1, 3, 5] [1, 1, 1] : !inputs to !state
    %weighted = arith.mulf %h, %w : !state
    %sum = arith.addf %weighted, %x : !state
    %h_next = math.tanh %sum : !state
    %more = tensor.insert_slice %h_next into %stack[%t, 0, 0] [1, 3, 5] [1, 1, 1] : !state into !inputs
    %element = tensor.extract %h_next[%c1, %j] : !state
    %k_float = arith.sitofp %k : i32 to f32
    %factor = arith.divf %half, %k_float : f32
    %product = arith.mulf %s, %factor : f32
    %s_next = arith.addf %product, %element : f32
    %k_next = arith.addi %k, %five : i32
    %j_more = arith.addi %j, %c1 : index
    %j_next = arith.remsi %j_more, %c3 : index
    scf.yield %h_next, %more, %s_next, %k_next, %j_next : !state, !inputs, f32, i32, index
  }
  %all = linalg.reduce { arith.addf } ins(%ys : !inputs) outs(%zero : !scalar) dimensions = [0, 1, 2]
  %s = tensor.from_elements %s_last : !scalar
  %total = arith.addf %all, %s : !scalar
  return %total : !scalar
}

func.func @raised_for(%xs: !inputs, %h0: !state, %w: !state) -> (!scalar, !inputs, !state, !state) {
  %loss, %d_xs, %d_h0, %d_w = remat.value_and_gradient @loss(%xs, %h0, %w) wrt [0, 1, 2]
    : (!inputs, !state, !state) -> (!scalar, !inputs, !state, !state)
  return %loss, %d_xs, %d_h0, %d_w : !scalar, !inputs, !state, !state
}
