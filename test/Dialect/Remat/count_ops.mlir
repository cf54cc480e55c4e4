// RUN: remat-opt %s | remat-opt | FileCheck %s
// RUN: remat-opt %s -mlir-print-op-generic | remat-opt | FileCheck %s
// RUN: remat-opt %s -mlir-print-op-generic | FileCheck %s --check-prefix=GENERIC
// RUN: remat-opt %s --canonicalize --cse --loop-invariant-code-motion --canonicalize | FileCheck %s

// What is counted, by name and number. No pass takes a count away, makes two of them one, or moves one out of a loop.

// CHECK-LABEL: func.func private @step
// CHECK-SAME:    %[[COUNTERS:.*]]: memref<5xi64>
func.func private @step(%counters: memref<5xi64>) {
  // CHECK-NEXT: remat.count advance in %[[COUNTERS]] : memref<5xi64>
  // CHECK-NEXT: remat.count advance in %[[COUNTERS]] : memref<5xi64>
  // CHECK-NEXT: remat.count advance_again in %[[COUNTERS]] : memref<5xi64>
  // CHECK-NEXT: remat.count record in %[[COUNTERS]] : memref<5xi64>
  // CHECK-NEXT: remat.count record_again in %[[COUNTERS]] : memref<5xi64>
  // CHECK-NEXT: remat.count reverse in %[[COUNTERS]] : memref<5xi64>
  // GENERIC: "remat.count"(%{{.*}}) <{counter = 0 : i64}> : (memref<5xi64>) -> ()
  // GENERIC: "remat.count"(%{{.*}}) <{counter = 4 : i64}> : (memref<5xi64>) -> ()
  remat.count advance in %counters : memref<5xi64>
  remat.count advance in %counters : memref<5xi64>
  remat.count advance_again in %counters : memref<5xi64>
  remat.count record in %counters : memref<5xi64>
  remat.count record_again in %counters : memref<5xi64>
  remat.count reverse in %counters : memref<5xi64>
  return
}

// CHECK-LABEL: func.func @entry
// CHECK-SAME:    %[[COUNTERS:.*]]: memref<?xi64>
func.func @entry(%counters: memref<?xi64>, %steps: index) -> i64 {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  // CHECK: remat.reset_counters %[[COUNTERS]] : memref<?xi64>
  // CHECK-NEXT: scf.for
  // CHECK-NEXT:   remat.count reverse in %[[COUNTERS]] : memref<?xi64>
  // CHECK-NEXT: }
  // CHECK-NEXT: memref.load %[[COUNTERS]]
  remat.reset_counters %counters : memref<?xi64>
  scf.for %step = %zero to %steps step %one {
    remat.count reverse in %counters : memref<?xi64>
  }
  %first = memref.load %counters[%zero] : memref<?xi64>
  return %first : i64
}
