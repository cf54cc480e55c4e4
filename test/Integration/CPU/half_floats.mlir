// RUN: %sweep %s --steps 0 1 2 3 7 37

// States and inputs are f16, weights bf16; products are summed in f32.
// NARROW none: it is narrow already, and its conversions to f32 would be none.
!inputs = tensor<1000x3x4xf16>
!input = tensor<3x4xf16>
!state = tensor<3x5xf16>
!input_weight = tensor<4x5xbf16>
!state_weight = tensor<5x5xbf16>
!wide_input = tensor<3x4xf32>
!wide = tensor<3x5xf32>
!wide_input_weight = tensor<4x5xf32>
!wide_weight = tensor<5x5xf32>
!scalar = tensor<f32>

func.func private @loss(%xs: !inputs, %h0: !state, %wx: !input_weight, %wh: !state_weight) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %zeros = arith.constant dense<0.0> : !wide
  %h_last, %total = remat.recurrence count(%steps) at(%t)
      carry(%h = %h0 : !state, %sum = %zero : !scalar) scan(%x = %xs : !inputs) {
    %x32 = arith.extf %x : !input to !wide_input
    %h32 = arith.extf %h : !state to !wide
    %wx32 = arith.extf %wx : !input_weight to !wide_input_weight
    %wh32 = arith.extf %wh : !state_weight to !wide_weight
    %from_x = linalg.matmul ins(%x32, %wx32 : !wide_input, !wide_input_weight) outs(%zeros : !wide) -> !wide
    %z = linalg.matmul ins(%h32, %wh32 : !wide, !wide_weight) outs(%from_x : !wide) -> !wide
    %y = math.tanh %z : !wide
    %squares = arith.mulf %y, %y : !wide
    %sum_next = linalg.reduce { arith.addf } ins(%squares : !wide) outs(%sum : !scalar) dimensions = [0, 1]
    %h_next = arith.truncf %y : !wide to !state
    remat.yield carry(%h_next, %sum_next : !state, !scalar)
  }
  return %total : !scalar
}

func.func @half_floats(%xs: !inputs, %h0: !state, %wx: !input_weight, %wh: !state_weight)
    -> (!scalar, !inputs, !state, !input_weight, !state_weight) {
  %loss, %d_xs, %d_h0, %d_wx, %d_wh = remat.value_and_gradient @loss(%xs, %h0, %wx, %wh) wrt [0, 1, 2, 3]
      : (!inputs, !state, !input_weight, !state_weight) -> (!scalar, !inputs, !state, !input_weight, !state_weight)
  return %loss, %d_xs, %d_h0, %d_wx, %d_wh : !scalar, !inputs, !state, !input_weight, !state_weight
}
