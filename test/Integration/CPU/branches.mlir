// RUN: %sweep %s

// A branch of the whole step on a scanned flag, and one inside an element-wise body.
// INPUT flags: int 0 1
!inputs = tensor<1000x3x5xf32>
!flags = tensor<1000xi32>
!flag = tensor<i32>
!state = tensor<3x5xf32>
!state_weight = tensor<5x5xf32>
!scalar = tensor<f32>

#entry = affine_map<(row, column) -> (row, column)>

func.func private @loss(%xs: !inputs, %flags: !flags, %h0: !state, %wh: !state_weight) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %empty = tensor.empty() : !state
  %h_last = remat.recurrence count(%steps) at(%t)
      carry(%h = %h0 : !state) scan(%x = %xs : !inputs, %flag = %flags : !flags) {
    %value = tensor.extract %flag[] : !flag
    %none = arith.constant 0 : i32
    %mixes = arith.cmpi ne, %value, %none : i32
    %product = linalg.matmul ins(%h, %wh : !state, !state_weight) outs(%x : !state) -> !state
    %z = scf.if %mixes -> (!state) {
      %wave = math.sin %product : !state
      scf.yield %wave : !state
    } else {
      %sum = arith.addf %h, %x : !state
      scf.yield %sum : !state
    }
    %h_next = linalg.generic {indexing_maps = [#entry, #entry], iterator_types = ["parallel", "parallel"]}
        ins(%z : !state) outs(%empty : !state) {
    ^bb0(%in: f32, %out: f32):
      %c0 = arith.constant 0.0 : f32
      %positive = arith.cmpf ogt, %in, %c0 : f32
      %y = scf.if %positive -> (f32) {
        %squashed = math.tanh %in : f32
        scf.yield %squashed : f32
      } else {
        %wave = math.sin %in : f32
        scf.yield %wave : f32
      }
      linalg.yield %y : f32
    } -> !state
    remat.yield carry(%h_next : !state)
  }
  %squares = arith.mulf %h_last, %h_last : !state
  %total = linalg.reduce { arith.addf } ins(%squares : !state) outs(%zero : !scalar) dimensions = [0, 1]
  return %total : !scalar
}

func.func @branches(%xs: !inputs, %flags: !flags, %h0: !state, %wh: !state_weight)
    -> (!scalar, !inputs, !state, !state_weight) {
  %loss, %d_xs, %d_h0, %d_wh = remat.value_and_gradient @loss(%xs, %flags, %h0, %wh) wrt [0, 2, 3]
      : (!inputs, !flags, !state, !state_weight) -> (!scalar, !inputs, !state, !state_weight)
  return %loss, %d_xs, %d_h0, %d_wh : !scalar, !inputs, !state, !state_weight
}
