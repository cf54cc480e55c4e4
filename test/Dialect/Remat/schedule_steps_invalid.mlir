// RUN: remat-opt %s -split-input-file -verify-diagnostics

// The form of schedules, and what runs in which order: operations that are right by
// themselves, but not where they stand.

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
func.func @kept_history() {
  %count = arith.constant 2 : index
  // forward_sweep_c5
  // expected-error@+1 {{expects a schedule only with a history that a backward sweep takes}}
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
  }
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
func.func @one_schedule() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.record first step 1 from <initial> to <core 0> tape <slot 0>
    remat.record first step 2 from <core 0> to <core 1> tape <core_tape>
  }
  // backward_sweep_c5
  // expected-error@+1 {{expects a schedule if and only if its forward sweep has one}}
  remat.backward_sweep @walk history(%history) count(%count)
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
memref.global "private" constant @walk_table : memref<24xi64> = dense<[5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
func.func @half_walk() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.record first step 1 from <initial> to <core 0> tape <slot 0>
    remat.record first step 2 from <core 0> to <core 1> tape <core_tape>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    // backward_sweep_c5
    // expected-error@+1 {{expects to be all that both sweeps do}}
    remat.walk @walk_table
  }
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
func.func @no_plan() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.record first step 1 from <initial> to <core 0> tape <slot 0>
    remat.record first step 2 from <core 0> to <core 1> tape <core_tape>
  }
  // backward_sweep_c5
  // expected-error@+1 {{expects @walk to have a plan if its schedule is spelled out}}
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
func.func @foreign() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    // backward_sweep_c5
    // expected-error@+1 {{expects to stand outside of a schedule}}
    %zero = arith.constant 0 : index
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
func.func @nothing_in_work() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    // S1
    // expected-error@+1 {{expects state 0 in <initial> to be in work, but no state is}}
    remat.record first step 1 from <initial> to <core 0> tape <slot 0>
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
func.func @other_place() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.record first step 1 from <initial> to <core 0> tape <slot 0>
    // S1
    // expected-error@+1 {{expects state 1 in <core 1> to be in work, but state 1 in <core 0> is}}
    remat.record first step 2 from <core 1> to <core 0> tape <core_tape>
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
  plan <policy = optimal, steps = 3, budget = 0, slot_bytes = 64, stack_frames = 16, advances = 0, records = 3, resumes = 0,
    copies = 0, time = 6, store_all_time = 6, lower_bound = 6, table = [5930488988170276354, 3, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 2, 0, 1, 0]>
func.func @work_ends_with_sweep() {
  %count = arith.constant 3 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.record first step 1 from <initial> to <core 0> tape <slot 0>
    remat.record first step 2 from <core 0> to <core 1> tape <slot 64>
    remat.record first step 3 from <core 1> to <core 1> tape <core_tape>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    remat.reverse step 3 tape <core_tape>
    // S1
    // expected-error@+1 {{expects state 2 in <core 1> to be in work, but no state is}}
    remat.advance steps 3 to 3 from <core 1> to <core 0>
  }
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
func.func @step_left_out() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    // S2
    // expected-error@+1 {{expects to begin with step 1, the next one that has not run, but got 2}}
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
func.func @too_many_steps() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    // S2
    // expected-error@+1 {{expects steps up to 2, but got 3}}
    remat.advance first steps 1 to 3 from <initial> to <core 0>
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
func.func @over_itself() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.record first step 1 from <initial> to <core 0> tape <slot 0>
    // S3
    // expected-error@+1 {{expects to write state 2 elsewhere than to <core 0>, where its step reads}}
    remat.record first step 2 from <core 0> to <core 0> tape <core_tape>
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
func.func @over_state_between() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    // S3
    // expected-error@+1 {{expects to write state 2 elsewhere than to <core 0>, where its step reads}}
    remat.advance first steps 1 to 2 from <initial> to <core 0>
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
func.func @reverse_out_of_order() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.record first step 1 from <initial> to <core 0> tape <slot 0>
    remat.record first step 2 from <core 0> to <core 1> tape <core_tape>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    // S7
    // expected-error@+1 {{expects step 2, the last one that is not reversed, but got 1}}
    remat.reverse step 1 tape <slot 0>
  }
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
func.func @reverse_without_tape() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.record first step 1 from <initial> to <core 0> tape <slot 0>
    remat.record first step 2 from <core 0> to <core 1> tape <core_tape>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    remat.reverse step 2 tape <core_tape>
    // S7
    // expected-error@+1 {{expects tape 1 in <core_tape>, but got none}}
    remat.reverse step 1 tape <core_tape>
  }
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 64, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
func.func @reverse_with_other_tape() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.advance first steps 1 to 1 from <initial> to <slot 0>
    remat.checkpoint state 1 in <slot 0>
    remat.record first step 2 from <slot 0> to <core 1> tape <core_tape>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    remat.restore state 1 from <slot 0>
    remat.record step 2 from <slot 0> to <core 0> tape <slot 64>
    remat.restore state 1 from <slot 0>
    remat.record step 2 from <slot 0> tape <core_tape>
    remat.reverse step 2 tape <slot 64>
    // S7
    // expected-error@+1 {{expects tape 1 in <core_tape>, but got tape 2}}
    remat.reverse step 1 tape <core_tape>
  }
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
func.func @reverse_from_free_slot() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.record first step 1 from <initial> to <core 0> tape <slot 0>
    remat.record first step 2 from <core 0> to <core 1> tape <core_tape>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    remat.reverse step 2 tape <core_tape>
    remat.discard tape 1 in <slot 0>
    // S7
    // expected-error@+1 {{expects tape 1 to be kept}}
    remat.reverse step 1 tape <slot 0>
  }
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
func.func @steps_missing() {
  %count = arith.constant 2 : index
  // S9
  // expected-error@+1 {{expects steps 2 to 2 to run}}
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.record first step 1 from <initial> to <core 0> tape <slot 0>
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
func.func @reversals_missing() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.record first step 1 from <initial> to <core 0> tape <slot 0>
    remat.record first step 2 from <core 0> to <core 1> tape <core_tape>
  }
  // S9
  // expected-error@+1 {{expects steps 1 to 1 to be reversed}}
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    remat.reverse step 2 tape <core_tape>
  }
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
func.func @left_over() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.record first step 1 from <initial> to <core 0> tape <slot 0>
    remat.record first step 2 from <core 0> to <core 1> tape <core_tape>
  }
  // S9
  // expected-error@+1 {{expects nothing but state 0 to be kept at the end, but tape 1 is in <slot 0>}}
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    remat.reverse step 2 tape <core_tape>
    remat.reverse step 1 tape <slot 0>
  }
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
func.func @more_than_planned() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.record first step 1 from <initial> to <core 0> tape <slot 0>
    remat.record first step 2 from <core 0> to <core 1> tape <core_tape>
  }
  // S9
  // expected-error@+1 {{expects 0 steps without a tape, 2 with one, 0 states from a tape and 0 copies, as planned, but got 1, 2, 0 and 0}}
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    remat.reverse step 2 tape <core_tape>
    remat.restore state 0 from <initial>
    remat.advance steps 1 to 1 from <initial> to <core 0>
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
func.func @core_tape_lost() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.record first step 1 from <initial> to <core 0> tape <slot 0>
    remat.record first step 2 from <core 0> to <core 1> tape <core_tape>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    remat.restore state 0 from <initial>
    remat.advance steps 1 to 1 from <initial> to <core 0>
    // S10
    // expected-error@+1 {{expects tape 2 in <core_tape>, but got none}}
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
func.func @core_state_lost() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.record first step 1 from <initial> to <core 0> tape <slot 0>
    remat.record first step 2 from <core 0> to <core 1> tape <core_tape>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    remat.reverse step 2 tape <core_tape>
    remat.restore state 0 from <initial> to <core 0>
    remat.reverse step 1 tape <slot 0>
    remat.discard tape 1 in <slot 0>
    // S10
    // expected-error@+1 {{expects state 0 in <core 0> to be in work, but no state is}}
    remat.advance steps 1 to 1 from <core 0> to <core 1>
  }
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
func.func @core_tape_of_a_step_that_is_not_the_last() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    // S10
    // expected-error@+1 {{expects the tape of step 2, the next one to be reversed, to go to <core_tape>, but got 1}}
    remat.record first step 1 from <initial> to <core 1> tape <core_tape>
    remat.advance first steps 2 to 2 from <core 1> to <core 0>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    remat.reverse step 2 tape <core_tape>
  }
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
func.func @state_goes_on_from_core_tape() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.advance first steps 1 to 1 from <initial> to <core 0>
    remat.record first step 2 from <core 0> to <core 1> tape <core_tape>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    remat.reverse step 2 tape <core_tape>
    remat.restore state 0 from <initial>
    remat.record step 1 from <initial> tape <core_tape>
    // S10
    // expected-error@+1 {{expects state 1 in <core 1> to be in work, but no state is}}
    remat.advance steps 2 to 2 from <core 1> to <core 0>
    remat.reverse step 1 tape <core_tape>
  }
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
func.func @core_tape_lost_to_a_tape_in_a_slot() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.restore state 0 from <initial>
    remat.advance first steps 1 to 1 from <initial> to <core 0>
    remat.record first step 2 from <core 0> to <core 1> tape <core_tape>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    remat.restore state 0 from <initial>
    remat.record step 1 from <initial> to <core 0> tape <slot 0>
    // S10
    // expected-error@+1 {{expects tape 2 in <core_tape>, but got none}}
    remat.reverse step 2 tape <core_tape>
    remat.reverse step 1 tape <slot 0>
    remat.discard tape 1 in <slot 0>
  }
  return
}
