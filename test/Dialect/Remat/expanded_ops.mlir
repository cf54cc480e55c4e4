// RUN: remat-opt %s | remat-opt | FileCheck %s
// RUN: remat-opt %s -mlir-print-op-generic | remat-opt | FileCheck %s

// A schedule that is spelled out: five steps with states of 64 bytes and tapes of
// 192. State 3 is kept until its slot is given to the tape of step 4.

func.func private @forward(%t: index, %pos: index, %h: memref<16xf32>, %next: memref<16xf32>, %workspace: memref<0xi8>,
                           %counters: memref<5xi64>) {
  return
}
func.func private @record(%t: index, %pos: index, %h: memref<16xf32>, %next: memref<16xf32>, %tape: memref<48xf32>,
                          %workspace: memref<0xi8>, %counters: memref<5xi64>) {
  return
}
func.func private @linearize(%t: index, %pos: index, %h: memref<16xf32>, %tape: memref<48xf32>,
                             %workspace: memref<0xi8>, %counters: memref<5xi64>) {
  return
}
func.func private @reverse(%t: index, %pos: index, %tape: memref<48xf32>, %d: memref<16xf32>, %dprev: memref<16xf32>,
                           %workspace: memref<0xi8>, %counters: memref<5xi64>) {
  return
}
func.func private @resume(%t: index, %pos: index, %tape: memref<48xf32>, %next: memref<16xf32>, %workspace: memref<0xi8>,
                          %counters: memref<5xi64>) {
  return
}
remat.chain "private" @walk advance(@forward) record(@record) linearize(@linearize) reverse(@reverse) resume(@resume)
  carry [tensor<16xf32>] tape [tensor<48xf32>] gradient [tensor<16xf32>] workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 5, budget = 192, slot_bytes = 192, stack_frames = 16, advances = 3, records = 5, resumes = 1,
    copies = 1, time = 13000, store_all_time = 10000, lower_bound = 13000, table = [5930488988170276354, 5, 2, 1, 1, 6, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 4, 0, 1, 1, 0, 0, 5, 0, 0, 0, 2, 0, 3, 0, 1, 0, 1, 0, 2, 2, 1, 4, 3, 0]>

// CHECK-LABEL: func.func @gradient
func.func @gradient(%h0: memref<16xf32>, %d: memref<16xf32>, %h: memref<16xf32>, %d0: memref<16xf32>) {
  %count = arith.constant 5 : index
  // CHECK: remat.forward_sweep
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
  %history = remat.forward_sweep @walk count(%count) init(%h0 : memref<16xf32>) final(%h : memref<16xf32>)
    history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.advance first steps 1 to 2 from <initial> to <slot 0>
    remat.checkpoint state 2 in <slot 0>
    remat.restore state 2 from <slot 0> to <core 0>
    remat.discard state 2 in <slot 0>
    remat.record first step 3 from <core 0> to <core 1> tape <slot 0>
    remat.advance first steps 4 to 4 from <core 1> to <core 0>
    remat.record first step 5 from <core 0> to <core 1> tape <core_tape>
  }
  // CHECK-NEXT: remat.backward_sweep
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
  remat.backward_sweep @walk history(%history) count(%count) init(%h0 : memref<16xf32>)
    final_cotangent(%d : memref<16xf32>) init_gradient(%d0 : memref<16xf32>) schedule {
    remat.reverse step 5 tape <core_tape>
    remat.restore state 3 from tape <slot 0> to <core 0>
    remat.record step 4 from <core 0> tape <core_tape>
    remat.reverse step 4 tape <core_tape>
    remat.reverse step 3 tape <slot 0>
    remat.discard tape 3 in <slot 0>
    remat.restore state 0 from <initial>
    remat.record step 1 from <initial> to <core 0> tape <slot 0>
    remat.record step 2 from <core 0> tape <core_tape>
    remat.reverse step 2 tape <core_tape>
    remat.reverse step 1 tape <slot 0>
    remat.discard tape 1 in <slot 0>
  }
  return
}
