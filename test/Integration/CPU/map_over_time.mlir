// RUN: %sweep %s --empty-tape

// A recurrence without carries: a map over time with a computed capture.
!sequence = tensor<1000x4xf32>
!state = tensor<4xf32>
!scalar = tensor<f32>

func.func private @loss(%xs: !sequence, %w: !state) -> !scalar {
  %steps = arith.constant 1000 : index
  %ww = arith.mulf %w, %w : !state
  %ys = remat.recurrence count(%steps) at(%t) scan(%x = %xs : !sequence) -> !sequence {
    %p = arith.mulf %x, %ww : !state
    %y = math.tanh %p : !state
    remat.yield emit(%y : !state)
  }
  %zero = arith.constant dense<0.0> : !scalar
  %sum = linalg.reduce { arith.addf } ins(%ys : !sequence) outs(%zero : !scalar) dimensions = [0, 1]
  return %sum : !scalar
}
func.func @map_over_time(%xs: !sequence, %w: !state) -> (!scalar, !sequence, !state) {
  %r:3 = remat.value_and_gradient @loss(%xs, %w) wrt [0, 1] : (!sequence, !state) -> (!scalar, !sequence, !state)
  return %r#0, %r#1, %r#2 : !scalar, !sequence, !state
}
