// RUN: remat-opt %s --remat-decompose-operations | FileCheck %s

// CHECK-LABEL: func.func @concat(
// CHECK-COUNT-2: tensor.insert_slice
// CHECK-NOT:     tensor.concat
func.func @concat(%x: tensor<2xf32>, %y: tensor<3xf32>) -> tensor<5xf32> {
  %z = tensor.concat dim(0) %x, %y : (tensor<2xf32>, tensor<3xf32>) -> tensor<5xf32>
  return %z : tensor<5xf32>
}

// CHECK-LABEL: func.func @softmax(
// CHECK:         math.exp
// CHECK-NOT:     linalg.softmax
func.func @softmax(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %empty = tensor.empty() : tensor<2x3xf32>
  %y = linalg.softmax dimension(1) ins(%x : tensor<2x3xf32>) outs(%empty : tensor<2x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// The bounds are in the order that the operation defines.
// CHECK-LABEL: func.func @clamp(
// CHECK-SAME:    %[[X:.*]]: tensor<3xf32>, %[[HIGH:.*]]: tensor<3xf32>, %[[LOW:.*]]: tensor<3xf32>)
// CHECK:         %[[INNER:.*]] = arith.minimumf %[[X]], %[[HIGH]]
// CHECK:         arith.maximumf %[[INNER]], %[[LOW]]
// CHECK-NOT:     math.clampf
func.func @clamp(%x: tensor<3xf32>, %high: tensor<3xf32>, %low: tensor<3xf32>) -> tensor<3xf32> {
  %y = math.clampf %x to [%high, %low] : tensor<3xf32>
  return %y : tensor<3xf32>
}

// CHECK-LABEL: func.func @sine_and_cosine(
// CHECK:         math.sin %
// CHECK:         math.cos %
// CHECK-NOT:     math.sincos
func.func @sine_and_cosine(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %s, %c = math.sincos %x : tensor<3xf32>
  return %s, %c : tensor<3xf32>, tensor<3xf32>
}

// Zero where the cotangent is and the ordinary product would be NaN.
// CHECK-LABEL: func.func @strong(
// CHECK-SAME:    %[[DY:.*]]: tensor<?xf32>, %[[X:.*]]: tensor<?xf32>)
// CHECK:         %[[PRODUCT:.*]] = arith.mulf %[[DY]], %[[X]]
// CHECK:         %[[NEGATED:.*]] = arith.negf %[[DY]]
// CHECK:         %[[IS_ZERO:.*]] = arith.cmpf oeq, %[[DY]], %[[NEGATED]]
// CHECK:         %[[IS_NAN:.*]] = arith.cmpf uno, %[[PRODUCT]], %[[PRODUCT]]
// CHECK:         %[[LOST:.*]] = arith.andi %[[IS_ZERO]], %[[IS_NAN]]
// CHECK:         arith.select %[[LOST]], %[[DY]], %[[PRODUCT]]
// CHECK:         arith.divf
// CHECK-NOT:     remat.strong
func.func @strong(%dy: tensor<?xf32>, %x: tensor<?xf32>) -> tensor<?xf32> {
  %product = remat.strong_product %dy, %x : tensor<?xf32>
  %quotient = remat.strong_quotient %product, %x : tensor<?xf32>
  return %quotient : tensor<?xf32>
}

// A trip count is computed before there are arrays.
// CHECK-LABEL: func.func @count(
// CHECK-SAME:    %[[N:.*]]: tensor<4xi64>, %[[I:.*]]: index)
// CHECK:         %[[ELEMENT:.*]] = tensor.extract %[[N]][%[[I]]]
// CHECK:         %[[SUM:.*]] = arith.addi %[[ELEMENT]], %{{.*}} : i64
// CHECK:         return %[[SUM]]
func.func @count(%n: tensor<4xi64>, %i: index) -> i64 {
  %one = arith.constant dense<1> : tensor<4xi64>
  %m = arith.addi %n, %one : tensor<4xi64>
  %e = tensor.extract %m[%i] : tensor<4xi64>
  return %e : i64
}

// Floats are computed where they are.
// CHECK-LABEL: func.func @negative_float(
// CHECK:         math.tanh %{{.*}} : tensor<4xf32>
func.func @negative_float(%x: tensor<4xf32>, %i: index) -> f32 {
  %y = math.tanh %x : tensor<4xf32>
  %e = tensor.extract %y[%i] : tensor<4xf32>
  return %e : f32
}
