// RUN: remat-opt %s --remat-differentiate --symbol-dce --canonicalize --cse --split-input-file | FileCheck %s

// A factor that may be infinite makes a strong product. What is bounded, or finite as
// the numbers that the function is given, does not.

func.func private @chain(%x: tensor<4xf32>, %c: tensor<4xf32>) -> tensor<4xf32> {
  %gate = math.tanh %x : tensor<4xf32>
  %kept = arith.mulf %gate, %c : tensor<4xf32>
  %next = arith.addf %kept, %gate : tensor<4xf32>
  %bounded = arith.mulf %next, %gate : tensor<4xf32>
  return %bounded : tensor<4xf32>
}

// CHECK-LABEL: func.func @finite(
// CHECK-NOT:     remat.strong
func.func @finite(%x: tensor<4xf32>, %c: tensor<4xf32>, %dy: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %y, %dx, %dc = remat.value_and_gradient @chain(%x, %c) wrt [0, 1] seed(%dy : tensor<4xf32>)
      : (tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
  return %dx, %dc : tensor<4xf32>, tensor<4xf32>
}

// -----

// The cube overflows: its square is the factor.

func.func private @cube(%x: tensor<4xf32>) -> tensor<4xf32> {
  %square = arith.mulf %x, %x : tensor<4xf32>
  %cube = arith.mulf %square, %x : tensor<4xf32>
  return %cube : tensor<4xf32>
}

// CHECK-LABEL: func.func @overflow(
// CHECK-SAME:    %[[X:.*]]: tensor<4xf32>, %[[DY:.*]]: tensor<4xf32>)
// CHECK:         %[[SQUARE:.*]] = arith.mulf %[[X]], %[[X]]
// CHECK-DAG:     %[[DSQUARE:.*]] = arith.mulf %[[DY]], %[[X]]
// CHECK-DAG:     remat.strong_product %[[DY]], %[[SQUARE]]
// CHECK-DAG:     arith.mulf %[[DSQUARE]], %[[X]]
func.func @overflow(%x: tensor<4xf32>, %dy: tensor<4xf32>) -> tensor<4xf32> {
  %y, %dx = remat.value_and_gradient @cube(%x) wrt [0] seed(%dy : tensor<4xf32>)
      : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %dx : tensor<4xf32>
}

// -----

// A second derivative: the strong product is its own rule, and no branch on the cotangent.

func.func private @product(%dy: tensor<4xf32>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %y = remat.strong_product %dy, %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
func.func private @quotient(%dy: tensor<4xf32>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %e = math.exp %x : tensor<4xf32>
  %y = remat.strong_quotient %dy, %e : tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @second(
// CHECK-SAME:    %[[DY:.*]]: tensor<4xf32>, %[[X:.*]]: tensor<4xf32>, %[[S:.*]]: tensor<4xf32>)
// CHECK-DAG:     arith.mulf %[[S]], %[[X]]
// CHECK-DAG:     arith.mulf %[[S]], %[[DY]]
// CHECK-NOT:     arith.select
func.func @second(%dy: tensor<4xf32>, %x: tensor<4xf32>, %s: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %y, %d:2 = remat.value_and_gradient @product(%dy, %x) wrt [0, 1] seed(%s : tensor<4xf32>)
      : (tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
  return %d#0, %d#1 : tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @second_quotient(
// CHECK-SAME:    %[[DY:.*]]: tensor<4xf32>, %[[X:.*]]: tensor<4xf32>, %[[S:.*]]: tensor<4xf32>)
// CHECK:         %[[E:.*]] = math.exp %[[X]]
// CHECK-DAG:     remat.strong_quotient %[[S]], %[[E]]
// CHECK-DAG:     %[[PRODUCT:.*]] = arith.mulf %[[S]], %[[DY]]
// CHECK-DAG:     %[[ONCE:.*]] = remat.strong_quotient %[[PRODUCT]], %[[E]]
// CHECK-DAG:     remat.strong_quotient %[[ONCE]], %[[E]]
func.func @second_quotient(%dy: tensor<4xf32>, %x: tensor<4xf32>, %s: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<4xf32>) {
  %y, %d:2 = remat.value_and_gradient @quotient(%dy, %x) wrt [0, 1] seed(%s : tensor<4xf32>)
      : (tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
  return %d#0, %d#1 : tensor<4xf32>, tensor<4xf32>
}

// -----

// A sum of products is finite by decree, and its adjoint a contraction. A factor that a
// branch of the body may blow up is guarded in the body.

func.func private @sums(%x: tensor<4x8xf32>, %w: tensor<8x4xf32>) -> (tensor<4x4xf32>, tensor<4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<4x4xf32>
  %zeros = arith.constant dense<0.0> : tensor<4xf32>
  %e = math.exp %x : tensor<4x8xf32>
  %y = linalg.matmul ins(%e, %w : tensor<4x8xf32>, tensor<8x4xf32>) outs(%zero : tensor<4x4xf32>) -> tensor<4x4xf32>
  %sum = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>],
                         iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%element: f32, %out: f32):
    %power = math.exp %element : f32
    %next = arith.addf %out, %power : f32
    linalg.yield %next : f32
  } -> tensor<4xf32>
  return %y, %sum : tensor<4x4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @contraction(
// CHECK-DAG:     linalg.contract {{.*}} outs
// CHECK-DAG:     remat.strong_product {{.*}} : tensor<4x8xf32>
// CHECK-DAG:     remat.strong_product {{.*}} : f32
func.func @contraction(%x: tensor<4x8xf32>, %w: tensor<8x4xf32>, %dy: tensor<4x4xf32>, %ds: tensor<4xf32>)
    -> (tensor<4x8xf32>, tensor<8x4xf32>) {
  %y:2, %d:2 = remat.value_and_gradient @sums(%x, %w) wrt [0, 1] of [0, 1] seed(%dy, %ds : tensor<4x4xf32>, tensor<4xf32>)
      : (tensor<4x8xf32>, tensor<8x4xf32>) -> (tensor<4x4xf32>, tensor<4xf32>, tensor<4x8xf32>, tensor<8x4xf32>)
  return %d#0, %d#1 : tensor<4x8xf32>, tensor<8x4xf32>
}

// -----

// Induction over the steps: the cell is finite because the gates are at most 1. The power is
// not, and its strong product is in the reverse step.

func.func private @loop(%f: tensor<9x4xf32>, %c0: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %n = arith.constant 9 : index
  %c, %p = remat.recurrence count(%n) at(%t) carry(%c = %c0 : tensor<4xf32>, %p = %c0 : tensor<4xf32>)
      scan(%x = %f : tensor<9x4xf32>) {
    %gate = math.tanh %x : tensor<4xf32>
    %kept = arith.mulf %gate, %c : tensor<4xf32>
    %next = arith.addf %kept, %gate : tensor<4xf32>
    %power = arith.mulf %p, %gate : tensor<4xf32>
    %grown = arith.addf %power, %p : tensor<4xf32>
    remat.yield carry(%next, %grown : tensor<4xf32>, tensor<4xf32>)
  }
  return %c, %p : tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @cell(
// CHECK-NOT:     remat.strong
func.func @cell(%f: tensor<9x4xf32>, %c0: tensor<4xf32>, %s: tensor<4xf32>) -> tensor<9x4xf32> {
  %y:2, %d = remat.value_and_gradient @loop(%f, %c0) wrt [0] of [0] seed(%s : tensor<4xf32>)
      : (tensor<9x4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<9x4xf32>)
  return %d : tensor<9x4xf32>
}

// CHECK-LABEL: func.func @grown(
// CHECK:         reverse(
// CHECK:           remat.strong_product
func.func @grown(%f: tensor<9x4xf32>, %c0: tensor<4xf32>, %s: tensor<4xf32>) -> tensor<9x4xf32> {
  %y:2, %d = remat.value_and_gradient @loop(%f, %c0) wrt [0] of [1] seed(%s : tensor<4xf32>)
      : (tensor<9x4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<9x4xf32>)
  return %d : tensor<9x4xf32>
}
