// RUN: remat-opt %s --remat-plan-schedule=budget=1536 --remat-expand-schedule=expansion=unrolled --remat-plan-memory \
// RUN:   --convert-remat-to-scf --canonicalize --cse | FileCheck %s
// RUN: remat-opt %s --remat-plan-schedule --remat-expand-schedule=expansion=unrolled --remat-plan-memory \
// RUN:   --convert-remat-to-scf --canonicalize --cse | FileCheck %s --check-prefix=ALL
// RUN: remat-opt %s --remat-plan-schedule=budget=1536 --remat-expand-schedule --remat-plan-memory \
// RUN:   --convert-remat-to-scf --canonicalize --cse | FileCheck %s --check-prefix=TABLE

// Where the core has a carry that is a component of the tape: h, of 128 bytes, is, behind
// a value of 192 bytes that steps compute; g, of 64 bytes, is not and is not read for the
// tape either.
func.func private @forward(%t: index, %pos: index, %g: memref<16xf32>, %h: memref<32xf32>, %next_g: memref<16xf32>,
                           %next_h: memref<32xf32>, %workspace: memref<0xi8>, %counters: memref<5xi64>) {
  linalg.exp ins(%g : memref<16xf32>) outs(%next_g : memref<16xf32>)
  linalg.exp ins(%h : memref<32xf32>) outs(%next_h : memref<32xf32>)
  return
}
func.func private @record(%t: index, %pos: index, %g: memref<16xf32>, %h: memref<32xf32>, %next_g: memref<16xf32>,
                          %next_h: memref<32xf32>, %tape: memref<48xf32>, %workspace: memref<0xi8>,
                          %counters: memref<5xi64>) {
  linalg.exp ins(%g : memref<16xf32>) outs(%next_g : memref<16xf32>)
  linalg.exp ins(%h : memref<32xf32>) outs(%next_h : memref<32xf32>)
  return
}
func.func private @linearize(%t: index, %pos: index, %g: memref<16xf32>, %h: memref<32xf32>, %tape: memref<48xf32>,
                             %workspace: memref<0xi8>, %counters: memref<5xi64>) {
  return
}
func.func private @reverse(%t: index, %pos: index, %tape: memref<48xf32>, %h: memref<32xf32>, %workspace: memref<0xi8>,
                           %counters: memref<5xi64>) {
  return
}
remat.chain "private" @walk advance(@forward) record(@record) linearize(@linearize) reverse(@reverse)
  carry [tensor<16xf32>, tensor<32xf32>] tape [tensor<48xf32>, tensor<32xf32>] tape_carries [-1, 1]
  workspace [0, 0, 0, 0, 0, 0, 0]
func.func @gradient(%g0: memref<16xf32>, %h0: memref<32xf32>, %g: memref<16xf32>, %h: memref<32xf32>) {
  %count = arith.constant 3 : index
  %history = remat.forward_sweep @walk count(%count) init(%g0, %h0 : memref<16xf32>, memref<32xf32>)
    final(%g, %h : memref<16xf32>, memref<32xf32>) history !remat.history
  remat.backward_sweep @walk history(%history) count(%count) init(%g0, %h0 : memref<16xf32>, memref<32xf32>)
  return
}

// In the smallest budget the last step finds its state in core state 1, so both carries come
// to core state 0, as `record` reads both; the final ones go where the program wants them.
// CHECK-LABEL: func.func @gradient
// CHECK-SAME: %[[G0:[a-z0-9]+]]: memref<16xf32>, %[[H0:[a-z0-9]+]]: memref<32xf32>, %[[G:[a-z0-9]+]]: memref<16xf32>, %[[H:[a-z0-9]+]]: memref<32xf32>, %[[ARENA:[a-z0-9]+]]: memref<?xi8>
// CHECK-DAG: %[[CORE_G:.*]] = memref.view %[[ARENA]][%c128][] : memref<?xi8> to memref<16xf32>
// CHECK-DAG: %[[CORE_H:.*]] = memref.view %[[ARENA]][%c0][] : memref<?xi8> to memref<32xf32>
// CHECK: call @forward(%c0, %c0, %[[G0]], %[[H0]], %[[CORE_G]], %[[CORE_H]],
// CHECK: call @forward(%c1, %c1, %[[CORE_G]], %[[CORE_H]], %[[OTHER_G:[a-z0-9_]+]], %[[OTHER_H:[a-z0-9_]+]],
// Core state 1 lies where the tape comes to lie.
// CHECK: %[[TAPE:.*]] = memref.view %[[ARENA]][%c192][] : memref<?xi8> to memref<48xf32>
// CHECK: linalg.copy ins(%[[OTHER_G]] : memref<16xf32>) outs(%[[CORE_G]] : memref<16xf32>)
// CHECK-NEXT: linalg.copy ins(%[[OTHER_H]] : memref<32xf32>) outs(%[[CORE_H]] : memref<32xf32>)
// CHECK-NEXT: call @record(%c2, %c2, %[[CORE_G]], %[[CORE_H]], %[[G]], %[[H]], %[[TAPE]],
// CHECK-NEXT: call @reverse(%c2, %c2, %[[TAPE]], %[[CORE_H]],
// The state of step 2 is in core state 0: nothing is copied. Of the initial one h is.
// CHECK-NEXT: call @forward(%c0, %c0, %[[G0]], %[[H0]], %[[CORE_G]], %[[CORE_H]],
// CHECK-NEXT: call @linearize(%c1, %c1, %[[CORE_G]], %[[CORE_H]], %[[TAPE]],
// CHECK-NEXT: call @reverse(%c1, %c1, %[[TAPE]], %[[CORE_H]],
// CHECK-NEXT: linalg.copy ins(%[[H0]] : memref<32xf32>) outs(%[[CORE_H]] : memref<32xf32>)
// CHECK-NEXT: call @linearize(%c0, %c0, %[[CORE_G]], %[[CORE_H]], %[[TAPE]],
// CHECK-NEXT: call @reverse(%c0, %c0, %[[TAPE]], %[[CORE_H]],
// CHECK-NEXT: return

// A tape in a slot is whole: h is copied there.
// ALL-LABEL: func.func @gradient
// ALL-SAME: %[[G0:[a-z0-9]+]]: memref<16xf32>, %[[H0:[a-z0-9]+]]: memref<32xf32>
// ALL: linalg.copy ins(%[[H0]] : memref<32xf32>) outs(%[[H1:[a-z0-9_]+]] : memref<32xf32>)
// ALL: call @record(%c0, %c0, %[[G0]], %[[H0]], %{{[a-z0-9_]+}}, %{{[a-z0-9_]+}}, %[[TAPE1:[a-z0-9_]+]],
// ALL: call @reverse(%c0, %c0, %[[TAPE1]], %[[H1]],

// With a table the place of the tape chooses the function, and that of the state whether
// it is copied.
// TABLE: scf.while
// TABLE: scf.while
// TABLE: scf.if
// TABLE-NEXT: arith.cmpi
// TABLE-NEXT: scf.if
// TABLE-NEXT: linalg.copy ins(%{{.*}} : memref<32xf32>)
// TABLE-NEXT: }
// TABLE: func.call @linearize
// TABLE: } else {
// TABLE-NEXT: linalg.copy ins(%{{.*}} : memref<32xf32>)
// TABLE: func.call @record
