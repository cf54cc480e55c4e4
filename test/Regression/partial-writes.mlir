// RUN: remat-run %s --entry row --input x=3 --input y=7 --repeat 0 --output %t && %python %S/show.py %t/v.npy | FileCheck %s --check-prefix=ROW
// RUN: remat-run %s --entry row_gradient --input x=3 --input y=7 --repeat 0 --output %t && %python %S/show.py %t/dy.npy | FileCheck %s --check-prefix=ROW-GRADIENT
// RUN: remat-run %s --entry diagonal --input x=1 --input y=2 --repeat 0 --output %t && %python %S/show.py %t/dx.npy %t/dy.npy | FileCheck %s --check-prefix=DIAGONAL
// RUN: remat-run %s --entry copy --input x=3 --input y=7 --repeat 0 --output %t && %python %S/show.py %t/v.npy | FileCheck %s --check-prefix=COPY
// RUN: remat-run %s --entry transposed --input a=1 --input w=1 --repeat 0 --output %t && %python %S/show.py %t/d_a.npy | FileCheck %s --check-prefix=TRANSPOSED

// What an operation does not write is its init. Bufferization takes an init that no body
// reads as overwritten, and rules write through the map that an operand is read through.

#id = affine_map<(d0) -> (d0)>
#second = affine_map<(d0) -> (1, d0)>
#diagonal = affine_map<(d0) -> (d0, d0)>

// ROW: v 7 7 7 7 3 3 3 3
func.func @row(%x: tensor<4xf64>, %y: tensor<2x4xf64>) -> (tensor<2x4xf64> {remat.name = "v"}) {
  %v = linalg.generic {indexing_maps = [#id, #second], iterator_types = ["parallel"]} ins(%x : tensor<4xf64>) outs(%y : tensor<2x4xf64>) {
  ^bb0(%a: f64, %b: f64):
    linalg.yield %a : f64
  } -> tensor<2x4xf64>
  return %v : tensor<2x4xf64>
}

func.func private @row_loss(%x: tensor<4xf64>, %y: tensor<2x4xf64>) -> tensor<f64> {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %v = linalg.generic {indexing_maps = [#id, #second], iterator_types = ["parallel"]} ins(%x : tensor<4xf64>) outs(%y : tensor<2x4xf64>) {
  ^bb0(%a: f64, %b: f64):
    %s = arith.addf %a, %b : f64
    linalg.yield %s : f64
  } -> tensor<2x4xf64>
  %l = linalg.reduce { arith.addf } ins(%v : tensor<2x4xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1]
  return %l : tensor<f64>
}
// ROW-GRADIENT: dy 1 1 1 1 1 1 1 1
func.func @row_gradient(%x: tensor<4xf64>, %y: tensor<2x4xf64>) -> (tensor<f64>, tensor<2x4xf64> {remat.name = "dy"}) {
  %l, %dy = remat.value_and_gradient @row_loss(%x, %y) wrt [1] : (tensor<4xf64>, tensor<2x4xf64>) -> (tensor<f64>, tensor<2x4xf64>)
  return %l, %dy : tensor<f64>, tensor<2x4xf64>
}

func.func private @diagonal_loss(%x: tensor<4x4xf64>, %y: tensor<4x4xf64>) -> tensor<f64> {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %e = tensor.empty() : tensor<4xf64>
  %v = linalg.generic {indexing_maps = [#diagonal, #diagonal, #id], iterator_types = ["parallel"]} ins(%x, %y : tensor<4x4xf64>, tensor<4x4xf64>) outs(%e : tensor<4xf64>) {
  ^bb0(%a: f64, %b: f64, %o: f64):
    %p = arith.mulf %a, %b : f64
    linalg.yield %p : f64
  } -> tensor<4xf64>
  %l = linalg.reduce { arith.addf } ins(%v : tensor<4xf64>) outs(%zero : tensor<f64>) dimensions = [0]
  %xy = arith.mulf %x, %y : tensor<4x4xf64>
  %l2 = linalg.reduce { arith.addf } ins(%xy : tensor<4x4xf64>) outs(%l : tensor<f64>) dimensions = [0, 1]
  return %l2 : tensor<f64>
}
// DIAGONAL: dx 4 2 2 2 2 4 2 2 2 2 4 2 2 2 2 4
// DIAGONAL: dy 2 1 1 1 1 2 1 1 1 1 2 1 1 1 1 2
func.func @diagonal(%x: tensor<4x4xf64>, %y: tensor<4x4xf64>) -> (tensor<f64>, tensor<4x4xf64> {remat.name = "dx"}, tensor<4x4xf64> {remat.name = "dy"}) {
  %l:3 = remat.value_and_gradient @diagonal_loss(%x, %y) wrt [0, 1] : (tensor<4x4xf64>, tensor<4x4xf64>) -> (tensor<f64>, tensor<4x4xf64>, tensor<4x4xf64>)
  return %l#0, %l#1, %l#2 : tensor<f64>, tensor<4x4xf64>, tensor<4x4xf64>
}

// The canonicalizer takes a copy through equal maps for one of everything.
// COPY: v 3 7 7 7 3 7 7 7 3
func.func @copy(%x: tensor<3x3xf64>, %y: tensor<3x3xf64>) -> (tensor<3x3xf64> {remat.name = "v"}) {
  %v = linalg.generic {indexing_maps = [#diagonal, #diagonal], iterator_types = ["parallel"]} ins(%x : tensor<3x3xf64>) outs(%y : tensor<3x3xf64>) {
  ^bb0(%a: f64, %b: f64):
    linalg.yield %a : f64
  } -> tensor<3x3xf64>
  return %v : tensor<3x3xf64>
}

#ij = affine_map<(i, j) -> (i, j)>
#ji = affine_map<(i, j) -> (j, i)>
#none = affine_map<(i, j) -> ()>
func.func private @trace(%a: tensor<2x2xf64>, %w: tensor<2x2xf64>) -> tensor<f64> {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %k = arith.constant dense<[[0.1, 0.2], [0.3, 0.4]]> : tensor<2x2xf64>
  %kw = arith.mulf %w, %k : tensor<2x2xf64>
  %b = math.tanh %kw : tensor<2x2xf64>
  %l = linalg.generic {indexing_maps = [#ij, #ji, #none], iterator_types = ["reduction", "reduction"]} ins(%a, %b : tensor<2x2xf64>, tensor<2x2xf64>) outs(%zero : tensor<f64>) {
  ^bb0(%p: f64, %q: f64, %acc: f64):
    %m = arith.mulf %p, %q : f64
    %s = arith.addf %acc, %m : f64
    linalg.yield %s : f64
  } -> tensor<f64>
  return %l : tensor<f64>
}
// A product whose one factor is read transposed, fused with what makes it.
// TRANSPOSED: d_a 0.099668 0.291313 0.197375 0.379949
func.func @transposed(%a: tensor<2x2xf64>, %w: tensor<2x2xf64>) -> (tensor<f64>, tensor<2x2xf64> {remat.name = "d_a"}) {
  %l, %d = remat.value_and_gradient @trace(%a, %w) wrt [0] : (tensor<2x2xf64>, tensor<2x2xf64>) -> (tensor<f64>, tensor<2x2xf64>)
  return %l, %d : tensor<f64>, tensor<2x2xf64>
}
