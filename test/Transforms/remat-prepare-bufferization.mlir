// RUN: remat-opt %s --remat-prepare-bufferization | FileCheck %s

// Bufferization takes an init that no body reads as overwritten. Where a part of it
// stays, the body reads it.

#id = affine_map<(i) -> (i)>

// CHECK-LABEL: func.func @diagonal
// CHECK:       ^bb0(%[[NEW:.*]]: f32, %[[OLD:.*]]: f32):
// CHECK:         %[[TRUE:.*]] = arith.constant true
// CHECK:         %[[VALUE:.*]] = arith.select %[[TRUE]], %[[NEW]], %[[OLD]] : f32
// CHECK:         linalg.yield %[[VALUE]]
func.func @diagonal(%x: tensor<4xf32>, %y: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %v = linalg.generic {indexing_maps = [#id, affine_map<(i) -> (i, i)>], iterator_types = ["parallel"]}
      ins(%x : tensor<4xf32>) outs(%y : tensor<4x4xf32>) {
  ^bb0(%new: f32, %old: f32):
    linalg.yield %new : f32
  } -> tensor<4x4xf32>
  return %v : tensor<4x4xf32>
}

// CHECK-LABEL: func.func @row
// CHECK:         arith.select
func.func @row(%x: tensor<4xf32>, %y: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %v = linalg.generic {indexing_maps = [#id, affine_map<(i) -> (1, i)>], iterator_types = ["parallel"]}
      ins(%x : tensor<4xf32>) outs(%y : tensor<2x4xf32>) {
  ^bb0(%new: f32, %old: f32):
    linalg.yield %new : f32
  } -> tensor<2x4xf32>
  return %v : tensor<2x4xf32>
}

// The last column, if there is one.
// CHECK-LABEL: func.func @no_columns
// CHECK:         arith.select
func.func @no_columns(%x: tensor<4x?xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %v = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>],
                       iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x?xf32>) outs(%y : tensor<4xf32>) {
  ^bb0(%new: f32, %old: f32):
    linalg.yield %new : f32
  } -> tensor<4xf32>
  return %v : tensor<4xf32>
}

// Nothing is kept of these, or it is read already.
// CHECK-LABEL: func.func @negative_everything
// CHECK-NOT:     arith.select
// CHECK:         return
func.func @negative_everything(%x: tensor<4xf32>, %y: tensor<1x4xf32>, %z: tensor<4x4xf32>, %w: tensor<4x2xf32>)
    -> (tensor<1x4xf32>, tensor<4x4xf32>, tensor<4x2xf32>) {
  %v:2 = linalg.generic {indexing_maps = [#id, affine_map<(i) -> (0, i)>, affine_map<(i) -> (i, i)>], iterator_types = ["parallel"]}
      ins(%x : tensor<4xf32>) outs(%y, %z : tensor<1x4xf32>, tensor<4x4xf32>) {
  ^bb0(%new: f32, %first: f32, %second: f32):
    %sum = arith.addf %new, %second : f32
    linalg.yield %new, %sum : f32, f32
  } -> (tensor<1x4xf32>, tensor<4x4xf32>)
  %turned = linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i)>, affine_map<(i, j, k) -> (j, i)>, affine_map<(i, j, k) -> (i, k)>],
                            iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%x, %z : tensor<4xf32>, tensor<4x4xf32>) outs(%w : tensor<4x2xf32>) {
  ^bb0(%a: f32, %b: f32, %old: f32):
    linalg.yield %a : f32
  } -> tensor<4x2xf32>
  return %v#0, %v#1, %turned : tensor<1x4xf32>, tensor<4x4xf32>, tensor<4x2xf32>
}
