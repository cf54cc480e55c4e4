// RUN: remat-run %s --input xs=1 --budget min --check-gradient | FileCheck %s
// RUN: remat-run %s --input xs=1 --budget min --expansion unrolled --check-gradient | FileCheck %s

// The step does not read its carry, so states have no bytes, and all lie in one slot: where a
// step reads is where it writes. Spelled out, that was taken for a mistake.

// CHECK: measured peak
// CHECK: forward steps {{ *}}7
// CHECK: reverse steps {{ *}}4
func.func private @loss(%xs: tensor<4x3xf32>, %h0: tensor<3xf32>, %w: tensor<3x3xf32>) -> tensor<f32> {
  %n = arith.constant 4 : index
  %zero = arith.constant dense<0.0> : tensor<f32>
  %h, %all = remat.recurrence count(%n) at(%t) carry(%h = %h0 : tensor<3xf32>) scan(%x = %xs : tensor<4x3xf32>) -> tensor<4xf32> {
    %p = linalg.matvec ins(%w, %x : tensor<3x3xf32>, tensor<3xf32>) outs(%h0 : tensor<3xf32>) -> tensor<3xf32>
    %s = math.cos %p : tensor<3xf32>
    %q = arith.mulf %s, %s : tensor<3xf32>
    %r = linalg.reduce { arith.addf } ins(%q : tensor<3xf32>) outs(%zero : tensor<f32>) dimensions = [0]
    %e = tensor.extract %r[] : tensor<f32>
    %new = tensor.splat %e : tensor<3xf32>
    remat.yield carry(%new : tensor<3xf32>) emit(%r : tensor<f32>)
  }
  %l = linalg.reduce { arith.addf } ins(%all : tensor<4xf32>) outs(%zero : tensor<f32>) dimensions = [0]
  return %l : tensor<f32>
}
func.func @main(%xs: tensor<4x3xf32>, %h0: tensor<3xf32>, %w: tensor<3x3xf32>) -> (tensor<f32>, tensor<4x3xf32>, tensor<3xf32>) {
  %l, %d, %dh = remat.value_and_gradient @loss(%xs, %h0, %w) wrt [0, 1]
      : (tensor<4x3xf32>, tensor<3xf32>, tensor<3x3xf32>) -> (tensor<f32>, tensor<4x3xf32>, tensor<3xf32>)
  return %l, %d, %dh : tensor<f32>, tensor<4x3xf32>, tensor<3xf32>
}
