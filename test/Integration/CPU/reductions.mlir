// RUN: %sweep %s --steps 0 1 2 3 7 37

// Maximum, minimum, product, softmax and its logarithm as they stand in a step.
!inputs = tensor<1000x3x5xf32>
!state = tensor<3x5xf32>
!rows = tensor<3xf32>
!scalar = tensor<f32>
#entry = affine_map<(row, column) -> (row, column)>
#row = affine_map<(row, column) -> (row)>

func.func private @loss(%xs: !inputs, %h0: !state, %scale: !state) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %zeros = arith.constant dense<0.0> : !rows
  %ones = arith.constant dense<1.0> : !rows
  %lowest = arith.constant dense<0xFF800000> : !rows
  %highest = arith.constant dense<0x7F800000> : !rows
  %empty = tensor.empty() : !state
  %h_last, %total = remat.recurrence count(%steps) at(%t) carry(%h = %h0 : !state, %sum = %zero : !scalar)
      scan(%x = %xs : !inputs) {
    %scaled = arith.mulf %h, %scale : !state
    %logits = arith.addf %scaled, %x : !state
    %top = linalg.reduce { arith.maximumf } ins(%logits : !state) outs(%lowest : !rows) dimensions = [1]
    %bottom = linalg.reduce { arith.minimumf } ins(%logits : !state) outs(%highest : !rows) dimensions = [1]
    %factors = math.cos %logits : !state
    %product = linalg.reduce { arith.mulf } ins(%factors : !state) outs(%ones : !rows) dimensions = [1]
    %share = linalg.softmax dimension(1) ins(%logits : !state) outs(%empty : !state) -> !state
    %partition = linalg.generic {indexing_maps = [#entry, #row, #row], iterator_types = ["parallel", "reduction"]}
        ins(%logits, %top : !state, !rows) outs(%zeros : !rows) {
    ^bb0(%logit: f32, %largest: f32, %old: f32):
      %shifted = arith.subf %logit, %largest : f32
      %e = math.exp %shifted : f32
      %next = arith.addf %old, %e : f32
      linalg.yield %next : f32
    } -> !rows
    %log = math.log %partition : !rows
    %span = arith.subf %top, %bottom : !rows
    %p = arith.mulf %span, %product : !rows
    %q = arith.addf %p, %log : !rows
    %sum_next = linalg.reduce { arith.addf } ins(%q : !rows) outs(%sum : !scalar) dimensions = [0]
    %wide = linalg.broadcast ins(%q : !rows) outs(%empty : !state) dimensions = [1]
    %r = arith.mulf %share, %wide : !state
    %h_next = math.sin %r : !state
    remat.yield carry(%h_next, %sum_next : !state, !scalar)
  }
  return %total : !scalar
}

func.func @reductions(%xs: !inputs, %h0: !state, %scale: !state) -> (!scalar, !inputs, !state, !state) {
  %loss, %d_xs, %d_h0, %d_scale = remat.value_and_gradient @loss(%xs, %h0, %scale) wrt [0, 1, 2]
      : (!inputs, !state, !state) -> (!scalar, !inputs, !state, !state)
  return %loss, %d_xs, %d_h0, %d_scale : !scalar, !inputs, !state, !state
}
