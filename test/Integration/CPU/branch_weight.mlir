// RUN: %sweep %s
// A branch that holds the products with captured weights: the gradients arise inside of it.
// INPUT flags: int 0 1
!inputs = tensor<1000x3x5xf32>
!flags = tensor<1000xi32>
!flag = tensor<i32>
!state = tensor<3x5xf32>
!state_weight = tensor<5x5xf32>
!bias = tensor<5xf32>
!scalar = tensor<f32>

func.func private @loss(%xs: !inputs, %flags: !flags, %h0: !state, %wh: !state_weight, %wg: !state_weight, %b: !bias) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %empty = tensor.empty() : !state
  %h_last = remat.recurrence count(%steps) at(%t)
      carry(%h = %h0 : !state) scan(%x = %xs : !inputs, %flag = %flags : !flags) {
    %value = tensor.extract %flag[] : !flag
    %none = arith.constant 0 : i32
    %mixes = arith.cmpi ne, %value, %none : i32
    %z = scf.if %mixes -> (!state) {
      %product = linalg.matmul ins(%h, %wh : !state, !state_weight) outs(%x : !state) -> !state
      %wave = math.sin %product : !state
      scf.yield %wave : !state
    } else {
      %bias = linalg.broadcast ins(%b : !bias) outs(%empty : !state) dimensions = [0]
      %product = linalg.matmul ins(%h, %wg : !state, !state_weight) outs(%bias : !state) -> !state
      scf.yield %product : !state
    }
    %both = linalg.matmul ins(%z, %wh : !state, !state_weight) outs(%x : !state) -> !state
    %h_next = math.tanh %both : !state
    remat.yield carry(%h_next : !state)
  }
  %squares = arith.mulf %h_last, %h_last : !state
  %total = linalg.reduce { arith.addf } ins(%squares : !state) outs(%zero : !scalar) dimensions = [0, 1]
  return %total : !scalar
}

func.func @branch_weight(%xs: !inputs, %flags: !flags, %h0: !state, %wh: !state_weight, %wg: !state_weight, %b: !bias)
    -> (!scalar, !inputs, !state, !state_weight, !state_weight, !bias) {
  %loss, %d_xs, %d_h0, %d_wh, %d_wg, %d_b = remat.value_and_gradient @loss(%xs, %flags, %h0, %wh, %wg, %b) wrt [0, 2, 3, 4, 5]
      : (!inputs, !flags, !state, !state_weight, !state_weight, !bias) -> (!scalar, !inputs, !state, !state_weight, !state_weight, !bias)
  return %loss, %d_xs, %d_h0, %d_wh, %d_wg, %d_b : !scalar, !inputs, !state, !state_weight, !state_weight, !bias
}
