// RUN: remat-opt %s --remat-differentiate --symbol-dce --split-input-file --verify-diagnostics | FileCheck %s

// Without a seed the cotangent is 1. One value may stand for two arguments: each
// has a gradient of its own.

func.func private @product(%x: tensor<f32>, %y: tensor<f32>) -> tensor<f32> {
  %z = arith.mulf %x, %y : tensor<f32>
  return %z : tensor<f32>
}

// CHECK-LABEL: func.func @same_value_twice(
// CHECK-SAME:    %[[X:.*]]: tensor<f32>)
// CHECK:         %[[Z:.*]] = arith.mulf %[[X]], %[[X]]
// CHECK:         %[[ONE:.*]] = arith.constant dense<1.0
// CHECK:         %[[DX:.*]] = arith.mulf %[[ONE]], %[[X]]
// CHECK:         %[[DY:.*]] = arith.mulf %[[ONE]], %[[X]]
// CHECK-NOT:     arith.addf
// CHECK:         return %[[Z]], %[[DX]], %[[DY]]
func.func @same_value_twice(%x: tensor<f32>) -> (tensor<f32>, tensor<f32>, tensor<f32>) {
  %z, %dx, %dy = remat.value_and_gradient @product(%x, %x) wrt [0, 1]
      : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>, tensor<f32>)
  return %z, %dx, %dy : tensor<f32>, tensor<f32>, tensor<f32>
}

// -----

// Results that are not named in `of` are returned and not differentiated. An
// argument that the differentiated result does not depend on has gradient zero.

func.func private @auxiliary(%x: tensor<f32>, %y: tensor<2xf32>) -> (tensor<2xf32>, tensor<f32>) {
  %a = math.exp %y : tensor<2xf32>
  %b = arith.negf %x : tensor<f32>
  return %a, %b : tensor<2xf32>, tensor<f32>
}

// CHECK-LABEL: func.func @auxiliary_result(
// CHECK:         %[[A:.*]] = math.exp
// CHECK:         %[[B:.*]] = arith.negf
// CHECK:         %[[DX:.*]] = arith.negf
// CHECK:         %[[DY:.*]] = linalg.fill
// CHECK:         return %[[A]], %[[B]], %[[DX]], %[[DY]]
func.func @auxiliary_result(%x: tensor<f32>, %y: tensor<2xf32>) -> (tensor<2xf32>, tensor<f32>, tensor<f32>, tensor<2xf32>) {
  %r:4 = remat.value_and_gradient @auxiliary(%x, %y) wrt [0, 1] of [1]
      : (tensor<f32>, tensor<2xf32>) -> (tensor<2xf32>, tensor<f32>, tensor<f32>, tensor<2xf32>)
  return %r#0, %r#1, %r#2, %r#3 : tensor<2xf32>, tensor<f32>, tensor<f32>, tensor<2xf32>
}

// -----

// A custom rule is used in place of the derivative; stop_gradient is the identity.

func.func private @clip(%x: tensor<4xf32>) -> tensor<4xf32> {
  %one = arith.constant dense<1.0> : tensor<4xf32>
  %y = arith.minimumf %x, %one : tensor<4xf32>
  return %y : tensor<4xf32>
}

func.func private @straight_through(%x: tensor<4xf32>, %y: tensor<4xf32>, %dy: tensor<4xf32>) -> tensor<4xf32> {
  return %dy : tensor<4xf32>
}

func.func private @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = remat.custom_vjp @clip(%x) rule @straight_through : (tensor<4xf32>) -> tensor<4xf32>
  %s = remat.stop_gradient %x : tensor<4xf32>
  %z = arith.addf %y, %s : tensor<4xf32>
  return %z : tensor<4xf32>
}

// CHECK-LABEL: func.func @annotations(
// CHECK-SAME:    %[[X:.*]]: tensor<4xf32>, %[[DZ:.*]]: tensor<4xf32>)
// CHECK:         %[[Y:.*]] = arith.minimumf %[[X]]
// CHECK:         %[[Z:.*]] = arith.addf %[[Y]], %[[X]]
// CHECK-NEXT:    return %[[Z]], %[[DZ]]
func.func @annotations(%x: tensor<4xf32>, %dz: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %z, %dx = remat.value_and_gradient @f(%x) wrt [0] seed(%dz : tensor<4xf32>) : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %z, %dx : tensor<4xf32>, tensor<4xf32>
}

// -----

func.func private @f(%x: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{'remat.value_and_gradient' op expects no recursion, but @f is reached from itself}}
  %y, %dx = remat.value_and_gradient @f(%x) wrt [0] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %dx : tensor<f32>
}

// -----

func.func private @rule(%x: tensor<4xf32>, %y: tensor<4xf32>, %dy: tensor<4xf32>) -> tensor<4xf32> {
  return %dy : tensor<4xf32>
}

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'remat.custom_vjp' op expects no recursion, but @f is reached from itself}}
  %y = remat.custom_vjp @f(%x) rule @rule : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func private @external(tensor<4xf32>) -> tensor<4xf32>

func.func private @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'func.call' op has no derivative rule}}
  %y = func.call @external(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

func.func @declaration(%x: tensor<4xf32>, %dy: tensor<4xf32>) -> tensor<4xf32> {
  %y, %dx = remat.value_and_gradient @f(%x) wrt [0] seed(%dy : tensor<4xf32>) : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %dx : tensor<4xf32>
}
