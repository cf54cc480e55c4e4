// RUN: remat-run %s --input x=2 --input w=3 --output %t --check-gradient | FileCheck %s --check-prefix=CHECKED
// RUN: %python %S/show.py %t/d_x.npy %t/d_w.npy %t/d_old.npy | FileCheck %s

// Gradients that nobody asked for, and that were zero: of a scalar argument of a custom rule,
// and of an init that only another result of the operation reads.

// CHECKED-COUNT-6: gradient {{.*}} ok
// CHECK: d_x 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3
// CHECK: d_w 34
// CHECK: d_old 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2
func.func private @scale(%x: tensor<17xf64>, %k: f64) -> tensor<17xf64> {
  %s = tensor.splat %k : tensor<17xf64>
  %y = arith.mulf %x, %s : tensor<17xf64>
  return %y : tensor<17xf64>
}
func.func private @scale_adjoint(%x: tensor<17xf64>, %k: f64, %y: tensor<17xf64>, %dy: tensor<17xf64>)
    -> (tensor<17xf64>, f64) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %s = tensor.splat %k : tensor<17xf64>
  %d = arith.mulf %dy, %s : tensor<17xf64>
  %products = arith.mulf %dy, %x : tensor<17xf64>
  %sum = linalg.reduce { arith.addf } ins(%products : tensor<17xf64>) outs(%zero : tensor<f64>) dimensions = [0]
  %d_k = tensor.extract %sum[] : tensor<f64>
  return %d, %d_k : tensor<17xf64>, f64
}
func.func private @scaled(%x: tensor<17xf64>, %w: tensor<f64>) -> tensor<f64> {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %k = tensor.extract %w[] : tensor<f64>
  %y = remat.custom_vjp @scale(%x, %k) rule @scale_adjoint : (tensor<17xf64>, f64) -> tensor<17xf64>
  %l = linalg.reduce { arith.addf } ins(%y : tensor<17xf64>) outs(%zero : tensor<f64>) dimensions = [0]
  return %l : tensor<f64>
}

func.func private @crossed(%x: tensor<17xf64>, %old: tensor<17xf64>) -> tensor<f64> {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %empty = tensor.empty() : tensor<17xf64>
  %y:2 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
                         iterator_types = ["parallel"]}
      ins(%x : tensor<17xf64>) outs(%empty, %old : tensor<17xf64>, tensor<17xf64>) {
  ^bb0(%element: f64, %unread: f64, %second: f64):
    %index = linalg.index 0 : index
    %product = arith.mulf %element, %second : f64
    linalg.yield %product, %element : f64, f64
  } -> (tensor<17xf64>, tensor<17xf64>)
  %l = linalg.reduce { arith.addf } ins(%y#0 : tensor<17xf64>) outs(%zero : tensor<f64>) dimensions = [0]
  return %l : tensor<f64>
}

func.func @main(%x: tensor<17xf64>, %w: tensor<f64>)
    -> (tensor<17xf64> {remat.name = "d_x"}, tensor<f64> {remat.name = "d_w"}, tensor<17xf64> {remat.name = "d_old"}) {
  %l, %d_x, %d_w = remat.value_and_gradient @scaled(%x, %w) wrt [0, 1]
      : (tensor<17xf64>, tensor<f64>) -> (tensor<f64>, tensor<17xf64>, tensor<f64>)
  %m, %d_old = remat.value_and_gradient @crossed(%x, %x) wrt [1]
      : (tensor<17xf64>, tensor<17xf64>) -> (tensor<f64>, tensor<17xf64>)
  return %d_x, %d_w, %d_old : tensor<17xf64>, tensor<f64>, tensor<17xf64>
}
