// RUN: remat-opt %s -remat-forward-copies -split-input-file | FileCheck %s

// A value that is copied once it is complete is computed in its place.
// CHECK-LABEL: func.func @computed_in_place(
// CHECK-SAME:    %[[X:[^:]*]]: memref<4xf32>, %[[TARGET:[^:]*]]: memref<4xf32>
// CHECK-NOT:     memref.alloc
// CHECK:         linalg.exp ins(%[[X]] : memref<4xf32>) outs(%[[TARGET]] : memref<4xf32>)
// CHECK-NOT:     memref.copy
// CHECK:         return
func.func @computed_in_place(%x: memref<4xf32>, %target: memref<4xf32>) {
  %new = memref.alloc() : memref<4xf32>
  linalg.exp ins(%x : memref<4xf32>) outs(%new : memref<4xf32>)
  memref.copy %new, %target : memref<4xf32> to memref<4xf32>
  return
}

// -----

// The old state is still read when the new one is begun: linalg operations have
// effects of their own beside those of their region.
// CHECK-LABEL: func.func @negative_target_still_read(
// CHECK:         %[[NEW:.*]] = memref.alloc()
// CHECK:         linalg.matmul {{.*}} outs(%[[NEW]] : memref<4x4xf32>)
// CHECK:         memref.copy %[[NEW]]
func.func @negative_target_still_read(%w: memref<4x4xf32>, %b: memref<4xf32>, %h: memref<4x4xf32>) {
  %new = memref.alloc() : memref<4x4xf32>
  linalg.broadcast ins(%b : memref<4xf32>) outs(%new : memref<4x4xf32>) dimensions = [0]
  linalg.matmul ins(%h, %w : memref<4x4xf32>, memref<4x4xf32>) outs(%new : memref<4x4xf32>)
  memref.copy %new, %h : memref<4x4xf32> to memref<4x4xf32>
  return
}
