// RUN: remat-opt %s -pass-pipeline="builtin.module(func.func(remat-forward-copies))" | FileCheck %s

// A temporary that is only copied is computed in its place.

// CHECK-LABEL: func.func @forwarded
// CHECK-SAME: (%[[X:.*]]: memref<4xf32>, %[[Y:.*]]: memref<4xf32>)
// CHECK-NOT: memref.alloc
// CHECK: linalg.exp ins(%[[X]] : memref<4xf32>) outs(%[[Y]] : memref<4xf32>)
// CHECK-NOT: memref.copy
func.func @forwarded(%x: memref<4xf32>, %y: memref<4xf32>) {
  %temporary = memref.alloc() : memref<4xf32>
  linalg.exp ins(%x : memref<4xf32>) outs(%temporary : memref<4xf32>)
  memref.copy %temporary, %y : memref<4xf32> to memref<4xf32>
  return
}

// A structured operation in between reads the place: its old value is needed until
// the copy. Linalg operations have a region, but more effects than what is in it.

// CHECK-LABEL: func.func @read_in_between
// CHECK: %[[TEMPORARY:.*]] = memref.alloc
// CHECK: linalg.matmul ins(%{{.*}}, %{{.*}}) outs(%[[TEMPORARY]]
// CHECK: memref.copy %[[TEMPORARY]]
func.func @read_in_between(%x: memref<4x4xf32>, %w: memref<4x4xf32>, %state: memref<4x4xf32>) {
  %temporary = memref.alloc() : memref<4x4xf32>
  linalg.exp ins(%x : memref<4x4xf32>) outs(%temporary : memref<4x4xf32>)
  linalg.matmul ins(%state, %w : memref<4x4xf32>, memref<4x4xf32>) outs(%temporary : memref<4x4xf32>)
  memref.copy %temporary, %state : memref<4x4xf32> to memref<4x4xf32>
  return
}

// Nothing is written to a place before it is checked.
// CHECK-LABEL: func.func @negative_checked
// CHECK:         memref.alloc
// CHECK:         linalg.fill
// CHECK:         remat.check_range
// CHECK:         memref.subview
// CHECK:         memref.copy
func.func @negative_checked(%x: memref<8xf32>, %i: index, %least: index, %most: index, %v: f32) {
  %alloc = memref.alloc() : memref<4xf32>
  linalg.fill ins(%v : f32) outs(%alloc : memref<4xf32>)
  remat.check_range %i in %least to %most, "the offset"
  %part = memref.subview %x[%i] [4] [1] : memref<8xf32> to memref<4xf32, strided<[1], offset: ?>>
  memref.copy %alloc, %part : memref<4xf32> to memref<4xf32, strided<[1], offset: ?>>
  return
}
