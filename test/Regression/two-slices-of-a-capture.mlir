// RUN: remat-run %s --check-gradient --input w=normal:0.5 | FileCheck %s
// RUN: remat-run %s --budget min --input w=normal:0.5 | FileCheck %s --check-prefix=MIN

// The gradient of %w is added to in two places that do not overlap, one of them after
// the other was written.

// CHECK: gradient{{.*}}ok
// MIN: bits as keeping all{{ +}}identical

func.func private @loss(%w: tensor<17x17xf64>, %xs: tensor<5x17xf64>) -> tensor<f64> {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %half = arith.constant dense<0.5> : tensor<1x1xf64>
  %one = arith.constant dense<0.9375> : tensor<1x1xf64>
  %c0 = arith.constant 0 : index
  %count = tensor.dim %xs, %c0 : tensor<5x17xf64>
  %a, %b = remat.recurrence count(%count) at(%t)
      carry(%x = %one : tensor<1x1xf64>, %y = %half : tensor<1x1xf64>) {
    %corner = tensor.extract_slice %w[14, 10] [1, 1] [1, 1] : tensor<17x17xf64> to tensor<1xf64>
    %edge = tensor.extract_slice %w[0, 14] [1, 1] [1, 1] : tensor<17x17xf64> to tensor<1x1xf64>
    %spread = linalg.broadcast ins(%corner : tensor<1xf64>) outs(%x : tensor<1x1xf64>) dimensions = [1]
    %next = arith.mulf %spread, %x : tensor<1x1xf64>
    remat.yield carry(%edge, %next : tensor<1x1xf64>, tensor<1x1xf64>)
  }
  %sum = linalg.reduce { arith.addf } ins(%b : tensor<1x1xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1]
  return %sum : tensor<f64>
}

func.func @main(%w: tensor<17x17xf64> {remat.name = "w"}, %xs: tensor<5x17xf64> {remat.name = "xs"})
    -> (tensor<17x17xf64> {remat.name = "d_w"}) {
  %loss, %d_w = remat.value_and_gradient @loss(%w, %xs) wrt [0]
      : (tensor<17x17xf64>, tensor<5x17xf64>) -> (tensor<f64>, tensor<17x17xf64>)
  return %d_w : tensor<17x17xf64>
}
