// RUN: remat-run %s --input x=0 --input o=0.001953125 --input e=1 --output %t && %python %S/show.py %t/root.npy %t/d_root.npy %t/row.npy %t/d_row.npy %t/d_gelu.npy %t/d_f.npy %t/h_f.npy %t/d_product.npy | FileCheck %s

// A cotangent of exactly zero met an infinite derivative, and 0 * infinity is NaN: behind a
// maximum that takes the other operand, in the branch that a select does not take (the
// exact GELU of JAX), in tensors and scalars.

// CHECK: root 1
// CHECK: d_root 0
// CHECK: row 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1
// CHECK: d_row 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
// CHECK: d_gelu 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1
// And the zero is no branch: f = (sqrt(x) - 1)^2 at x = 1 has f' = 0 and f'' = 1/2.
// CHECK: d_f 0
// CHECK: h_f 0.5
// A product over an extent, of factors that are no numbers and one that is zero, divides by each of them.
// CHECK: d_product{{( -?0){17}[^.0-9]*$}}

func.func private @clipped(%x: tensor<f32>) -> tensor<f32> {
  %one = arith.constant dense<1.0> : tensor<f32>
  %r = math.sqrt %x : tensor<f32>
  %y = arith.maximumf %r, %one : tensor<f32>
  return %y : tensor<f32>
}

func.func private @clipped_row(%x: tensor<17xf32>) -> tensor<17xf32> {
  %one = arith.constant dense<1.0> : tensor<17xf32>
  %r = math.sqrt %x : tensor<17xf32>
  %y = arith.maximumf %r, %one : tensor<17xf32>
  return %y : tensor<17xf32>
}

func.func private @asymptotic(%x: tensor<17xf32>) -> tensor<17xf32> {
  %one = arith.constant dense<1.0> : tensor<17xf32>
  %r = arith.divf %one, %x : tensor<17xf32>
  %r2 = arith.mulf %r, %r : tensor<17xf32>
  %r4 = arith.mulf %r2, %r2 : tensor<17xf32>
  %r8 = arith.mulf %r4, %r4 : tensor<17xf32>
  %r16 = arith.mulf %r8, %r8 : tensor<17xf32>
  %p = arith.mulf %r16, %x : tensor<17xf32>
  %c = arith.cmpf olt, %x, %one : tensor<17xf32>
  %y = arith.select %c, %x, %p : tensor<17xi1>, tensor<17xf32>
  return %y : tensor<17xf32>
}

func.func private @unselected_product(%x: tensor<17xf32>) -> tensor<f32> {
  %one = arith.constant dense<1.0> : tensor<f32>
  %large = arith.constant dense<1.0e30> : tensor<f32>
  %logarithms = math.log %x : tensor<17xf32>
  %product = linalg.reduce { arith.mulf } ins(%logarithms : tensor<17xf32>) outs(%one : tensor<f32>) dimensions = [0]
  %c = arith.cmpf ogt, %product, %large : tensor<f32>
  %y = arith.select %c, %product, %one : tensor<i1>, tensor<f32>
  return %y : tensor<f32>
}

func.func private @f(%x: tensor<f64>) -> tensor<f64> {
  %one = arith.constant dense<1.0> : tensor<f64>
  %r = math.sqrt %x : tensor<f64>
  %e = arith.subf %r, %one : tensor<f64>
  %y = arith.mulf %e, %e : tensor<f64>
  return %y : tensor<f64>
}
func.func private @f_slope(%x: tensor<f64>) -> tensor<f64> {
  %l, %d = remat.value_and_gradient @f(%x) wrt [0] : (tensor<f64>) -> (tensor<f64>, tensor<f64>)
  return %d : tensor<f64>
}

func.func @main(%x: tensor<f32>, %o: tensor<17xf32>, %e: tensor<f64>)
    -> (tensor<f32> {remat.name = "root"}, tensor<f32> {remat.name = "d_root"},
        tensor<17xf32> {remat.name = "row"}, tensor<17xf32> {remat.name = "d_row"},
        tensor<17xf32> {remat.name = "d_gelu"}, tensor<f64> {remat.name = "d_f"}, tensor<f64> {remat.name = "h_f"},
        tensor<17xf32> {remat.name = "d_product"}) {
  %signs = arith.constant dense<[-1.0, 1.0, 2.0, -3.0, 0.5, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, -2.0, 2.0, -1.0]>
      : tensor<17xf32>
  %product, %d_product = remat.value_and_gradient @unselected_product(%signs) wrt [0]
      : (tensor<17xf32>) -> (tensor<f32>, tensor<17xf32>)
  %ones = arith.constant dense<1.0> : tensor<17xf32>
  %zeros = arith.constant dense<0.0> : tensor<17xf32>
  %root, %d_root = remat.value_and_gradient @clipped(%x) wrt [0] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  %row, %d_row = remat.value_and_gradient @clipped_row(%zeros) wrt [0] seed(%ones : tensor<17xf32>)
      : (tensor<17xf32>) -> (tensor<17xf32>, tensor<17xf32>)
  %gelu, %d_gelu = remat.value_and_gradient @asymptotic(%o) wrt [0] seed(%ones : tensor<17xf32>)
      : (tensor<17xf32>) -> (tensor<17xf32>, tensor<17xf32>)
  %d_f, %h_f = remat.value_and_gradient @f_slope(%e) wrt [0] : (tensor<f64>) -> (tensor<f64>, tensor<f64>)
  return %root, %d_root, %row, %d_row, %d_gelu, %d_f, %h_f, %d_product
      : tensor<f32>, tensor<f32>, tensor<17xf32>, tensor<17xf32>, tensor<17xf32>, tensor<f64>, tensor<f64>, tensor<17xf32>
}
