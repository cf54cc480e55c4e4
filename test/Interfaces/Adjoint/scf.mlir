// RUN: remat-opt %s --remat-differentiate --symbol-dce --canonicalize --cse | FileCheck %s

// The adjoint of a conditional takes the same branch and evaluates of it what it
// needs; a value that one branch does not read has cotangent zero there.

func.func private @branch(%x: tensor<4xf32>, %w: tensor<4xf32>, %flag: i1) -> tensor<4xf32> {
  %y = scf.if %flag -> tensor<4xf32> {
    %product = arith.mulf %x, %w : tensor<4xf32>
    %tanh = math.tanh %product : tensor<4xf32>
    scf.yield %tanh : tensor<4xf32>
  } else {
    scf.yield %x : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @branch_gradient(
// CHECK-SAME:    %[[X:[^:]*]]: tensor<4xf32>, %[[W:[^:]*]]: tensor<4xf32>, %[[FLAG:[^:]*]]: i1, %[[DY:[^:]*]]: tensor<4xf32>)
// CHECK:         %[[D:.*]]:2 = scf.if %[[FLAG]]
// CHECK:           %[[PRODUCT:.*]] = arith.mulf %[[X]], %[[W]]
// CHECK:           %[[TANH:.*]] = math.tanh %[[PRODUCT]]
// CHECK:           %[[DPRODUCT:.*]] = arith.mulf %[[DY]]
// CHECK:           %[[DX:.*]] = arith.mulf %[[DPRODUCT]], %[[W]]
// CHECK:           %[[DW:.*]] = arith.mulf %[[DPRODUCT]], %[[X]]
// CHECK:           scf.yield %[[DX]], %[[DW]]
// CHECK:         } else {
// CHECK:           %[[ZEROS:.*]] = linalg.fill
// CHECK:           scf.yield %[[DY]], %[[ZEROS]]
// CHECK:         return %[[D]]#0, %[[D]]#1
func.func @branch_gradient(%x: tensor<4xf32>, %w: tensor<4xf32>, %flag: i1, %dy: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<4xf32>) {
  %y, %dx, %dw = remat.value_and_gradient @branch(%x, %w, %flag) wrt [0, 1] seed(%dy : tensor<4xf32>)
      : (tensor<4xf32>, tensor<4xf32>, i1) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
  return %dx, %dw : tensor<4xf32>, tensor<4xf32>
}

// What an input has of its cotangent so far goes into the branches: one that does not
// read it passes it on.

func.func private @used_after(%x: tensor<2x3xf32>, %w: tensor<3x3xf32>, %flag: i1) -> tensor<2x3xf32> {
  %zero = arith.constant dense<0.0> : tensor<2x3xf32>
  %h = scf.if %flag -> tensor<2x3xf32> {
    %product = linalg.matmul ins(%x, %w : tensor<2x3xf32>, tensor<3x3xf32>) outs(%zero : tensor<2x3xf32>) -> tensor<2x3xf32>
    scf.yield %product : tensor<2x3xf32>
  } else {
    scf.yield %x : tensor<2x3xf32>
  }
  %y = linalg.matmul ins(%h, %w : tensor<2x3xf32>, tensor<3x3xf32>) outs(%zero : tensor<2x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @used_after_gradient(
// CHECK:         %[[LATER:.*]] = linalg.contract {{.*}} outs(%{{.*}} : tensor<3x3xf32>) -> tensor<3x3xf32>
// CHECK:         %[[DW:.*]] = scf.if
// CHECK:           %[[PRODUCT:.*]] = linalg.contract {{.*}} -> tensor<3x3xf32>
// CHECK:           %[[SUM:.*]] = arith.addf %[[LATER]], %[[PRODUCT]]
// CHECK:           scf.yield %[[SUM]]
// CHECK:         } else {
// CHECK-NEXT:      scf.yield %[[LATER]]
// CHECK:         return %[[DW]]
func.func @used_after_gradient(%x: tensor<2x3xf32>, %w: tensor<3x3xf32>, %flag: i1, %dy: tensor<2x3xf32>)
    -> tensor<3x3xf32> {
  %y, %dw = remat.value_and_gradient @used_after(%x, %w, %flag) wrt [1] seed(%dy : tensor<2x3xf32>)
      : (tensor<2x3xf32>, tensor<3x3xf32>, i1) -> (tensor<2x3xf32>, tensor<3x3xf32>)
  return %dw : tensor<3x3xf32>
}

// An assertion in a branch is made once, when the branch runs forward.

func.func private @asserted(%x: tensor<4xf32>, %flag: i1, %good: i1) -> tensor<4xf32> {
  %y = scf.if %flag -> tensor<4xf32> {
    cf.assert %good, "not good"
    %square = arith.mulf %x, %x : tensor<4xf32>
    scf.yield %square : tensor<4xf32>
  } else {
    scf.yield %x : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @asserted_gradient(
// CHECK:         scf.if
// CHECK:           cf.assert
// CHECK-NOT:       cf.assert
// CHECK:         return
func.func @asserted_gradient(%x: tensor<4xf32>, %flag: i1, %good: i1, %dy: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<4xf32>) {
  %y, %dx = remat.value_and_gradient @asserted(%x, %flag, %good) wrt [0] seed(%dy : tensor<4xf32>)
      : (tensor<4xf32>, i1, i1) -> (tensor<4xf32>, tensor<4xf32>)
  return %y, %dx : tensor<4xf32>, tensor<4xf32>
}
