// RUN: remat-opt %s --remat-simplify-adjoint --split-input-file | FileCheck %s

// A sum with a contraction accumulates into its init, in either order.

// CHECK-LABEL: func.func @sum_of_contractions(
// CHECK-SAME:    %[[A:.*]]: tensor<2x3xf32>, %[[B:.*]]: tensor<3x4xf32>, %[[X:.*]]: tensor<2x4xf32>)
// CHECK:         %[[ACC:.*]] = math.exp %[[X]]
// CHECK:         %[[FIRST:.*]] = linalg.matmul ins(%[[A]], %[[B]] {{.*}} outs(%[[ACC]]
// CHECK:         %[[SECOND:.*]] = linalg.matmul ins(%[[A]], %[[B]] {{.*}} outs(%[[FIRST]]
// CHECK-NOT:     arith.addf
// CHECK:         return %[[SECOND]]
func.func @sum_of_contractions(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>, %x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<2x4xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<2x4xf32>) -> tensor<2x4xf32>
  %exp = math.exp %x : tensor<2x4xf32>
  %p = linalg.matmul ins(%a, %b : tensor<2x3xf32>, tensor<3x4xf32>) outs(%zeros : tensor<2x4xf32>) -> tensor<2x4xf32>
  %q = linalg.matmul ins(%a, %b : tensor<2x3xf32>, tensor<3x4xf32>) outs(%zeros : tensor<2x4xf32>) -> tensor<2x4xf32>
  %s = arith.addf %p, %exp {remat.cotangent_sum} : tensor<2x4xf32>
  %t = arith.addf %s, %q {remat.cotangent_sum} : tensor<2x4xf32>
  return %t : tensor<2x4xf32>
}

// -----

// A sum that the program itself has is rounded as it says. The mark is gone afterwards.

// CHECK-LABEL: func.func @own_sum(
// CHECK:         %[[EXP:.*]] = math.exp
// CHECK:         %[[PRODUCT:.*]] = linalg.matmul
// CHECK:         %[[SUM:.*]] = arith.addf %[[PRODUCT]], %[[EXP]] : tensor<2x4xf32>
// CHECK:         arith.addf %[[SUM]], %{{.*}} : tensor<2x4xf32>
func.func @own_sum(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>, %x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<2x4xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<2x4xf32>) -> tensor<2x4xf32>
  %exp = math.exp %x : tensor<2x4xf32>
  %p = linalg.matmul ins(%a, %b : tensor<2x3xf32>, tensor<3x4xf32>) outs(%zeros : tensor<2x4xf32>) -> tensor<2x4xf32>
  %s = arith.addf %p, %exp : tensor<2x4xf32>
  %t = arith.addf %s, %x {remat.cotangent_sum} : tensor<2x4xf32>
  return %t : tensor<2x4xf32>
}

// -----

// Not into a value that others read, nor into an argument.

// CHECK-LABEL: func.func @negative(
// CHECK-COUNT-2: arith.addf
func.func @negative(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>, %x: tensor<2x4xf32>)
    -> (tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>) {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<2x4xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<2x4xf32>) -> tensor<2x4xf32>
  %exp = math.exp %x : tensor<2x4xf32>
  %p = linalg.matmul ins(%a, %b : tensor<2x3xf32>, tensor<3x4xf32>) outs(%zeros : tensor<2x4xf32>) -> tensor<2x4xf32>
  %q = linalg.matmul ins(%a, %b : tensor<2x3xf32>, tensor<3x4xf32>) outs(%zeros : tensor<2x4xf32>) -> tensor<2x4xf32>
  %s = arith.addf %p, %exp {remat.cotangent_sum} : tensor<2x4xf32>
  %t = arith.addf %x, %q {remat.cotangent_sum} : tensor<2x4xf32>
  return %s, %t, %exp : tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>
}

// -----

// Slices that cover a tensor are written into an empty one; a slice is read past
// the insertion of another one. Adding zeros is left alone: it makes a negative zero a
// positive one, and an adjoint does not write such sums.

// CHECK-LABEL: func.func @slices(
// CHECK-SAME:    %[[A:.*]]: tensor<2x3xf32>, %[[B:.*]]: tensor<2x3xf32>)
// CHECK:         %[[ZEROS:.*]] = linalg.fill
// CHECK:         %[[EMPTY:.*]] = tensor.empty() : tensor<2x6xf32>
// CHECK:         %[[FIRST:.*]] = tensor.insert_slice %[[A]] into %[[EMPTY]][0, 3]
// CHECK:         %[[ZERO:.*]] = tensor.extract_slice %[[ZEROS]]
// CHECK:         %[[SUM:.*]] = arith.addf %[[ZERO]], %[[B]]
// CHECK:         %[[SECOND:.*]] = tensor.insert_slice %[[SUM]] into %[[FIRST]][0, 0]
// CHECK:         return %[[SECOND]]
func.func @slices(%a: tensor<2x3xf32>, %b: tensor<2x3xf32>) -> tensor<2x6xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<2x6xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<2x6xf32>) -> tensor<2x6xf32>
  %first = tensor.insert_slice %a into %zeros[0, 3] [2, 3] [1, 1] : tensor<2x3xf32> into tensor<2x6xf32>
  %old = tensor.extract_slice %first[0, 0] [2, 3] [1, 1] : tensor<2x6xf32> to tensor<2x3xf32>
  %sum = arith.addf %old, %b {remat.cotangent_sum} : tensor<2x3xf32>
  %second = tensor.insert_slice %sum into %first[0, 0] [2, 3] [1, 1] : tensor<2x3xf32> into tensor<2x6xf32>
  return %second : tensor<2x6xf32>
}

// -----

// In one branch of a conditional the sum is all that reads the accumulator.

// CHECK-LABEL: func.func @branches(
// CHECK:         %[[ACC:.*]] = math.exp
// CHECK:         scf.if
// CHECK:           %[[SUM:.*]] = linalg.matmul {{.*}} outs(%[[ACC]]
// CHECK:           scf.yield %[[SUM]]
// CHECK:           scf.yield %[[ACC]]
func.func @branches(%c: i1, %a: tensor<2x3xf32>, %b: tensor<3x4xf32>, %x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<2x4xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<2x4xf32>) -> tensor<2x4xf32>
  %exp = math.exp %x : tensor<2x4xf32>
  %r = scf.if %c -> tensor<2x4xf32> {
    %p = linalg.matmul ins(%a, %b : tensor<2x3xf32>, tensor<3x4xf32>) outs(%zeros : tensor<2x4xf32>) -> tensor<2x4xf32>
    %s = arith.addf %exp, %p {remat.cotangent_sum} : tensor<2x4xf32>
    scf.yield %s : tensor<2x4xf32>
  } else {
    scf.yield %exp : tensor<2x4xf32>
  }
  return %r : tensor<2x4xf32>
}

// -----

// Not if the branch reads it once more.

// CHECK-LABEL: func.func @negative_branches(
// CHECK:         scf.if
// CHECK:           arith.addf
func.func @negative_branches(%c: i1, %a: tensor<2x3xf32>, %b: tensor<3x4xf32>, %x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<2x4xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<2x4xf32>) -> tensor<2x4xf32>
  %exp = math.exp %x : tensor<2x4xf32>
  %r = scf.if %c -> tensor<2x4xf32> {
    %p = linalg.matmul ins(%a, %b : tensor<2x3xf32>, tensor<3x4xf32>) outs(%zeros : tensor<2x4xf32>) -> tensor<2x4xf32>
    %s = arith.addf %exp, %p {remat.cotangent_sum} : tensor<2x4xf32>
    %t = arith.mulf %s, %exp : tensor<2x4xf32>
    scf.yield %t : tensor<2x4xf32>
  } else {
    scf.yield %exp : tensor<2x4xf32>
  }
  return %r : tensor<2x4xf32>
}

// -----

// Slices that overlap, or leave a gap, need the zeros.

// CHECK-LABEL: func.func @negative_slices(
// CHECK:         linalg.fill
// CHECK:         tensor.insert_slice
func.func @negative_slices(%a: tensor<2x3xf32>, %b: tensor<2x3xf32>) -> tensor<2x6xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<2x6xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<2x6xf32>) -> tensor<2x6xf32>
  %first = tensor.insert_slice %a into %zeros[0, 2] [2, 3] [1, 1] : tensor<2x3xf32> into tensor<2x6xf32>
  %second = tensor.insert_slice %b into %first[0, 0] [2, 3] [1, 1] : tensor<2x3xf32> into tensor<2x6xf32>
  return %second : tensor<2x6xf32>
}
