// RUN: sed 's/constant 40/constant 5/' %S/../Inputs/planned-chain.mlir > %t.mlir
// RUN: remat-opt %t.mlir --remat-plan-schedule=budget=1792 --remat-expand-schedule=expansion=unrolled | FileCheck %s
// RUN: remat-opt %t.mlir --remat-plan-schedule --remat-expand-schedule=expansion=unrolled \
// RUN:   | FileCheck %s --check-prefix=ALL
// RUN: remat-opt %t.mlir --remat-plan-schedule=budget=1600 --remat-expand-schedule=expansion=unrolled \
// RUN:   | FileCheck %s --check-prefix=LEAST
// RUN: remat-opt %t.mlir --remat-plan-schedule=budget=1600 \
// RUN:   --remat-expand-schedule="expansion=unrolled max-unrolled-moves=20"
// RUN: not remat-opt %t.mlir --remat-plan-schedule=budget=1600 \
// RUN:   --remat-expand-schedule="expansion=unrolled max-unrolled-moves=19" 2>&1 | FileCheck %s --check-prefix=LIMIT

// Five steps in one slot. State 2 is kept in it, and copied into the core so that the
// tape of step 3 can take its place; state 3 is computed from that tape.
// CHECK: remat.forward_sweep @walk
// CHECK-SAME: schedule {
// CHECK-NEXT: remat.restore state 0 from <initial>
// CHECK-NEXT: remat.advance first steps 1 to 2 from <initial> to <slot 0>
// CHECK-NEXT: remat.checkpoint state 2 in <slot 0>
// CHECK-NEXT: remat.restore state 2 from <slot 0> to <core 0>
// CHECK-NEXT: remat.discard state 2 in <slot 0>
// CHECK-NEXT: remat.record first step 3 from <core 0> to <core 1> tape <slot 0>
// CHECK-NEXT: remat.advance first steps 4 to 4 from <core 1> to <core 0>
// CHECK-NEXT: remat.record first step 5 from <core 0> to <core 1> tape <core_tape>
// CHECK-NEXT: }
// CHECK-NEXT: remat.backward_sweep @walk
// CHECK-SAME: schedule {
// CHECK-NEXT: remat.reverse step 5 tape <core_tape>
// CHECK-NEXT: remat.restore state 3 from tape <slot 0> to <core 0>
// CHECK-NEXT: remat.record step 4 from <core 0> tape <core_tape>
// CHECK-NEXT: remat.reverse step 4 tape <core_tape>
// CHECK-NEXT: remat.reverse step 3 tape <slot 0>
// CHECK-NEXT: remat.discard tape 3 in <slot 0>
// CHECK-NEXT: remat.restore state 0 from <initial>
// CHECK-NEXT: remat.record step 1 from <initial> to <core 0> tape <slot 0>
// CHECK-NEXT: remat.record step 2 from <core 0> tape <core_tape>
// CHECK-NEXT: remat.reverse step 2 tape <core_tape>
// CHECK-NEXT: remat.reverse step 1 tape <slot 0>
// CHECK-NEXT: remat.discard tape 1 in <slot 0>
// CHECK-NEXT: }

// With room for all tapes nothing is run twice.
// ALL: remat.forward_sweep @walk
// ALL-NEXT: remat.restore state 0 from <initial>
// ALL-NEXT: remat.record first step 1 from <initial> to <core 0> tape <slot 0>
// ALL-NEXT: remat.record first step 2 from <core 0> to <core 1> tape <slot 192>
// ALL-NEXT: remat.record first step 3 from <core 1> to <core 0> tape <slot 384>
// ALL-NEXT: remat.record first step 4 from <core 0> to <core 1> tape <slot 576>
// ALL-NEXT: remat.record first step 5 from <core 1> to <core 1> tape <core_tape>
// ALL-NEXT: }
// ALL-NEXT: remat.backward_sweep @walk
// ALL-NOT: remat.re{{store|compute|cord}}
// ALL: remat.reverse step 1 tape <slot 0>

// With room for nothing every reversal begins at the initial state. Wherever the final
// state is computed from, it goes to core state 1.
// LEAST: remat.forward_sweep @walk
// LEAST-NEXT: remat.restore state 0 from <initial>
// LEAST-NEXT: remat.advance first steps 1 to 4 from <initial> to <core 1>
// LEAST-NEXT: remat.record first step 5 from <core 1> to <core 1> tape <core_tape>
// LEAST-NEXT: }
// LEAST-NEXT: remat.backward_sweep @walk
// LEAST-NEXT: remat.reverse step 5 tape <core_tape>
// LEAST-NEXT: remat.restore state 0 from <initial>
// LEAST-NEXT: remat.advance steps 1 to 3 from <initial> to <core 0>
// LEAST-NEXT: remat.record step 4 from <core 0> tape <core_tape>
// LEAST-NOT: <slot

// LIMIT: error: 'remat.recurrence' op expects at most 19 moves to unroll the schedule of @walk, but got 20
