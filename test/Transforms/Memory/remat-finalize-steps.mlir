// RUN: remat-opt %s --remat-finalize-steps | FileCheck %s

// The result that is an allocation becomes an argument; the one that updates an
// argument in place is dropped.
// CHECK-LABEL: func.func private @step_advance
// CHECK-SAME: (%{{.*}}: index, %{{.*}}: index, %[[H:.*]]: memref<4xf32>, %[[YS:.*]]: memref<9x4xf32>, %[[NEXT:.*]]: memref<4xf32>) {
func.func private @step_advance(%t: index, %pos: index, %h: memref<4xf32>, %ys: memref<9x4xf32>)
    -> (memref<4xf32>, memref<9x4xf32>) {
  // CHECK-NOT: memref.alloc
  // CHECK: linalg.exp ins(%[[H]] : memref<4xf32>) outs(%[[NEXT]] : memref<4xf32>)
  // CHECK-NEXT: return{{$}}
  %next = memref.alloc() : memref<4xf32>
  linalg.exp ins(%h : memref<4xf32>) outs(%next : memref<4xf32>)
  return %next, %ys : memref<4xf32>, memref<9x4xf32>
}
remat.chain "private" @step advance(@step_advance) carry [tensor<4xf32>]

// An argument that is passed through and a buffer that is returned twice are copied.
// CHECK-LABEL: func.func @entry
// CHECK-SAME: (%[[X:.*]]: memref<4xf32>, %[[FIRST:.*]]: memref<4xf32>, %[[SECOND:.*]]: memref<4xf32>, %[[SAME:.*]]: memref<4xf32>) {
func.func @entry(%x: memref<4xf32>) -> (memref<4xf32>, memref<4xf32>, memref<4xf32>) {
  // CHECK: linalg.exp ins(%[[X]] : memref<4xf32>) outs(%[[FIRST]] : memref<4xf32>)
  // CHECK-DAG: memref.copy %[[FIRST]], %[[SECOND]]
  // CHECK-DAG: memref.copy %[[X]], %[[SAME]]
  // CHECK: return{{$}}
  %y = memref.alloc() : memref<4xf32>
  linalg.exp ins(%x : memref<4xf32>) outs(%y : memref<4xf32>)
  return %y, %y, %x : memref<4xf32>, memref<4xf32>, memref<4xf32>
}

// The whole of a reshaped allocation still becomes the argument.
// CHECK-LABEL: func.func @reshaped
// CHECK-SAME: (%[[X:.*]]: memref<6xf32>, %[[RESULT:.*]]: memref<2x3xf32>) {
func.func @reshaped(%x: memref<6xf32>) -> memref<2x3xf32> {
  // CHECK: %[[VIEW:.*]] = memref.reinterpret_cast %[[RESULT]]
  // CHECK: linalg.exp ins(%[[X]] : memref<6xf32>) outs(%[[VIEW]] : memref<6xf32>)
  // CHECK-NOT: memref.copy
  %y = memref.alloc() : memref<6xf32>
  linalg.exp ins(%x : memref<6xf32>) outs(%y : memref<6xf32>)
  %z = memref.expand_shape %y [[0, 1]] output_shape [2, 3] : memref<6xf32> into memref<2x3xf32>
  return %z : memref<2x3xf32>
}
