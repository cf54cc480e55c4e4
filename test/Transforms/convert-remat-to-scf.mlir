// RUN: remat-opt %S/Inputs/planned-chain.mlir --remat-plan-schedule=budget=50%% --remat-expand-schedule \
// RUN:   | FileCheck %s --check-prefix=EXPANDED
// RUN: remat-opt %S/Inputs/planned-chain.mlir --remat-plan-schedule=budget=50%% --remat-expand-schedule \
// RUN:   --remat-plan-memory --convert-remat-to-scf | FileCheck %s
// RUN: not remat-opt %S/Inputs/planned-chain.mlir --convert-remat-to-scf 2>&1 | FileCheck %s --check-prefix=EARLY

// The table is a constant; both sweeps follow it.
// EXPANDED: memref.global "private" constant @walk_table
// EXPANDED: remat.forward_sweep @walk
// EXPANDED: remat.walk @walk_table
// EXPANDED: remat.backward_sweep @walk
// EXPANDED: remat.walk @walk_table

// The switch yields nothing: what the loops carry lies in the arena.
// CHECK-LABEL: func.func @gradient
// CHECK-SAME: %[[ARENA:[a-z0-9]+]]: memref<?xi8>, %{{[a-z0-9]+}}: memref<?xi8>, %{{[a-z0-9]+}}: memref<?xi64>)
// CHECK: call @rematWalkBegin
// CHECK: scf.while : () -> i64
// CHECK: %[[KIND:.*]] = func.call @rematWalkNext
// CHECK: scf.condition
// CHECK: scf.index_switch %{{.*}}{{$}}
// CHECK: func.call @walk_forward
// CHECK: func.call @walk_record
// CHECK: linalg.copy
// CHECK: scf.while : () -> i64
// CHECK: func.call @walk_forward
// CHECK: func.call @walk_record
// CHECK: func.call @walk_reverse
// CHECK: func.call @walk_resume
// CHECK-NOT: remat.

// EARLY: error: 'remat.forward_sweep' op expects
