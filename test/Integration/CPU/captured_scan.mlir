// RUN: %sweep %s

// A captured number, and one array both as a scan and captured, read from its other end.
!sequence = tensor<1000x4xf32>
!state = tensor<4xf32>
!scalar = tensor<f32>

func.func private @loss(%h0: !state, %ks: tensor<3xf32>, %xs: !sequence) -> !scalar {
  %steps = arith.constant 1000 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant dense<0.0> : !scalar
  %last = arith.subi %steps, %c1 : index
  %k = tensor.extract %ks[%c1] : tensor<3xf32>
  %h = remat.recurrence count(%steps) at(%t) carry(%h = %h0 : !state) scan(%x = %xs : !sequence) {
    %s = tensor.splat %k : !state
    %j = arith.subi %last, %t : index
    %mirror = tensor.extract_slice %xs[%j, 0] [1, 4] [1, 1] : !sequence to !state
    %p = arith.mulf %h, %s : !state
    %q = arith.addf %p, %x : !state
    %r = arith.mulf %q, %mirror : !state
    %n = math.tanh %r : !state
    remat.yield carry(%n : !state)
  }
  %sum = linalg.reduce { arith.addf } ins(%h : !state) outs(%zero : !scalar) dimensions = [0]
  return %sum : !scalar
}
func.func @captured_scan(%h0: !state, %ks: tensor<3xf32>, %xs: !sequence)
    -> (!scalar, !state, tensor<3xf32>, !sequence) {
  %r:4 = remat.value_and_gradient @loss(%h0, %ks, %xs) wrt [0, 1, 2]
      : (!state, tensor<3xf32>, !sequence)
      -> (!scalar, !state, tensor<3xf32>, !sequence)
  return %r#0, %r#1, %r#2, %r#3 : !scalar, !state, tensor<3xf32>, !sequence
}
