// RUN: %sweep %s

// A scan as JAX exports it, as an 'scf.while' with a counter in a tensor of rank 0, arrays that are handed on as they are, and
// guards around indices: at a known length all of it is a scan and a stacked result, at a length that is not known
// what the guards hide stays indexed.
!inputs = tensor<1000x17xf32>
!state = tensor<17xf32>
!scalar = tensor<f32>
!count = tensor<i32>

func.func private @loss(%xs: !inputs, %h0: !state, %w: !state) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %first = arith.constant dense<0> : !count
  %steps32 = arith.index_cast %steps : index to i32
  %bound = tensor.from_elements %steps32 : !count
  %r:4 = scf.while (%i = %first, %h = %h0, %sum = %zero, %in = %xs) : (!count, !state, !scalar, !inputs) -> (!count, !state, !scalar, !inputs) {
    %less = arith.cmpi slt, %i, %bound : !count
    %go = tensor.extract %less[] : tensor<i1>
    scf.condition(%go) %i, %h, %sum, %in : !count, !state, !scalar, !inputs
  } do {
  ^bb0(%i: !count, %h: !state, %sum: !scalar, %in: !inputs):
    %nought = arith.constant dense<0> : !count
    %is_negative = arith.cmpi slt, %i, %nought : !count
    %wrapped = arith.addi %i, %bound : !count
    %place = arith.select %is_negative, %wrapped, %i : tensor<i1>, !count
    %number = tensor.extract %place[] : !count
    %index = arith.index_cast %number : i32 to index
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %most = arith.subi %steps, %c1 : index
    %low = arith.maxsi %index, %c0 : index
    %clamped = arith.minsi %low, %most : index
    %row = tensor.extract_slice %in[%clamped, 0] [1, 17] [1, 1] : !inputs to tensor<1x17xf32>
    %x = tensor.collapse_shape %row [[0, 1]] : tensor<1x17xf32> into !state
    %weighted = arith.mulf %h, %w : !state
    %both = arith.addf %weighted, %x : !state
    %next = math.tanh %both : !state
    %part = linalg.reduce { arith.addf } ins(%next : !state) outs(%sum : !scalar) dimensions = [0]
    %one = arith.constant dense<1> : !count
    %i_next = arith.addi %i, %one : !count
    scf.yield %i_next, %next, %part, %in : !count, !state, !scalar, !inputs
  }
  return %r#2 : !scalar
}

func.func @raised_while(%xs: !inputs, %h0: !state, %w: !state) -> (!scalar, !inputs, !state, !state) {
  %loss, %d_xs, %d_h0, %d_w = remat.value_and_gradient @loss(%xs, %h0, %w) wrt [0, 1, 2]
    : (!inputs, !state, !state) -> (!scalar, !inputs, !state, !state)
  return %loss, %d_xs, %d_h0, %d_w : !scalar, !inputs, !state, !state
}
