// RUN: remat-opt %s --convert-check-to-runtime --split-input-file --verify-diagnostics | FileCheck %s
// RUN: remat-opt %s --one-shot-bufferize="bufferize-function-boundaries=true" --split-input-file | FileCheck %s --check-prefix=BUFFER

// CHECK: llvm.func @rematCheckIndices(!llvm.ptr, i64, i64, i64, i64, i64, i64, !llvm.ptr)
// CHECK-LABEL: func.func @on_memory(
// CHECK-SAME:    %[[INDICES:.*]]: memref<?x16xi32>, %[[LIMIT:.*]]: index)
// CHECK:         %[[POINTER:.*]] = llvm.inttoptr
// CHECK:         %[[STEPS:.*]] = arith.index_cast %{{.*}} : index to i64
// CHECK:         %[[PER_STEP:.*]] = arith.muli
// CHECK:         %[[FIRST:.*]] = arith.constant 0 : i64
// CHECK:         %[[ROWS:.*]] = arith.index_cast %[[LIMIT]] : index to i64
// CHECK-DAG:     %[[WIDTH:.*]] = arith.constant 4 : i64
// CHECK-DAG:     %[[REVERSED:.*]] = arith.constant 1 : i64
// CHECK:         llvm.call @rematCheckIndices(%[[POINTER]], %[[STEPS]], %[[PER_STEP]], %[[ROWS]], %[[WIDTH]], %[[FIRST]], %[[REVERSED]], %{{.*}})
func.func @on_memory(%indices: memref<?x16xi32>, %limit: index) {
  remat.check_indices %indices per_step reversed below %limit : memref<?x16xi32>
  return
}

// -----

// CHECK-LABEL: func.func @in_step(
// CHECK-SAME:    %{{.*}}: memref<i64>, %{{.*}}: index, %[[STEP:.*]]: index)
// CHECK:         %[[NUMBER:.*]] = arith.index_cast %[[STEP]] : index to i64
// CHECK:         llvm.call @rematCheckIndices({{.*}}, %[[NUMBER]], %{{.*}}, %{{.*}})
func.func @in_step(%index: memref<i64>, %limit: index, %t: index) {
  remat.check_indices %index at(%t) below %limit : memref<i64>
  return
}

// -----

// A slice that is not contiguous is copied.

// BUFFER-LABEL: func.func @slice(
// BUFFER:         %[[PART:.*]] = memref.subview
// BUFFER:         %[[COPY:.*]] = memref.alloc() : memref<4x8xi64>
// BUFFER:         memref.copy %[[PART]], %[[COPY]]
// BUFFER:         remat.check_indices %[[COPY]] below %{{.*}} : memref<4x8xi64>
func.func @slice(%indices: tensor<4x16xi64>, %limit: index) {
  %part = tensor.extract_slice %indices[0, 0] [4, 8] [1, 1] : tensor<4x16xi64> to tensor<4x8xi64>
  // expected-error @+1 {{'remat.check_indices' op expects its indices in memory, but got 'tensor<4x8xi64>'}}
  remat.check_indices %part below %limit : tensor<4x8xi64>
  return
}

// -----

// CHECK-DAG:   llvm.mlir.global internal constant @[[WHAT:.*]]("the size\00")
// CHECK-DAG:   llvm.mlir.global internal constant @[[PLACE:.*]](" ({{.*}}convert-check-to-runtime.mlir:{{[0-9]+}})\00")
// CHECK-LABEL: func.func @range(
// CHECK:         llvm.call @rematCheckRange(
func.func @range(%n: index, %most: index, %t: index) {
  remat.check_range %n in %most to %most at(%t), "the size"
  return
}

// What the device executes is left to its target.
// CHECK-LABEL: func @on_device
// CHECK-NOT:     llvm.call
// CHECK:         remat.on_device
// CHECK-NEXT:      remat.check_range
// CHECK:         return
func.func @on_device(%n: index, %m: index) {
  remat.on_device {
    remat.check_range %n in %m to %m, "extent"
  }
  return
}
