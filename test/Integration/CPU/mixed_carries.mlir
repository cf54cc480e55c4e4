// RUN: %sweep %s

// Carries of different element types and shapes, among them one that is no float.
!inputs = tensor<1000x3x5xf32>
!state = tensor<3x5xf32>
!wide = tensor<7xf64>
!state_weight = tensor<5x5xf32>
!count = tensor<2xi64>
!scalar = tensor<f32>
!wide_scalar = tensor<f64>

func.func private @loss(%xs: !inputs, %h0: !state, %v0: !wide, %wh: !state_weight) -> !wide_scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %wide_zero = arith.constant dense<0.0> : !wide_scalar
  %none = arith.constant dense<0> : !count
  %two = arith.constant dense<2> : !count
  %decay = arith.constant dense<0.9> : !wide
  %empty = tensor.empty() : !wide
  %h_last, %v_last, %count_last = remat.recurrence count(%steps) at(%t)
      carry(%h = %h0 : !state, %v = %v0 : !wide, %count = %none : !count) scan(%x = %xs : !inputs) {
    %z = linalg.matmul ins(%h, %wh : !state, !state_weight) outs(%x : !state) -> !state
    %h_next = math.tanh %z : !state
    %sum = linalg.reduce { arith.addf } ins(%h_next : !state) outs(%zero : !scalar) dimensions = [0, 1]
    %wide_sum = arith.extf %sum : !scalar to !wide_scalar
    %spread = linalg.broadcast ins(%wide_sum : !wide_scalar) outs(%empty : !wide) dimensions = [0]
    %kept = arith.mulf %v, %decay : !wide
    %mixed = arith.addf %kept, %spread : !wide
    %v_next = math.sin %mixed : !wide
    %count_next = arith.addi %count, %two : !count
    remat.yield carry(%h_next, %v_next, %count_next : !state, !wide, !count)
  }
  %squares = arith.mulf %v_last, %v_last : !wide
  %total = linalg.reduce { arith.addf } ins(%squares : !wide) outs(%wide_zero : !wide_scalar) dimensions = [0]
  return %total : !wide_scalar
}

func.func @mixed_carries(%xs: !inputs, %h0: !state, %v0: !wide, %wh: !state_weight)
    -> (!wide_scalar, !state, !wide, !state_weight) {
  %loss, %d_h0, %d_v0, %d_wh = remat.value_and_gradient @loss(%xs, %h0, %v0, %wh) wrt [1, 2, 3]
      : (!inputs, !state, !wide, !state_weight) -> (!wide_scalar, !state, !wide, !state_weight)
  return %loss, %d_h0, %d_v0, %d_wh : !wide_scalar, !state, !wide, !state_weight
}
