// RUN: remat-run %s --input xs=2 --input k=3 --output %t.unlimited --repeat 0
// RUN: %python %S/Inputs/expect.py %t.unlimited/d_k.npy 20
// RUN: %python %S/Inputs/expect.py %t.unlimited/d_xs.npy 3
// RUN: remat-run %s --input xs=2 --input k=3 --output %t.min --repeat 0 --budget min
// RUN: %python %S/Inputs/expect.py %t.min/d_k.npy 20
// RUN: %python %S/Inputs/expect.py %t.min/d_xs.npy 3

// Rules of their own inside a step, which are not the derivatives. Rounding passes its cotangent
// straight on, so that each of ten steps gives x = 2 to k; and of x times x only one factor, and
// that times k = 3 over 2, counts: 3 for each input.
!inputs = tensor<10x4xf32>
!input = tensor<4xf32>
!scalar = tensor<f32>

func.func private @round(%x: !input) -> !input {
  %y = math.round %x : !input
  return %y : !input
}
func.func private @round_adjoint(%x: !input, %y: !input, %d_y: !input) -> !input {
  return %d_y : !input
}
func.func private @loss(%xs: !inputs, %k: !input) -> !scalar {
  %steps = arith.constant 10 : index
  %zero = arith.constant dense<0.0> : !scalar
  %total = remat.recurrence count(%steps) at(%t) carry(%sum = %zero : !scalar) scan(%x = %xs : !inputs) {
    %half = arith.constant dense<0.5> : !input
    %fixed = remat.stop_gradient %x : !input
    %square = arith.mulf %x, %fixed : !input
    %part = arith.mulf %square, %half : !input
    %product = arith.mulf %part, %k : !input
    %rounded = remat.custom_vjp @round(%product) rule @round_adjoint : (!input) -> !input
    %sum_next = linalg.reduce { arith.addf } ins(%rounded : !input) outs(%sum : !scalar) dimensions = [0]
    remat.yield carry(%sum_next : !scalar)
  }
  return %total : !scalar
}

func.func @overridden_rules(%xs: !inputs, %k: !input) -> (!scalar, !inputs, !input) {
  %loss, %d_xs, %d_k = remat.value_and_gradient @loss(%xs, %k) wrt [0, 1]
      : (!inputs, !input) -> (!scalar, !inputs, !input)
  return %loss, %d_xs, %d_k : !scalar, !inputs, !input
}
