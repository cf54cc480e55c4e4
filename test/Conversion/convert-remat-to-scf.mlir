// RUN: remat-opt %S/../Transforms/Inputs/planned-chain.mlir --remat-plan-schedule=budget=50%% --remat-expand-schedule \
// RUN:   | FileCheck %s --check-prefix=EXPANDED
// RUN: remat-opt %S/../Transforms/Inputs/planned-chain.mlir --remat-plan-schedule=budget=50%% --remat-expand-schedule \
// RUN:   --remat-plan-memory --convert-remat-to-scf | FileCheck %s
// RUN: sed -e 's/constant 40/constant 5/' -e 's/@walk advance/@walk reversed advance/' %S/../Transforms/Inputs/planned-chain.mlir \
// RUN:   | remat-opt --remat-plan-schedule=budget=1792 --remat-expand-schedule=expansion=unrolled \
// RUN:     --remat-plan-memory --convert-remat-to-scf -o %t.mlir
// RUN: FileCheck %s --check-prefix=FOLDED --input-file=%t.mlir
// RUN: remat-opt %t.mlir --canonicalize --cse | FileCheck %s --check-prefix=UNROLLED
// RUN: sed -e 's/constant 40/constant 5/' -e 's/%h0: memref<16xf32>/%h0: f32/' -e 's/init(%h0 : memref<16xf32>)/init(%h0 : f32)/' \
// RUN:   %S/../Transforms/Inputs/planned-chain.mlir > %t.number.mlir
// RUN: remat-opt %t.number.mlir --remat-plan-schedule=budget=1792 --remat-expand-schedule=expansion=unrolled \
// RUN:     --remat-plan-memory --convert-remat-to-scf --canonicalize --cse | FileCheck %s --check-prefix=NUMBER
// RUN: remat-opt %t.number.mlir --remat-plan-schedule=budget=1792 --remat-expand-schedule --remat-plan-memory \
// RUN:     --convert-remat-to-scf | FileCheck %s --check-prefix=NUMBER-TABLE
// RUN: sed -e 's/%%dprev: memref<16xf32>, //' -e 's/%%dprev/%%d/' -e 's/gradient \[.*\]/& in_place [0]/' \
// RUN:   %S/../Transforms/Inputs/planned-chain.mlir | remat-opt --remat-plan-schedule=budget=50%% --remat-expand-schedule \
// RUN:   --remat-plan-memory --convert-remat-to-scf | FileCheck %s --check-prefix=PLACE
// RUN: not remat-opt %S/../Transforms/Inputs/planned-chain.mlir --convert-remat-to-scf 2>&1 | FileCheck %s --check-prefix=EARLY

// The table is a constant; both sweeps follow it.
// EXPANDED: memref.global "private" constant @walk_table
// EXPANDED: remat.forward_sweep @walk
// EXPANDED: remat.walk @walk_table
// EXPANDED: remat.backward_sweep @walk
// EXPANDED: remat.walk @walk_table

// The switch yields nothing: what the loops carry lies in the arena. The walk, its move and its stack lie in the
// block of the walk.
// CHECK-LABEL: func.func @gradient
// CHECK-SAME: %[[ARENA:[a-z0-9]+]]: memref<?xi8>, %{{[a-z0-9]+}}: memref<?xi8>, %{{[a-z0-9]+}}: memref<?xi64>, %[[WALK:[a-z0-9]+]]: memref<?xi8>)
// CHECK-NOT: memref.extract_aligned_pointer_as_index %[[ARENA]]
// CHECK: %[[WALKER:.*]] = arith.constant 896 : index
// CHECK: %[[BLOCK:.*]] = memref.extract_aligned_pointer_as_index %[[WALK]]
// CHECK: arith.addi %[[BLOCK]], %[[WALKER]]
// CHECK: %[[STACK:.*]] = arith.constant 0 : index
// CHECK: %[[AGAIN:.*]] = memref.extract_aligned_pointer_as_index %[[WALK]]
// CHECK: arith.addi %[[AGAIN]], %[[STACK]]
// CHECK: call @rematWalkBegin
// CHECK: %[[MOVE:.*]] = memref.view %[[WALK]][%{{.*}}][] : memref<?xi8> to memref<5xi64>
// CHECK: scf.while : () -> i64
// CHECK: %[[KIND:.*]] = func.call @rematWalkNext
// CHECK: scf.condition
// CHECK: memref.load %[[MOVE]]
// CHECK: scf.index_switch %{{.*}}{{$}}
// CHECK: func.call @walk_forward
// CHECK: func.call @walk_record
// CHECK: linalg.copy
// CHECK: scf.while : () -> i64
// CHECK: func.call @walk_forward
// CHECK: scf.if
// CHECK: func.call @walk_linearize
// CHECK: } else {
// CHECK: func.call @walk_record
// CHECK: func.call @walk_reverse
// CHECK: func.call @walk_resume
// CHECK-NOT: remat.

// EARLY: error: 'remat.forward_sweep' op expects

// Unrolled there is a call per move, with constants for the step and its position, on
// views at constant offsets. The first step reads the initial state where it is and the
// last one writes the final state where it belongs. Core state 1 lies where the core tape
// comes to lie, and core state 0 where it is in the other sweep. Backward the gradient of the initial
// state is one of the two buffers that take turns.
// FOLDED-LABEL: func.func @gradient
// FOLDED-NOT: {{scf|arith.select|arith.cmpi|arith.addi}}
// FOLDED: return
// UNROLLED: func.func private @walk_forward({{.*}} attributes {no_inline}
// UNROLLED-LABEL: func.func @gradient
// UNROLLED-SAME: %[[H0:[a-z0-9]+]]: memref<16xf32>, %[[D:[a-z0-9]+]]: memref<16xf32>, %[[H:[a-z0-9]+]]: memref<16xf32>, %[[D0:[a-z0-9]+]]: memref<16xf32>, %[[ARENA:[a-z0-9]+]]: memref<?xi8>
// UNROLLED-DAG: %[[C0:.*]] = arith.constant 0 : index
// UNROLLED-DAG: %[[C1:.*]] = arith.constant 1 : index
// UNROLLED-DAG: %[[C2:.*]] = arith.constant 2 : index
// UNROLLED-DAG: %[[C3:.*]] = arith.constant 3 : index
// UNROLLED-DAG: %[[C4:.*]] = arith.constant 4 : index
// UNROLLED-DAG: %[[CORE0:.*]] = memref.view %[[ARENA]][%c512][] : memref<?xi8> to memref<16xf32>
// UNROLLED: call @walk_forward(%[[C0]], %[[C4]], %[[H0]], %[[CORE0]],
// UNROLLED: %[[SLOT:.*]] = memref.view %[[ARENA]][%c192][] : memref<?xi8> to memref<16xf32>
// UNROLLED: call @walk_forward(%[[C1]], %[[C3]], %[[CORE0]], %[[SLOT]],
// UNROLLED-NEXT: linalg.copy ins(%[[SLOT]] : memref<16xf32>) outs(%[[CORE0]] : memref<16xf32>)
// UNROLLED: %[[TAPE:.*]] = memref.view %[[ARENA]][%c192][] : memref<?xi8> to memref<48xf32>
// UNROLLED: %[[CORE1:.*]] = memref.view %[[ARENA]][%c128][] : memref<?xi8> to memref<16xf32>
// UNROLLED: call @walk_record(%[[C2]], %[[C2]], %[[CORE0]], %[[CORE1]], %[[TAPE]],
// UNROLLED: call @walk_forward(%[[C3]], %[[C1]], %[[CORE1]], %[[CORE0]],
// UNROLLED: %[[CORE_TAPE:.*]] = memref.view %[[ARENA]][%c0][] : memref<?xi8> to memref<48xf32>
// UNROLLED: call @walk_record(%[[C4]], %[[C0]], %[[CORE0]], %[[H]], %[[CORE_TAPE]],
// UNROLLED: call @walk_reverse(%[[C4]], %[[C0]], %[[CORE_TAPE]], %[[D]], %[[D0]],
// UNROLLED: call @walk_resume(%[[C2]], %[[C2]], %[[TAPE]], %[[CORE0]],
// UNROLLED: call @walk_linearize(%[[C3]], %[[C1]], %[[CORE0]], %[[CORE_TAPE]],
// UNROLLED: call @walk_reverse(%[[C3]], %[[C1]], %[[CORE_TAPE]], %[[D0]], %[[TURN:[a-z0-9_]+]],
// UNROLLED: call @walk_reverse(%[[C2]], %[[C2]], %[[TAPE]], %[[TURN]], %[[D0]],
// UNROLLED: call @walk_record(%[[C0]], %[[C4]], %[[H0]], %[[CORE0]], %[[TAPE]],
// UNROLLED: call @walk_linearize(%[[C1]], %[[C3]], %[[CORE0]], %[[CORE_TAPE]],
// UNROLLED: call @walk_reverse(%[[C1]], %[[C3]], %[[CORE_TAPE]], %[[D0]], %[[TURN]],
// UNROLLED: call @walk_reverse(%[[C0]], %[[C4]], %[[TAPE]], %[[TURN]], %[[D0]],
// UNROLLED-NEXT: return

// An initial state that is a number is filled in where the first step reads it, which is
// where it does not write: once in the forward sweep, once when it runs again.
// NUMBER-LABEL: func.func @gradient
// NUMBER-SAME: %[[H0:[a-z0-9]+]]: f32
// NUMBER: %[[FILLED:.*]] = memref.view
// NUMBER: linalg.fill ins(%[[H0]] : f32) outs(%[[FILLED]] : memref<16xf32>)
// NUMBER: %[[CORE:.*]] = memref.view
// NUMBER: call @walk_forward(%c0, %c0, %[[FILLED]], %[[CORE]],
// NUMBER-NOT: linalg.fill
// NUMBER: call @walk_reverse
// NUMBER: linalg.fill ins(%[[H0]] : f32) outs(%[[AGAIN:.*]] : memref<16xf32>)
// NUMBER: call @walk_record(%c0, %c0, %[[AGAIN]],
// NUMBER-NOT: linalg.fill

// NUMBER-TABLE: scf.index_switch
// NUMBER-TABLE: scf.if
// NUMBER-TABLE-NEXT: linalg.fill
// NUMBER-TABLE: func.call @walk_forward
// NUMBER-TABLE: scf.if
// NUMBER-TABLE-NEXT: linalg.fill
// NUMBER-TABLE: func.call @walk_record
// NUMBER-TABLE: scf.if
// NUMBER-TABLE-NEXT: linalg.fill
// NUMBER-TABLE-NEXT: else
// NUMBER-TABLE-NEXT: linalg.copy

// A gradient that is updated in place lies in that of the initial state all the time; the
// first reverse step finds the cotangent of the final state there.
// PLACE-LABEL: func.func @gradient
// PLACE-SAME: %[[H0:[a-z0-9]+]]: memref<16xf32>, %[[D:[a-z0-9]+]]: memref<16xf32>, %[[H:[a-z0-9]+]]: memref<16xf32>, %[[D0:[a-z0-9]+]]: memref<16xf32>, %[[ARENA:[a-z0-9]+]]: memref<?xi8>
// PLACE: func.call @walk_linearize
// PLACE: case 4 {
// PLACE: scf.if %{{.*}} {
// PLACE-NEXT: linalg.copy ins(%[[D]] : memref<16xf32>) outs(%[[D0]] : memref<16xf32>)
// PLACE-NEXT: }
// PLACE: func.call @walk_reverse(%{{.*}}, %{{.*}}, %{{.*}}, %[[D0]], %{{.*}}, %{{.*}}) :
