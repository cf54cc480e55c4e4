// RUN: remat-opt %s --convert-count-to-memory | FileCheck %s

// CHECK-LABEL: func.func private @step
// CHECK-SAME:    %[[COUNTERS:.*]]: memref<5xi64>
// CHECK-DAG:     %[[INDEX:.*]] = arith.constant 3 : index
// CHECK-DAG:     %[[ONE:.*]] = arith.constant 1 : i64
// CHECK:         %[[OLD:.*]] = memref.load %[[COUNTERS]][%[[INDEX]]]
// CHECK:         %[[NEW:.*]] = arith.addi %[[OLD]], %[[ONE]]
// CHECK:         memref.store %[[NEW]], %[[COUNTERS]][%[[INDEX]]]
// CHECK-NEXT:    return
func.func private @step(%counters: memref<5xi64>) {
  remat.count record_again in %counters : memref<5xi64>
  return
}

// All of them, once each.
// CHECK-LABEL: func.func @entry
// CHECK-SAME:    %[[COUNTERS:.*]]: memref<?xi64>
// CHECK:         %[[FIRST:.*]] = arith.constant 0 : index
// CHECK:         memref.store %{{.*}}, %[[COUNTERS]][%[[FIRST]]]
// CHECK:         %[[SECOND:.*]] = arith.constant 1 : index
// CHECK:         memref.store %{{.*}}, %[[COUNTERS]][%[[SECOND]]]
// CHECK:         %[[THIRD:.*]] = arith.constant 2 : index
// CHECK:         memref.store %{{.*}}, %[[COUNTERS]][%[[THIRD]]]
// CHECK:         %[[FOURTH:.*]] = arith.constant 3 : index
// CHECK:         memref.store %{{.*}}, %[[COUNTERS]][%[[FOURTH]]]
// CHECK:         %[[FIFTH:.*]] = arith.constant 4 : index
// CHECK:         memref.store %{{.*}}, %[[COUNTERS]][%[[FIFTH]]]
// CHECK-NEXT:    return
func.func @entry(%counters: memref<?xi64>) {
  remat.reset_counters %counters : memref<?xi64>
  return
}
