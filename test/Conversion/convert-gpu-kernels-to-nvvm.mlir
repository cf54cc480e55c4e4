// RUN: remat-opt %s --pass-pipeline='builtin.module(gpu.module(convert-gpu-kernels-to-nvvm))' | FileCheck %s

// An argument is the address of its first element; functions of math are instructions, not calls.
// CHECK-LABEL: llvm.func @scale
// CHECK-SAME:    (%[[X:.*]]: !llvm.ptr, %[[N:.*]]: i64)
// CHECK-SAME:    nvvm.kernel
// CHECK-SAME:    nvvm.maxntid = array<i32: 128, 1, 1>
// CHECK-NOT:     arith.
// CHECK-NOT:     memref.
// CHECK:         nvvm.read.ptx.sreg.tid.x
// CHECK:         llvm.load
// CHECK:         llvm.intr.fma
// CHECK:         llvm.intr.floor
// CHECK:         llvm.store
// CHECK-NOT:     llvm.call
// CHECK:         llvm.return
gpu.module @kernels {
  gpu.func @scale(%x: memref<f32, strided<[], offset: ?>>, %n: index) kernel attributes {known_block_size = array<i32: 128, 1, 1>} {
    %base, %offset = memref.extract_strided_metadata %x : memref<f32, strided<[], offset: ?>> -> memref<f32>, index
    %v = memref.reinterpret_cast %x to offset: [%offset], sizes: [%n], strides: [1]
      : memref<f32, strided<[], offset: ?>> to memref<?xf32, strided<[1], offset: ?>>
    %i = gpu.thread_id x
    %a = memref.load %v[%i] : memref<?xf32, strided<[1], offset: ?>>
    %b = math.fma %a, %a, %a : f32
    %c = math.floor %b : f32
    memref.store %c, %v[%i] : memref<?xf32, strided<[1], offset: ?>>
    gpu.return
  }
}
