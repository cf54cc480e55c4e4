// RUN: remat-opt %s --remat-assign-workspace | FileCheck %s

// Temporaries that are not in use at the same time share memory; each function
// counts its own calls; what is copied is noted.
// CHECK-LABEL: func.func private @step_advance
// CHECK-SAME: %[[H:[a-z0-9]+]]: memref<20xf32>, %[[NEXT:[a-z0-9]+]]: memref<20xf32>, %[[WORKSPACE:[a-z0-9]+]]: memref<256xi8>, %[[COUNTERS:[a-z0-9]+]]: memref<5xi64>) {
func.func private @step_advance(%t: index, %pos: index, %h: memref<20xf32>, %next: memref<20xf32>) {
  // CHECK-DAG: %[[ZERO:.*]] = arith.constant 0 : index
  // CHECK-DAG: %[[ONE:.*]] = arith.constant 1 : i64
  // CHECK: %[[OLD:.*]] = memref.load %[[COUNTERS]][%[[ZERO]]]
  // CHECK: %[[NEW:.*]] = arith.addi %[[OLD]], %[[ONE]]
  // CHECK: memref.store %[[NEW]], %[[COUNTERS]][%[[ZERO]]]
  // CHECK: %[[AT0:.*]] = arith.constant 0 : index
  // CHECK: %[[A:.*]] = memref.view %[[WORKSPACE]][%[[AT0]]][]
  // CHECK: %[[AT128:.*]] = arith.constant 128 : index
  // CHECK: %[[B:.*]] = memref.view %[[WORKSPACE]][%[[AT128]]][]
  // CHECK: %[[AGAIN:.*]] = arith.constant 0 : index
  // CHECK: %[[C:.*]] = memref.view %[[WORKSPACE]][%[[AGAIN]]][]
  %a = memref.alloc() : memref<20xf32>
  %b = memref.alloc() : memref<20xf32>
  %c = memref.alloc() : memref<20xf32>
  linalg.exp ins(%h : memref<20xf32>) outs(%a : memref<20xf32>)
  linalg.exp ins(%a : memref<20xf32>) outs(%b : memref<20xf32>)
  linalg.exp ins(%b : memref<20xf32>) outs(%c : memref<20xf32>)
  // CHECK: linalg.copy ins(%[[C]] : memref<20xf32>) outs(%[[NEXT]] : memref<20xf32>)
  memref.copy %c, %next : memref<20xf32> to memref<20xf32>
  return
}

// CHECK: remat.chain "private" @step {{.*}} workspace [256, 0, 0, 0, 0, 0] copies [80, 0, 0, 0, 0, 0]
remat.chain "private" @step advance(@step_advance) carry [tensor<20xf32>]
