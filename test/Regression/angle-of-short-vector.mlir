// RUN: remat-run %s --input y=0 --input x=5e-20 --output %t.1 && %python %S/show.py %t.1/dy.npy %t.1/dx.npy | FileCheck %s --check-prefix=SHORT
// RUN: remat-run %s --input y=1e-20 --input x=1e-20 --output %t.2 && %python %S/show.py %t.2/dy.npy %t.2/dx.npy | FileCheck %s --check-prefix=DIAGONAL
// RUN: remat-run %s --input y=0 --input x=1e30 --output %t.3 && %python %S/show.py %t.3/dy.npy %t.3/dx.npy | FileCheck %s --check-prefix=LONG
// RUN: remat-run %s --input y=0 --input x=0 --output %t.4 && %python %S/show.py %t.4/dy.npy %t.4/dx.npy | FileCheck %s --check-prefix=ORIGIN

// The squares of the coordinates were zero, or infinite, where the coordinates are not.

// SHORT:    dy 2e+19 2e+19 2e+19
// SHORT:    dx -0 -0 -0
// DIAGONAL: dy 5e+19 5e+19 5e+19
// DIAGONAL: dx -5e+19 -5e+19 -5e+19
// LONG:     dy 1e-30 1e-30 1e-30
// LONG:     dx -0 -0 -0
// ORIGIN:   dy 0 0 0
// ORIGIN:   dx 0 0 0
func.func private @angle(%y: tensor<3xf32>, %x: tensor<3xf32>) -> tensor<3xf32> {
  %a = math.atan2 %y, %x : tensor<3xf32>
  return %a : tensor<3xf32>
}
func.func @main(%y: tensor<3xf32>, %x: tensor<3xf32>) -> (tensor<3xf32> {remat.name = "dy"}, tensor<3xf32> {remat.name = "dx"}) {
  %one = arith.constant dense<1.0> : tensor<3xf32>
  %a, %dy, %dx = remat.value_and_gradient @angle(%y, %x) wrt [0, 1] seed(%one : tensor<3xf32>)
      : (tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>)
  return %dy, %dx : tensor<3xf32>, tensor<3xf32>
}
