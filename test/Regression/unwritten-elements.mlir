// RUN: remat-run %s --entry unwritten --input x=2 --output %t.1 && %python %S/show.py %t.1/sum.npy %t.1/all.npy %t.1/around.npy | FileCheck %s
// RUN: remat-run %s --entry carried --input x=3 --check-gradient --output %t.2 && %python %S/show.py %t.2/l.npy | FileCheck %s --check-prefix=CARRIED
// RUN: remat-opt %s --remat-expand-operations | FileCheck %s --check-prefix=FILLED

// What nobody wrote of a tensor.empty is zero, in every run and however often a step runs.

// CHECK:      sum 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2
// CHECK-NEXT: all 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
// CHECK-NEXT: around 0 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 0 0

// FILLED-LABEL: func.func @unwritten
// FILLED-SAME:    (%[[X:.*]]: tensor<17xf32>)
// FILLED:         %[[ZEROS:.*]] = linalg.fill {{.*}} -> tensor<17xf32>
// FILLED:         arith.addf %[[X]], %[[ZEROS]]
// FILLED:         %[[AROUND:.*]] = linalg.fill {{.*}} -> tensor<20xf32>
// FILLED:         tensor.insert_slice %[[X]] into %[[AROUND]]
func.func @unwritten(%x: tensor<17xf32>)
    -> (tensor<17xf32> {remat.name = "sum"}, tensor<17xf32> {remat.name = "all"}, tensor<20xf32> {remat.name = "around"}) {
  %e = tensor.empty() : tensor<17xf32>
  %sum = arith.addf %x, %e : tensor<17xf32>
  %e2 = tensor.empty() : tensor<20xf32>
  %around = tensor.insert_slice %x into %e2[1] [17] [1] : tensor<17xf32> into tensor<20xf32>
  return %sum, %e, %around : tensor<17xf32>, tensor<17xf32>, tensor<20xf32>
}

// A product adds to what its destination holds, and the diagonal is all that the other writes:
// three steps of 9 elements 3 * 27 and 3 of them 3 * 1 more.

// CARRIED: l 2214
func.func private @loss(%x: tensor<3x3xf64>) -> tensor<f64> {
  %n = arith.constant 3 : index
  %zero = arith.constant dense<0.0> : tensor<f64>
  %one = arith.constant 1.0 : f64
  %l = remat.recurrence count(%n) at(%t) carry(%sum = %zero : tensor<f64>) {
    %e = tensor.empty() : tensor<3x3xf64>
    %product = linalg.matmul ins(%x, %x : tensor<3x3xf64>, tensor<3x3xf64>) outs(%e : tensor<3x3xf64>) -> tensor<3x3xf64>
    %d = tensor.empty() : tensor<3x3xf64>
    %diagonal = linalg.generic {indexing_maps = [affine_map<(i) -> (i, i)>], iterator_types = ["parallel"]}
        outs(%d : tensor<3x3xf64>) {
    ^bb0(%out: f64):
      linalg.yield %one : f64
    } -> tensor<3x3xf64>
    %both = arith.addf %product, %diagonal : tensor<3x3xf64>
    %scaled = arith.mulf %both, %x : tensor<3x3xf64>
    %next = linalg.reduce { arith.addf } ins(%scaled : tensor<3x3xf64>) outs(%sum : tensor<f64>) dimensions = [0, 1]
    remat.yield carry(%next : tensor<f64>)
  }
  return %l : tensor<f64>
}
func.func @carried(%x: tensor<3x3xf64>) -> (tensor<f64> {remat.name = "l"}, tensor<3x3xf64>) {
  %l, %d = remat.value_and_gradient @loss(%x) wrt [0] : (tensor<3x3xf64>) -> (tensor<f64>, tensor<3x3xf64>)
  return %l, %d : tensor<f64>, tensor<3x3xf64>
}

// What is overwritten is not filled.

// FILLED-LABEL: func.func @overwritten
// FILLED-NOT:     linalg.fill
func.func @overwritten(%x: tensor<3x17xf32>, %b: tensor<17xf32>) -> (tensor<3x17xf32>, tensor<3x17xf32>) {
  %e = tensor.empty() : tensor<3x17xf32>
  %rows = linalg.broadcast ins(%b : tensor<17xf32>) outs(%e : tensor<3x17xf32>) dimensions = [0]
  %sum = linalg.add ins(%x, %rows : tensor<3x17xf32>, tensor<3x17xf32>) outs(%e : tensor<3x17xf32>) -> tensor<3x17xf32>
  %soft = linalg.softmax dimension(1) ins(%x : tensor<3x17xf32>) outs(%e : tensor<3x17xf32>) -> tensor<3x17xf32>
  return %sum, %soft : tensor<3x17xf32>, tensor<3x17xf32>
}
