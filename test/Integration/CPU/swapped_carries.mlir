// RUN: %sweep %s

// Carries that change places, one that is replaced by a captured value, the step number
// as a number, positions in reverse order.
!sequence = tensor<1000x4xf32>
!state = tensor<4xf32>
!scalar = tensor<f32>

func.func private @loss(%a0: !state, %b0: !state, %w: !state, %xs: !sequence) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %a, %b, %c = remat.recurrence reversed count(%steps) at(%t)
      carry(%a = %a0 : !state, %b = %b0 : !state, %c = %a0 : !state) scan(%x = %xs : !sequence) {
    %i = arith.index_cast %t : index to i32
    %f = arith.sitofp %i : i32 to f32
    %s = tensor.splat %f : !state
    %k = arith.constant dense<0.1> : !state
    %st = arith.mulf %s, %k : !state
    %cos = math.cos %st : !state
    %p = arith.mulf %a, %cos : !state
    %q = arith.addf %p, %c : !state
    %r = arith.mulf %q, %x : !state
    %n = math.sin %r : !state
    remat.yield carry(%b, %n, %w : !state, !state, !state)
  }
  %ab = arith.mulf %a, %b : !state
  %abc = arith.mulf %ab, %c : !state
  %sum = linalg.reduce { arith.addf } ins(%abc : !state) outs(%zero : !scalar) dimensions = [0]
  return %sum : !scalar
}
func.func @swapped_carries(%a0: !state, %b0: !state, %w: !state, %xs: !sequence)
    -> (!scalar, !state, !state, !state, !sequence) {
  %r:5 = remat.value_and_gradient @loss(%a0, %b0, %w, %xs) wrt [0, 1, 2, 3]
      : (!state, !state, !state, !sequence)
      -> (!scalar, !state, !state, !state, !sequence)
  return %r#0, %r#1, %r#2, %r#3, %r#4 : !scalar, !state, !state, !state, !sequence
}
