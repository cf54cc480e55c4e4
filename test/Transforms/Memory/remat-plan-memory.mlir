// RUN: remat-opt %S/../Inputs/planned-chain.mlir --remat-plan-schedule=budget=50%% --remat-plan-memory | FileCheck %s
// RUN: remat-opt %S/../Inputs/planned-chain.mlir --remat-plan-schedule=budget=50%% --remat-expand-schedule=expansion=unrolled \
// RUN:   --remat-plan-memory | FileCheck %s --check-prefix=SPELLED
// RUN: remat-opt %s --remat-plan-schedule --remat-plan-memory | FileCheck %s --check-prefix=BUFFERS
// RUN: remat-opt %S/../Inputs/planned-chain.mlir --remat-plan-schedule=budget=50%% \
// RUN:   | sed -e 's/peak = 4544/peak = 4608/' | not remat-opt --remat-plan-memory 2>&1 | FileCheck %s --check-prefix=DRIFT
// RUN: remat-opt %S/../Inputs/planned-chain.mlir --remat-plan-schedule=budget=50%% \
// RUN:   | sed -e 's/walk = 1152/walk = 1088/' | not remat-opt --remat-plan-memory 2>&1 | FileCheck %s --check-prefix=OTHER-WALK
// RUN: not remat-opt %S/../Inputs/planned-chain.mlir --remat-plan-memory 2>&1 | FileCheck %s --check-prefix=EARLY

// Every part of a loop has its offset in one arena, which is the first of four new arguments: parameter copies,
// counters and the block of the walk follow. There the stack lies first, and the walker, which is surely used, last.
// CHECK: remat.chain "private" @walk
// CHECK-SAME: layout <walk = 896, stack = 0, forward_state0 = 3264, forward_state1 = 3072, carried_tape = 0, core_tape = 2944, core_state0 = 3264, core_state1 = 3072,
// CHECK-SAME: gradients = 3328,
// CHECK-SAME: slots = 0>
// CHECK: func.func @gradient(
// CHECK-SAME: %{{[a-z0-9]+}}: memref<?xi8>, %{{[a-z0-9]+}}: memref<?xi8>, %{{[a-z0-9]+}}: memref<?xi64>, %{{[a-z0-9]+}}: memref<?xi8>)
// CHECK-SAME: peak = 4544, walk = 1152,

// What is spelled out is walked by nobody.
// SPELLED: layout <walk = 0, stack = 0, forward_state0 = 3264,
// SPELLED: budget = 4544, peak = 3392, walk = 0,

// What two operations hold one after the other lies in one place, what they hold at once does not. Constants stay.
// BUFFERS-LABEL: func.func @buffers
// BUFFERS-SAME: %[[ARENA:[a-z0-9]+]]: memref<?xi8>, %{{[a-z0-9]+}}: memref<?xi8>, %[[COUNTERS:[a-z0-9]+]]: memref<?xi64>, %{{[a-z0-9]+}}: memref<?xi8>)
// BUFFERS-SAME: peak = 2112, walk = 0,
// The counters are those of one call, also where there is no loop.
// BUFFERS: remat.reset_counters %[[COUNTERS]]
// BUFFERS-NOT: memref.alloc
// BUFFERS: memref.view %[[ARENA]][%{{.*}}][] : memref<?xi8> to memref<16xf32>
// BUFFERS: memref.view %[[ARENA]][%{{.*}}][] : memref<?xi8> to memref<512xf32>
// BUFFERS: memref.view %[[ARENA]][%{{.*}}][] : memref<?xi8> to memref<256xf32>
// BUFFERS-NOT: memref.copy
func.func @buffers(%x: memref<16xf32>, %y: memref<16xf32>) {
  %one = arith.constant 1.0 : f32
  %sum = memref.alloc() : memref<16xf32>
  linalg.copy ins(%x : memref<16xf32>) outs(%sum : memref<16xf32>)
  %first = memref.alloc() : memref<512xf32>
  linalg.fill ins(%one : f32) outs(%first : memref<512xf32>)
  %part = memref.subview %first[0] [16] [1] : memref<512xf32> to memref<16xf32, strided<[1]>>
  linalg.add ins(%part, %x : memref<16xf32, strided<[1]>>, memref<16xf32>) outs(%sum : memref<16xf32>)
  %second = memref.alloc() : memref<256xf32>
  linalg.fill ins(%one : f32) outs(%second : memref<256xf32>)
  %other = memref.subview %second[0] [16] [1] : memref<256xf32> to memref<16xf32, strided<[1]>>
  linalg.add ins(%other, %sum : memref<16xf32, strided<[1]>>, memref<16xf32>) outs(%sum : memref<16xf32>)
  memref.copy %sum, %y : memref<16xf32> to memref<16xf32>
  return
}

// The plan and the buffers agree to the byte, or the pass says so.
// DRIFT: error: 'func.func' op was planned with a peak of 4608 bytes, but its buffers take 4544
// OTHER-WALK: error: 'func.func' op was planned with a walk of 1088 bytes, but it takes 1152

// EARLY: error: 'func.func' op expects 'remat.problem', which remat-plan-schedule sets
