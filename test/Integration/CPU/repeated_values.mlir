// RUN: %sweep %s

// One value as two initial carries, as two next carries and emitted twice; a scan that is
// emitted as it is.
!sequence = tensor<1000x4xf32>
!state = tensor<4xf32>
!scalar = tensor<f32>

func.func private @loss(%h0: !state, %xs: !sequence) -> (!scalar, !sequence) {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %a, %b, %ys, %zs, %es = remat.recurrence count(%steps) at(%t)
      carry(%a = %h0 : !state, %b = %h0 : !state) scan(%x = %xs : !sequence) -> !sequence, !sequence, !sequence {
    %p = arith.mulf %a, %x : !state
    %q = arith.addf %p, %b : !state
    %n = math.sin %q : !state
    remat.yield carry(%n, %n : !state, !state) emit(%n, %n, %x : !state, !state, !state)
  }
  %m = arith.mulf %ys, %zs : !sequence
  %e = arith.mulf %m, %es : !sequence
  %s0 = linalg.reduce { arith.addf } ins(%e : !sequence) outs(%zero : !scalar) dimensions = [0, 1]
  %ab = arith.mulf %a, %b : !state
  %s1 = linalg.reduce { arith.addf } ins(%ab : !state) outs(%s0 : !scalar) dimensions = [0]
  return %s1, %ys : !scalar, !sequence
}
func.func @repeated_values(%h0: !state, %xs: !sequence) -> (!scalar, !sequence, !state, !sequence) {
  %r:4 = remat.value_and_gradient @loss(%h0, %xs) wrt [0, 1]
      : (!state, !sequence)
      -> (!scalar, !sequence, !state, !sequence)
  return %r#0, %r#1, %r#2, %r#3 : !scalar, !sequence, !state, !sequence
}
