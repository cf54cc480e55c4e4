// RUN: remat-opt %s -split-input-file -verify-diagnostics

// What is kept, and where: operations that are right by themselves, but not where they
// stand.

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
func.func @kept_twice() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.record first step 1 from <initial> to <core 0> tape <slot 0>
    remat.record first step 2 from <core 0> to <core 1> tape <core_tape>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    remat.restore state 0 from <initial>
    // S4
    // expected-error@+1 {{expects to keep tape 1 once, but it is in <slot 0> already}}
    remat.record step 1 from <initial> to <core 0> tape <slot 0>
  }
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
func.func @beyond_the_end() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    // S4
    // expected-error@+1 {{expects tape 1 in <slot 64>, 0 bytes, to end inside the slot region of 0 bytes}}
    remat.record first step 1 from <initial> to <core 0> tape <slot 64>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    remat.reverse step 2 tape <core_tape>
    remat.reverse step 1 tape <slot 0>
    remat.discard tape 1 in <slot 0>
  }
  return
}

// -----

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
func.func private @reverse(%t: index, %pos: index, %tape: memref<48xf32>, %workspace: memref<0xi8>,
                           %counters: memref<5xi64>) {
  return
}
remat.chain "private" @walk advance(@forward) record(@record) linearize(@linearize) reverse(@reverse)
  carry [tensor<16xf32>] tape [tensor<48xf32>]
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 3, budget = 0, slot_bytes = 256, stack_frames = 16, advances = 0, records = 3, resumes = 0,
    copies = 0, time = 6, store_all_time = 6, lower_bound = 6, table = [5930488988170276354, 3, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 2, 0, 1, 0]>
func.func @overlap_behind(%h0: memref<16xf32>, %h: memref<16xf32>) {
  %count = arith.constant 3 : index
  %history = remat.forward_sweep @walk count(%count) init(%h0 : memref<16xf32>) final(%h : memref<16xf32>)
    history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.advance first steps 1 to 1 from <initial> to <slot 64>
    remat.checkpoint state 1 in <slot 64>
    // S4
    // expected-error@+1 {{expects tape 2 in <slot 0> to overlap nothing, but state 1 is kept in <slot 64>}}
    remat.record first step 2 from <slot 64> to <core 0> tape <slot 0>
  }
  remat.backward_sweep @walk history(%history) count(%count) init(%h0 : memref<16xf32>) schedule {
  }
  return
}

// -----

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
func.func private @reverse(%t: index, %pos: index, %tape: memref<48xf32>, %workspace: memref<0xi8>,
                           %counters: memref<5xi64>) {
  return
}
remat.chain "private" @walk advance(@forward) record(@record) linearize(@linearize) reverse(@reverse)
  carry [tensor<16xf32>] tape [tensor<48xf32>]
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 3, budget = 0, slot_bytes = 256, stack_frames = 16, advances = 0, records = 3, resumes = 0,
    copies = 0, time = 6, store_all_time = 6, lower_bound = 6, table = [5930488988170276354, 3, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 2, 0, 1, 0]>
func.func @overlap_in_front(%h0: memref<16xf32>, %h: memref<16xf32>) {
  %count = arith.constant 3 : index
  %history = remat.forward_sweep @walk count(%count) init(%h0 : memref<16xf32>) final(%h : memref<16xf32>)
    history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.record first step 1 from <initial> to <core 0> tape <slot 0>
    // S4
    // expected-error@+1 {{expects state 2 in <slot 128> to overlap nothing, but tape 1 is kept in <slot 0>}}
    remat.advance first steps 2 to 2 from <core 0> to <slot 128>
  }
  remat.backward_sweep @walk history(%history) count(%count) init(%h0 : memref<16xf32>) schedule {
  }
  return
}

// -----

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
func.func private @reverse(%t: index, %pos: index, %tape: memref<48xf32>, %workspace: memref<0xi8>,
                           %counters: memref<5xi64>) {
  return
}
remat.chain "private" @walk advance(@forward) record(@record) linearize(@linearize) reverse(@reverse)
  carry [tensor<16xf32>] tape [tensor<48xf32>]
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 3, budget = 0, slot_bytes = 256, stack_frames = 16, advances = 0, records = 3, resumes = 0,
    copies = 0, time = 6, store_all_time = 6, lower_bound = 6, table = [5930488988170276354, 3, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 2, 0, 1, 0]>
func.func @end_outside(%h0: memref<16xf32>, %h: memref<16xf32>) {
  %count = arith.constant 3 : index
  %history = remat.forward_sweep @walk count(%count) init(%h0 : memref<16xf32>) final(%h : memref<16xf32>)
    history !remat.history schedule {
    remat.restore state 0 from <initial>
    // S4
    // expected-error@+1 {{expects tape 1 in <slot 128>, 192 bytes, to end inside the slot region of 256 bytes}}
    remat.record first step 1 from <initial> to <core 0> tape <slot 128>
  }
  remat.backward_sweep @walk history(%history) count(%count) init(%h0 : memref<16xf32>) schedule {
  }
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
func.func @not_kept() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.advance first steps 1 to 1 from <initial> to <slot 0>
    // S5
    // expected-error@+1 {{expects state 1, which was written to <slot 0>, to be kept by a 'remat.checkpoint' first}}
    remat.record first step 2 from <slot 0> to <core 1> tape <core_tape>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    remat.reverse step 2 tape <core_tape>
    remat.reverse step 1 tape <slot 0>
    remat.discard tape 1 in <slot 0>
  }
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
func.func @nothing_to_keep() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.record first step 1 from <initial> to <core 0> tape <slot 0>
    // S5
    // expected-error@+1 {{expects the step in front to have written state 1 to <slot 0>}}
    remat.checkpoint state 1 in <slot 0>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    remat.reverse step 2 tape <core_tape>
    remat.reverse step 1 tape <slot 0>
    remat.discard tape 1 in <slot 0>
  }
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
func.func @not_kept_at_the_end() {
  %count = arith.constant 2 : index
  // S5
  // expected-error@+1 {{expects a 'remat.checkpoint' of state 2 at the end}}
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.record first step 1 from <initial> to <core 0> tape <slot 0>
    remat.record first step 2 from <core 0> to <slot 0> tape <core_tape>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    remat.reverse step 2 tape <core_tape>
    remat.reverse step 1 tape <slot 0>
    remat.discard tape 1 in <slot 0>
  }
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
func.func @restore_what_is_not_kept() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.record first step 1 from <initial> to <core 0> tape <slot 0>
    remat.record first step 2 from <core 0> to <core 1> tape <core_tape>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    // S6
    // expected-error@+1 {{expects state 1 to be kept}}
    remat.restore state 1 from <slot 0>
  }
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
func.func @restore_from_elsewhere() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.record first step 1 from <initial> to <core 0> tape <slot 0>
    remat.record first step 2 from <core 0> to <core 1> tape <core_tape>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    // S6
    // expected-error@+1 {{expects state 0 in <initial>, where it is kept, but got <slot 0>}}
    remat.restore state 0 from <slot 0>
  }
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
func.func @no_resume() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.record first step 1 from <initial> to <core 0> tape <slot 0>
    remat.record first step 2 from <core 0> to <core 1> tape <core_tape>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    // S6
    // expected-error@+1 {{expects @walk to have a 'resume' function}}
    remat.restore state 1 from tape <slot 0> to <core 0>
  }
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) resume(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 1, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
func.func @resume_from_used_tape() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.record first step 1 from <initial> to <core 0> tape <slot 0>
    remat.record first step 2 from <core 0> to <core 1> tape <core_tape>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    remat.reverse step 2 tape <core_tape>
    remat.reverse step 1 tape <slot 0>
    // S6
    // expected-error@+1 {{expects the tape of a step that is not reversed, but got 1}}
    remat.restore state 1 from tape <slot 0> to <core 0>
  }
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
func.func @discard_twice() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.record first step 1 from <initial> to <core 0> tape <slot 0>
    remat.record first step 2 from <core 0> to <core 1> tape <core_tape>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    remat.reverse step 2 tape <core_tape>
    remat.reverse step 1 tape <slot 0>
    remat.discard tape 1 in <slot 0>
    // S8
    // expected-error@+1 {{expects tape 1 to be kept}}
    remat.discard tape 1 in <slot 0>
  }
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 1, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
func.func @discard_pinned() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <slot 0> to <core 0>
    // S8
    // expected-error@+1 {{expects state 0, which is pinned, to stay}}
    remat.discard state 0 in <slot 0>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    remat.reverse step 2 tape <core_tape>
    remat.reverse step 1 tape <slot 0>
    remat.discard tape 1 in <slot 0>
  }
  return
}

// -----

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
func.func private @reverse(%t: index, %pos: index, %tape: memref<48xf32>, %workspace: memref<0xi8>,
                           %counters: memref<5xi64>) {
  return
}
remat.chain "private" @walk advance(@forward) record(@record) linearize(@linearize) reverse(@reverse)
  carry [tensor<16xf32>] tape [tensor<48xf32>]
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 3, budget = 0, slot_bytes = 256, stack_frames = 16, advances = 0, records = 3, resumes = 0,
    copies = 0, time = 6, store_all_time = 6, lower_bound = 6, table = [5930488988170276354, 3, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 2, 0, 1, 0]>
func.func @not_counted(%h0: memref<16xf32>, %h: memref<16xf32>) {
  %count = arith.constant 3 : index
  // S6
  // expected-error@+1 {{expects no 'kept_inits', as the plan of @walk does not count state 0}}
  %history = remat.forward_sweep @walk count(%count) init(%h0 : memref<16xf32>) final(%h : memref<16xf32>)
    kept_inits [0] history !remat.history schedule {
    remat.restore state 0 from <initial>
  }
  remat.backward_sweep @walk history(%history) count(%count) init(%h0 : memref<16xf32>) schedule {
  }
  return
}

// -----

// Of two carries, one of 64 bytes and one of 128, the second is kept in the slot region.
func.func private @forward(%t: index, %pos: index, %g: memref<16xf32>, %h: memref<32xf32>, %next_g: memref<16xf32>,
                           %next_h: memref<32xf32>, %workspace: memref<0xi8>, %counters: memref<5xi64>) {
  return
}
func.func private @record(%t: index, %pos: index, %g: memref<16xf32>, %h: memref<32xf32>, %next_g: memref<16xf32>,
                          %next_h: memref<32xf32>, %tape: memref<16xf32>, %workspace: memref<0xi8>,
                          %counters: memref<5xi64>) {
  return
}
func.func private @linearize(%t: index, %pos: index, %g: memref<16xf32>, %h: memref<32xf32>, %tape: memref<16xf32>,
                             %workspace: memref<0xi8>, %counters: memref<5xi64>) {
  return
}
func.func private @reverse(%t: index, %pos: index, %tape: memref<16xf32>, %workspace: memref<0xi8>,
                           %counters: memref<5xi64>) {
  return
}
remat.chain "private" @walk advance(@forward) record(@record) linearize(@linearize) reverse(@reverse)
  carry [tensor<16xf32>, tensor<32xf32>]
  tape [tensor<16xf32>] workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 3, budget = 0, slot_bytes = 256, stack_frames = 16, advances = 0, records = 3, resumes = 0,
    copies = 0, time = 6, store_all_time = 6, lower_bound = 6, table = [5930488988170276354, 3, 0, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 2, 0, 1, 0]>
func.func @overlap_with_initial(%g0: memref<16xf32>, %h0: memref<32xf32>, %g: memref<16xf32>, %h: memref<32xf32>) {
  %count = arith.constant 3 : index
  %history = remat.forward_sweep @walk count(%count) init(%g0, %h0 : memref<16xf32>, memref<32xf32>)
    final(%g, %h : memref<16xf32>, memref<32xf32>) kept_inits [1] history !remat.history schedule {
    remat.restore state 0 from <slot 0>
    remat.record first step 1 from <slot 0> to <core 0> tape <slot 128>
    // S4
    // expected-error@+1 {{expects tape 2 in <slot 64> to overlap nothing, but state 0 is kept in <slot 0>}}
    remat.record first step 2 from <core 0> to <core 1> tape <slot 64>
  }
  remat.backward_sweep @walk history(%history) count(%count) init(%g0, %h0 : memref<16xf32>, memref<32xf32>) schedule {
  }
  return
}
