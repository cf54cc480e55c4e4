// RUN: remat-opt %s --remat-outline-kernels | FileCheck %s

// A buffer and a view share one kernel; an op that occurs once stays where it is.

// CHECK:       func.func private @remat_kernel(
// CHECK-SAME:    memref<16x32xf32, strided<[32, 1], offset: ?>>
// CHECK-NEXT:    linalg.matmul
// CHECK-NOT:   func.func private

// CHECK-LABEL: func @first
// CHECK:         call @remat_kernel
// CHECK-NOT:     linalg.matmul
func.func @first(%x: memref<16x32xf32>, %w: memref<32x64xf32>, %z: memref<16x64xf32>) {
  linalg.matmul ins(%x, %w : memref<16x32xf32>, memref<32x64xf32>) outs(%z : memref<16x64xf32>)
  return
}

// CHECK-LABEL: func @second
// CHECK:         %[[CAST:.*]] = memref.cast %{{.*}} : memref<16x32xf32, strided<[32, 1], offset: 512>>
// CHECK:         call @remat_kernel(%[[CAST]]
// CHECK:         linalg.matmul {{.*}} outs(%{{.*}} : memref<16x8xf32>)
func.func @second(%xs: memref<4x16x32xf32>, %w: memref<32x64xf32>, %z: memref<16x64xf32>, %v: memref<32x8xf32>,
                  %u: memref<16x8xf32>) {
  %x = memref.subview %xs[1, 0, 0] [1, 16, 32] [1, 1, 1]
      : memref<4x16x32xf32> to memref<16x32xf32, strided<[32, 1], offset: 512>>
  linalg.matmul ins(%x, %w : memref<16x32xf32, strided<[32, 1], offset: 512>>, memref<32x64xf32>)
                outs(%z : memref<16x64xf32>)
  linalg.matmul ins(%x, %v : memref<16x32xf32, strided<[32, 1], offset: 512>>, memref<32x8xf32>)
                outs(%u : memref<16x8xf32>)
  return
}

// Small elementwise ops are not worth a call.
// CHECK-LABEL: func @small
// CHECK-NOT:     call
func.func @small(%x: memref<16xf32>, %y: memref<16xf32>) {
  linalg.negf ins(%x : memref<16xf32>) outs(%y : memref<16xf32>)
  linalg.negf ins(%x : memref<16xf32>) outs(%y : memref<16xf32>)
  return
}
