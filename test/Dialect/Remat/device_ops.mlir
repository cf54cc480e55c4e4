// RUN: remat-opt %s | remat-opt | FileCheck %s
// RUN: remat-opt %s -mlir-print-op-generic | remat-opt | FileCheck %s

// CHECK-LABEL: func.func @where_masked
func.func @where_masked(%mask: memref<1000xi1>, %step: index, %new: memref<16xf32>, %old: memref<16xf32>) {
  // CHECK: remat.on_device {
  // CHECK-NEXT: %[[FLAG:.*]] = memref.load
  // CHECK-NEXT: scf.if %[[FLAG]] {
  remat.on_device {
    %flag = memref.load %mask[%step] : memref<1000xi1>
    scf.if %flag {
      linalg.copy ins(%new : memref<16xf32>) outs(%old : memref<16xf32>)
    }
  }
  // CHECK: remat.on_device attributes {note} {
  // CHECK-NEXT: }
  remat.on_device attributes {note} {
  }
  return
}

