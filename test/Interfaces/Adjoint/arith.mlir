// RUN: remat-opt %s --remat-differentiate --symbol-dce --canonicalize --cse --split-input-file | FileCheck %s

// A product: each factor gets the cotangent times the other one.

func.func private @product(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %z = arith.mulf %x, %y : tensor<4xf32>
  return %z : tensor<4xf32>
}

// CHECK-LABEL: func.func @product_gradient(
// CHECK-SAME:    %[[X:.*]]: tensor<4xf32>, %[[Y:.*]]: tensor<4xf32>, %[[DZ:.*]]: tensor<4xf32>)
// CHECK:         %[[DX:.*]] = arith.mulf %[[DZ]], %[[Y]]
// CHECK:         %[[DY:.*]] = arith.mulf %[[DZ]], %[[X]]
// CHECK:         return %[[DX]], %[[DY]]
func.func @product_gradient(%x: tensor<4xf32>, %y: tensor<4xf32>, %dz: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %z, %dx, %dy = remat.value_and_gradient @product(%x, %y) wrt [0, 1] seed(%dz : tensor<4xf32>)
      : (tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
  return %dx, %dy : tensor<4xf32>, tensor<4xf32>
}

// -----

// Only the argument asked for is differentiated.

func.func private @product(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %z = arith.mulf %x, %y : tensor<4xf32>
  return %z : tensor<4xf32>
}

// CHECK-LABEL: func.func @one_argument(
// CHECK-COUNT-1: arith.mulf
// CHECK-NOT:     arith.mulf
func.func @one_argument(%x: tensor<4xf32>, %y: tensor<4xf32>, %dz: tensor<4xf32>) -> tensor<4xf32> {
  %z, %dy = remat.value_and_gradient @product(%x, %y) wrt [1] seed(%dz : tensor<4xf32>)
      : (tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %dy : tensor<4xf32>
}

// -----

// The logistic function is differentiated as a whole, from its result.

func.func private @logistic(%x: tensor<4xf32>) -> tensor<4xf32> {
  %one = arith.constant dense<1.0> : tensor<4xf32>
  %negated = arith.negf %x : tensor<4xf32>
  %decay = math.exp %negated : tensor<4xf32>
  %denominator = arith.addf %one, %decay : tensor<4xf32>
  %y = arith.divf %one, %denominator : tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @logistic_gradient(
// CHECK-SAME:    %[[X:.*]]: tensor<4xf32>, %[[DY:.*]]: tensor<4xf32>)
// CHECK:         %[[ONE:.*]] = arith.constant dense<1.0
// CHECK:         %[[Y:.*]] = arith.divf %[[ONE]]
// CHECK:         %[[REST:.*]] = arith.subf %[[ONE]], %[[Y]]
// CHECK:         %[[SLOPE:.*]] = arith.mulf %[[Y]], %[[REST]]
// CHECK:         %[[DX:.*]] = arith.mulf %[[DY]], %[[SLOPE]]
// CHECK:         return %[[Y]], %[[DX]]
func.func @logistic_gradient(%x: tensor<4xf32>, %dy: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %y, %dx = remat.value_and_gradient @logistic(%x) wrt [0] seed(%dy : tensor<4xf32>)
      : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %y, %dx : tensor<4xf32>, tensor<4xf32>
}

// -----

// Cotangents of f16 are summed in f32 and rounded once.

func.func private @twice(%x: tensor<4xf16>) -> tensor<4xf16> {
  %y = arith.addf %x, %x : tensor<4xf16>
  return %y : tensor<4xf16>
}

// CHECK-LABEL: func.func @narrow(
// CHECK-SAME:    %[[X:.*]]: tensor<4xf16>, %[[DY:.*]]: tensor<4xf16>)
// CHECK:         %[[WIDE:.*]] = arith.extf %[[DY]] : tensor<4xf16> to tensor<4xf32>
// CHECK:         %[[SUM:.*]] = arith.addf %[[WIDE]], %[[WIDE]] {remat.cotangent_sum} : tensor<4xf32>
// CHECK:         %[[DX:.*]] = arith.truncf %[[SUM]] : tensor<4xf32> to tensor<4xf16>
// CHECK:         return %[[DX]]
func.func @narrow(%x: tensor<4xf16>, %dy: tensor<4xf16>) -> tensor<4xf16> {
  %y, %dx = remat.value_and_gradient @twice(%x) wrt [0] seed(%dy : tensor<4xf16>)
      : (tensor<4xf16>) -> (tensor<4xf16>, tensor<4xf16>)
  return %dx : tensor<4xf16>
}

// -----

// Flags that allow another rounding carry over; promises about values do not.

func.func private @flags(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %z = arith.mulf %x, %y fastmath<contract, nnan, ninf> : tensor<4xf32>
  return %z : tensor<4xf32>
}

// CHECK-LABEL: func.func @flags_gradient(
// CHECK:         arith.mulf {{.*}} fastmath<contract> : tensor<4xf32>
func.func @flags_gradient(%x: tensor<4xf32>, %y: tensor<4xf32>, %dz: tensor<4xf32>) -> tensor<4xf32> {
  %z, %dx = remat.value_and_gradient @flags(%x, %y) wrt [0] seed(%dz : tensor<4xf32>)
      : (tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %dx : tensor<4xf32>
}

// -----

// What depends on integers alone gets no adjoint, nor does what the result does
// not depend on.

func.func private @inactive(%x: tensor<4xf32>, %n: tensor<4xi32>) -> tensor<4xf32> {
  %float = arith.sitofp %n : tensor<4xi32> to tensor<4xf32>
  %power = math.exp %float : tensor<4xf32>
  %unused = math.sin %x : tensor<4xf32>
  %y = arith.mulf %x, %power : tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @inactive_gradient(
// CHECK-SAME:    %[[X:.*]]: tensor<4xf32>, %[[N:.*]]: tensor<4xi32>, %[[DY:.*]]: tensor<4xf32>)
// CHECK:         %[[FLOAT:.*]] = arith.sitofp %[[N]]
// CHECK:         %[[POWER:.*]] = math.exp %[[FLOAT]]
// CHECK-NEXT:    %[[DX:.*]] = remat.strong_product %[[DY]], %[[POWER]]
// CHECK-NEXT:    return %[[DX]]
func.func @inactive_gradient(%x: tensor<4xf32>, %n: tensor<4xi32>, %dy: tensor<4xf32>) -> tensor<4xf32> {
  %y, %dx = remat.value_and_gradient @inactive(%x, %n) wrt [0] seed(%dy : tensor<4xf32>)
      : (tensor<4xf32>, tensor<4xi32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %dx : tensor<4xf32>
}
