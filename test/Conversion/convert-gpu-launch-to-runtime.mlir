// RUN: remat-opt %s --convert-gpu-launch-to-runtime --split-input-file | FileCheck %s

// One place for the parameters of all launches, the call handed down, kernels by number.
// CHECK: llvm.mlir.global external constant @f_code() {{.*}} : !llvm.struct<(ptr, ptr, i32)>
// CHECK:   %[[IMAGE:.*]] = llvm.mlir.addressof @[[IMAGENAME:.*]] :
// CHECK:   %[[NAMES:.*]] = llvm.mlir.addressof @remat_kernel_names
// CHECK:   %[[NUMBER:.*]] = llvm.mlir.constant(2 : i32)
// CHECK: llvm.mlir.global internal constant @remat_kernel_names() {{.*}} : !llvm.array<2 x ptr>
// CHECK-DAG: llvm.mlir.global internal constant @[[IMAGENAME]]("// the code\00")
// CHECK-DAG: llvm.mlir.global internal constant @{{.*}}("copy\00")
// CHECK-DAG: llvm.mlir.global internal constant @{{.*}}("fill\00")
// CHECK-NOT: gpu.
// CHECK: func.func private @step(%[[X:.*]]: memref<16xf32, strided<[1], offset: ?>>, %[[S:.*]]: f32, %[[N:.*]]: index, %[[CALL:.*]]: !llvm.ptr)
// CHECK:   %[[COUNT:.*]] = llvm.mlir.constant(4 : i64)
// CHECK:   %[[WORDS:.*]] = llvm.alloca %[[COUNT]] x i64
// CHECK:   %[[POINTERS:.*]] = llvm.getelementptr %[[WORDS]][2]
// CHECK:   %[[WORD0:.*]] = llvm.getelementptr %[[WORDS]][0]
// CHECK:   %[[POINTER0:.*]] = llvm.getelementptr %[[POINTERS]][0]
// CHECK:   llvm.store %[[WORD0]], %[[POINTER0]]
// CHECK:   ^bb1:
// CHECK-NOT: llvm.alloca
// CHECK:   %[[ALIGNED:.*]] = memref.extract_aligned_pointer_as_index %[[X]]
// CHECK:   %{{.*}}, %[[OFFSET:.*]], %{{.*}}, %{{.*}} = memref.extract_strided_metadata %[[X]]
// CHECK:   %[[BEGIN:.*]] = arith.muli %[[OFFSET]], %{{.*}}
// CHECK:   %[[ADDRESS:.*]] = arith.addi %[[ALIGNED]], %[[BEGIN]]
// CHECK:   %[[WORD:.*]] = arith.index_cast %[[ADDRESS]] : index to i64
// CHECK:   llvm.store %[[WORD]], %{{.*}} : i64
// CHECK:   llvm.store %[[S]], %{{.*}} : f32
// CHECK:   %[[FIRST:.*]] = arith.constant 0 : i32
// CHECK:   llvm.call @rematCudaLaunch(%[[CALL]], %[[FIRST]], %{{.*}}, %{{.*}}, %[[POINTERS]])
// CHECK:   %[[SECOND:.*]] = arith.constant 1 : i32
// CHECK:   llvm.call @rematCudaLaunch(%[[CALL]], %[[SECOND]]
// CHECK: func.func @f(%{{.*}}: memref<16xf32, strided<[1], offset: ?>>, %{{.*}}: f32, %{{.*}}: index, %[[CALLOFF:.*]]: !llvm.ptr)
// CHECK:   call @step(%{{.*}}, %{{.*}}, %{{.*}}, %[[CALLOFF]])
// CHECK: func.func @counts(%{{.*}}: index) {
module attributes {gpu.container_module} {
  gpu.binary @remat_kernels [#gpu.object<#nvvm.target, assembly = "// the code">]
  func.func private @step(%x: memref<16xf32, strided<[1], offset: ?>>, %s: f32, %n: index) {
    %c1 = arith.constant 1 : index
    %c128 = arith.constant 128 : index
    cf.br ^bb1
  ^bb1:
    gpu.launch_func @remat_kernels::@fill blocks in (%n, %c1, %c1) threads in (%c128, %c1, %c1)
      args(%x : memref<16xf32, strided<[1], offset: ?>>, %s : f32)
    gpu.launch_func @remat_kernels::@copy blocks in (%c1, %c1, %c1) threads in (%c128, %c1, %c1)
      args(%n : index)
    return
  }
  func.func @f(%x: memref<16xf32, strided<[1], offset: ?>>, %s: f32, %n: index) {
    call @step(%x, %s, %n) : (memref<16xf32, strided<[1], offset: ?>>, f32, index) -> ()
    return
  }
  func.func @counts(%n: index) {
    return
  }
}

// -----

// A walk ends when the call has failed.
// CHECK-LABEL: func.func @walk
// CHECK-SAME: %[[CALL:[a-z0-9]*]]: !llvm.ptr)
// CHECK:   %[[KIND:.*]] = call @rematWalkNext
// CHECK:   %[[MORE:.*]] = arith.cmpi ne, %[[KIND]]
// CHECK:   %[[FAILED:.*]] = llvm.call @rematCudaHasFailed(%[[CALL]])
// CHECK:   %[[WORKS:.*]] = arith.cmpi eq, %[[FAILED]]
// CHECK:   %[[BOTH:.*]] = arith.andi %[[MORE]], %[[WORKS]]
// CHECK:   cf.cond_br %[[BOTH]]
module attributes {gpu.container_module} {
  gpu.binary @remat_kernels [#gpu.object<#nvvm.target, assembly = "">]
  func.func private @rematWalkNext(i64, i64) -> i64
  func.func @walk(%walk: i64, %move: i64) {
    %c1 = arith.constant 1 : index
    %end = arith.constant 6 : i64
    cf.br ^next
  ^next:
    %kind = call @rematWalkNext(%walk, %move) : (i64, i64) -> i64
    %more = arith.cmpi ne, %kind, %end : i64
    cf.cond_br %more, ^body, ^done
  ^body:
    gpu.launch_func @remat_kernels::@count blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
    cf.br ^next
  ^done:
    return
  }
}

// -----

// Kernels that nobody launches are nothing.
// CHECK-LABEL: module
// CHECK-NOT: gpu
// CHECK-NOT: llvm.mlir.global
// CHECK: func.func @none() {
module attributes {gpu.container_module} {
  gpu.binary @remat_kernels [#gpu.object<#nvvm.target, assembly = "">]
  func.func @none() {
    return
  }
}
