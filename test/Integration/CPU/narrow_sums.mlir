// RUN: remat-run %s --input xs=1 --input w=0.5 --output %t.unlimited --repeat 0 --check-gradient
// RUN: %python %S/Inputs/expect.py %t.unlimited/d_w.npy 1000
// RUN: remat-run %s --input xs=1 --input w=0.5 --output %t.min --repeat 0 --budget min
// RUN: %python %S/Inputs/expect.py %t.min/d_w.npy 1000

// A thousand contributions of 1 to the gradient of a weight in bf16. The sum is exact in f32; in
// bf16 it would stop at 256, where adding 1 changes nothing any more.
!inputs = tensor<1000x4xbf16>
!input = tensor<4xbf16>
!wide = tensor<4xf32>
!weight = tensor<4xbf16>
!scalar = tensor<f32>

func.func private @loss(%xs: !inputs, %w: !weight) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %total = remat.recurrence count(%steps) at(%t) carry(%sum = %zero : !scalar) scan(%x = %xs : !inputs) {
    %product = arith.mulf %x, %w : !input
    %wide = arith.extf %product : !input to !wide
    %sum_next = linalg.reduce { arith.addf } ins(%wide : !wide) outs(%sum : !scalar) dimensions = [0]
    remat.yield carry(%sum_next : !scalar)
  }
  return %total : !scalar
}

func.func @narrow_sums(%xs: !inputs, %w: !weight) -> (!scalar, !weight) {
  %loss, %d_w = remat.value_and_gradient @loss(%xs, %w) wrt [1] : (!inputs, !weight) -> (!scalar, !weight)
  return %loss, %d_w : !scalar, !weight
}
