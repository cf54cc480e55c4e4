// RUN: %sweep %s

// The gradient with respect to the scanned inputs alone, with a product that has no weight in it.
!inputs = tensor<1000x3x5xf32>
!state = tensor<3x5xf32>
!scalar = tensor<f32>

func.func private @loss(%xs: !inputs, %h0: !state) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %h_last = remat.recurrence count(%steps) at(%t) carry(%h = %h0 : !state) scan(%x = %xs : !inputs) {
    %product = arith.mulf %h, %x : !state
    %sum = arith.addf %product, %x : !state
    %h_next = math.tanh %sum : !state
    remat.yield carry(%h_next : !state)
  }
  %squares = arith.mulf %h_last, %h_last : !state
  %total = linalg.reduce { arith.addf } ins(%squares : !state) outs(%zero : !scalar) dimensions = [0, 1]
  return %total : !scalar
}

func.func @scan_only(%xs: !inputs, %h0: !state) -> (!scalar, !inputs) {
  %loss, %d_xs = remat.value_and_gradient @loss(%xs, %h0) wrt [0] : (!inputs, !state) -> (!scalar, !inputs)
  return %loss, %d_xs : !scalar, !inputs
}
