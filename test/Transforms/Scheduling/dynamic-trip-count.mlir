// RUN: remat-opt %s -remat-plan-schedule=budget=50% | FileCheck %s --check-prefix=PLAN
// RUN: remat-opt %s -remat-plan-schedule=budget=50% -remat-expand-schedule -remat-plan-memory \
// RUN:   | FileCheck %s
// RUN: remat-opt %s -remat-plan-schedule=budget=50% -remat-expand-schedule -remat-plan-memory \
// RUN:     -convert-remat-to-scf | FileCheck %s --check-prefix=SCF

// A trip count that is not known: the plan, and with it every offset, is an argument.

func.func private @step(%t: index, %pos: index, %h: memref<4xf32>, %xs: memref<?x4xf32>, %new: memref<4xf32>,
                        %workspace: memref<0xi8>, %counters: memref<5xi64>) {
  return
}

// PLAN: remat.chain "private" @walk
// PLAN-SAME: loop(0)
remat.chain "private" @walk advance(@step) carry [tensor<4xf32>] workspace [0, 0, 0, 0, 0, 0, 0]

// PLAN-LABEL: func.func @run(
// PLAN-SAME: remat.problem = #remat.problem<words = [5930488988271855366,

// CHECK: memref.global "public" constant @run_problem : memref<{{[0-9]+}}xi64>
// CHECK-LABEL: func.func @run(
// CHECK-SAME: %[[COUNT:[a-z0-9]+]]: index, %[[XS:[a-z0-9]+]]: memref<?x4xf32>, %[[H0:[a-z0-9]+]]: memref<4xf32>
// CHECK-SAME: %[[ARENA:[a-z0-9]+]]: memref<?xi8>, %{{[a-z0-9]+}}: memref<?xi8>, %{{[a-z0-9]+}}: memref<?xi64>, %{{[a-z0-9]+}}: memref<?xi8>, %[[WORDS:[a-z0-9]+]]: memref<?xi64>
// CHECK: %[[WORD:.*]] = memref.load %[[WORDS]]
// CHECK: %[[OFFSET:.*]] = arith.index_cast %[[WORD]]
// CHECK: %[[STACKED:.*]] = memref.view %[[ARENA]][%[[OFFSET]]][%[[COUNT]]] : memref<?xi8> to memref<?x4xf32>
// CHECK: linalg.copy ins(%[[XS]] : memref<?x4xf32>) outs(%[[STACKED]] : memref<?x4xf32>)
// CHECK: remat.forward_sweep @walk

// CHECK-LABEL: func.func @run_counts(
// CHECK-SAME: %[[COUNT:[a-z0-9]+]]: index
// CHECK-SAME: %[[COUNTS:[a-z0-9]+]]: memref<?xi64>
// CHECK: remat.check_range %[[COUNT]] in %{{.*}} to %{{.*}}, "the trip count of 'remat.recurrence'"
// CHECK: remat.check_range %{{.*}} in %[[COUNT]] to %[[COUNT]], "scan #0 of 'remat.recurrence', in elements,"
// CHECK: %[[VALUE:.*]] = arith.index_cast %[[COUNT]] : index to i64
// CHECK: memref.store %[[VALUE]], %[[COUNTS]]

// No steps: the initial carry is the final one.
// SCF-LABEL: func.func @run(
// SCF: scf.if
// SCF: linalg.copy
// SCF: else
// SCF: scf.for
// SCF: func.call @step
func.func @run(%count: index, %xs: memref<?x4xf32>, %h0: memref<4xf32>, %hT: memref<4xf32>) {
  %copy = memref.alloc(%count) : memref<?x4xf32>
  memref.copy %xs, %copy : memref<?x4xf32> to memref<?x4xf32>
  remat.forward_sweep @walk count(%count) init(%h0 : memref<4xf32>) scan(%copy : memref<?x4xf32>)
    final(%hT : memref<4xf32>)
  return
}
