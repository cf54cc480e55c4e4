// RUN: %exits 6 remat-run %s --entry before --input a=1 | FileCheck %s --check-prefix=BEFORE
// RUN: %exits 6 remat-run %s --entry behind --input a=1 | FileCheck %s --check-prefix=BEHIND
// RUN: remat-run %s --entry never --input a=1 --output %t && %python %S/show.py %t/g.npy | FileCheck %s --check-prefix=NEVER

// Rows at constant indices outside of the table: the gradient adds to rows, and a row outside is no valid slice.

// BEFORE: error: index -3 at position 0 is outside its table: expected 0 to 3
func.func private @before_loss(%a: tensor<4x17xf64>) -> tensor<f64> {
  %i = arith.constant dense<-3> : tensor<3x1xindex>
  %0 = tensor.gather %a[%i] gather_dims([0]) : (tensor<4x17xf64>, tensor<3x1xindex>) -> tensor<3x17xf64>
  %z = arith.constant dense<0.0> : tensor<f64>
  %r = linalg.reduce { arith.addf } ins(%0 : tensor<3x17xf64>) outs(%z : tensor<f64>) dimensions = [0, 1]
  return %r : tensor<f64>
}
func.func @before(%a: tensor<4x17xf64>) -> (tensor<f64>, tensor<4x17xf64>) {
  %r, %g = remat.value_and_gradient @before_loss(%a) wrt [0] : (tensor<4x17xf64>) -> (tensor<f64>, tensor<4x17xf64>)
  return %r, %g : tensor<f64>, tensor<4x17xf64>
}

// BEHIND: error: index 4 at position 0 is outside its table: expected 0 to 3
func.func private @behind_loss(%a: tensor<4x17xf64>) -> tensor<f64> {
  %i = arith.constant dense<4> : tensor<3x1xindex>
  %0 = tensor.gather %a[%i] gather_dims([0]) : (tensor<4x17xf64>, tensor<3x1xindex>) -> tensor<3x17xf64>
  %z = arith.constant dense<0.0> : tensor<f64>
  %r = linalg.reduce { arith.addf } ins(%0 : tensor<3x17xf64>) outs(%z : tensor<f64>) dimensions = [0, 1]
  return %r : tensor<f64>
}
func.func @behind(%a: tensor<4x17xf64>) -> (tensor<f64>, tensor<4x17xf64>) {
  %r, %g = remat.value_and_gradient @behind_loss(%a) wrt [0] : (tensor<4x17xf64>) -> (tensor<f64>, tensor<4x17xf64>)
  return %r, %g : tensor<f64>, tensor<4x17xf64>
}

// In a branch that no element takes the index may be what it likes.
// NEVER: g 1 1 1 1 1 1
#to_row = affine_map<(d0, d1) -> (d0, d1)>
func.func private @never_loss(%a: tensor<2x3xf64>) -> tensor<f64> {
  %empty = tensor.empty() : tensor<2x3xf64>
  %0 = linalg.generic {indexing_maps = [#to_row, #to_row], iterator_types = ["parallel", "parallel"]}
      ins(%a : tensor<2x3xf64>) outs(%empty : tensor<2x3xf64>) {
  ^bb0(%x: f64, %o: f64):
    %row = linalg.index 0 : index
    %column = linalg.index 1 : index
    %two = arith.constant 2 : index
    %outside = arith.constant 7 : index
    %taken = arith.cmpi uge, %row, %two : index
    %v = scf.if %taken -> f64 {
      %e = tensor.extract %a[%outside, %column] : tensor<2x3xf64>
      scf.yield %e : f64
    } else {
      scf.yield %x : f64
    }
    linalg.yield %v : f64
  } -> tensor<2x3xf64>
  %z = arith.constant dense<0.0> : tensor<f64>
  %r = linalg.reduce { arith.addf } ins(%0 : tensor<2x3xf64>) outs(%z : tensor<f64>) dimensions = [0, 1]
  return %r : tensor<f64>
}
func.func @never(%a: tensor<2x3xf64>) -> (tensor<f64>, tensor<2x3xf64> {remat.name = "g"}) {
  %r, %g = remat.value_and_gradient @never_loss(%a) wrt [0] : (tensor<2x3xf64>) -> (tensor<f64>, tensor<2x3xf64>)
  return %r, %g : tensor<f64>, tensor<2x3xf64>
}
