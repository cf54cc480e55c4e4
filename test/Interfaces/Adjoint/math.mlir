// RUN: remat-opt %s --remat-differentiate --symbol-dce --canonicalize --cse --split-input-file | FileCheck %s

// The derivative comes from the result where that is possible: x is read by the
// primal operation alone.

func.func private @from_result(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %tanh = math.tanh %x : tensor<4xf32>
  %exp = math.exp %x : tensor<4xf32>
  %sqrt = math.sqrt %x : tensor<4xf32>
  return %tanh, %exp, %sqrt : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @from_result_gradient(
// CHECK-SAME:    %[[X:.*]]: tensor<4xf32>, %[[DTANH:.*]]: tensor<4xf32>, %[[DEXP:.*]]: tensor<4xf32>, %[[DSQRT:.*]]: tensor<4xf32>)
// CHECK:         %[[TANH:.*]] = math.tanh %[[X]]
// CHECK:         %[[EXP:.*]] = math.exp %[[X]]
// CHECK:         %[[SQRT:.*]] = math.sqrt %[[X]]
// CHECK-NOT:     %[[X]]
// CHECK:         %[[HALF:.*]] = arith.mulf %[[DSQRT]], %{{.*}}
// CHECK:         %[[FROM_SQRT:.*]] = remat.strong_quotient %[[HALF]], %[[SQRT]]
// CHECK:         %[[FROM_EXP:.*]] = remat.strong_product %[[DEXP]], %[[EXP]]
// CHECK:         %[[SUM:.*]] = arith.addf %[[FROM_SQRT]], %[[FROM_EXP]]
// CHECK:         %[[SQUARE:.*]] = arith.mulf %[[TANH]], %[[TANH]]
// CHECK:         %[[SLOPE:.*]] = arith.subf %{{.*}}, %[[SQUARE]]
// CHECK:         %[[FROM_TANH:.*]] = arith.mulf %[[DTANH]], %[[SLOPE]]
// CHECK:         %[[DX:.*]] = arith.addf %[[SUM]], %[[FROM_TANH]]
// CHECK:         return %[[DX]]
func.func @from_result_gradient(%x: tensor<4xf32>, %dtanh: tensor<4xf32>, %dexp: tensor<4xf32>, %dsqrt: tensor<4xf32>)
    -> tensor<4xf32> {
  %y:4 = remat.value_and_gradient @from_result(%x) wrt [0] of [0, 1, 2]
      seed(%dtanh, %dexp, %dsqrt : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
      : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
  return %y#3 : tensor<4xf32>
}

// -----

// Rounding has derivative zero: what leads to it alone is not differentiated.

func.func private @rounding(%x: tensor<4xf32>) -> tensor<4xf32> {
  %sin = math.sin %x : tensor<4xf32>
  %floor = math.floor %sin : tensor<4xf32>
  %y = arith.mulf %floor, %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @rounding_gradient(
// CHECK-NOT:     math.cos
// CHECK:         %[[FLOOR:.*]] = math.floor
// CHECK:         %[[DX:.*]] = arith.mulf %{{.*}}, %[[FLOOR]]
// CHECK:         return %[[DX]]
func.func @rounding_gradient(%x: tensor<4xf32>, %dy: tensor<4xf32>) -> tensor<4xf32> {
  %y, %dx = remat.value_and_gradient @rounding(%x) wrt [0] seed(%dy : tensor<4xf32>)
      : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %dx : tensor<4xf32>
}
