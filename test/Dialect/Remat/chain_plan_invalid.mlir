// RUN: remat-opt %s -split-input-file -verify-diagnostics

// What the runtime trusts blindly: the plan of a chain, and the table that a walk follows.

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
// chain_c6
// expected-error@+1 {{expects 'loop' to be a loop of the plan, and no other plan or layout}}
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0] loop(-1)

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
// chain_c6
// expected-error@+1 {{expects 'loop' to be a loop of the plan, and no other plan or layout}}
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
  loop(0)

// -----

func.func private @step(%t: index, %pos: index) { return }
// chain_c5
// expected-error@+1 {{expects 'reverse' and 'workspace' with a plan}}
remat.chain "private" @walk advance(@step) carry []
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
// chain_c5: a node names one that is not there.
// expected-error@+1 {{expects a plan table that can be walked: }}
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 7, 0, 1, 0]>

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
// chain_c5
// expected-error@+1 {{expects a plan table for 3 steps that is restartable only if there is a 'resume'}}
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 3, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
// chain_c5
// expected-error@+1 {{expects the counts of the plan to be those of its table, and enough stack frames}}
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 1, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
// chain_c5
// expected-error@+1 {{expects the counts of the plan to be those of its table, and enough stack frames}}
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 0, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
func.func @no_loop_number() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.walk
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    // walk_c1
    // expected-error@+1 {{expects @walk to be planned at run time}}
    remat.walk
  }
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
memref.global "private" constant @walk_table : memref<24xi64> = dense<[5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
func.func @no_plan() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.walk @walk_table
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    // walk_c1
    // expected-error@+1 {{expects @walk to have a plan}}
    remat.walk @walk_table
  }
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 1, 0]>
memref.global "private" constant @walk_table : memref<24xi64> = dense<[5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1, 0, 0, 0]>
func.func @another_table() {
  %count = arith.constant 2 : index
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    remat.walk @walk_table
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    // walk_c1
    // expected-error@+1 {{expects @walk_table to be a constant with the plan table of @walk}}
    remat.walk @walk_table
  }
  return
}

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  // expected-error@+2 {{expects a policy that plans programs, but got h_revolve}}
  // expected-error@+1 {{failed to parse Remat_PlanAttr parameter 'policy'}}
  plan <policy = h_revolve, steps = 2, budget = 0, slot_bytes = 0>

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
// chain_c5
// expected-error@+1 {{expects a plan table that can be walked: is a plan table of another version of the format}}
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 0, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 0, resumes = 0,
    copies = 0, time = 0, store_all_time = 0, lower_bound = 0, table = [5930488988170276353, 0, 2, 0, 1, 0, 0, 0, 0, 0]>

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
// chain_c5
// expected-error@+1 {{expects a plan table that can be walked: node 1 has a bad mode}}
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 0, 1, 0, 1, 0]>

// -----

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
// chain_c5: there are functions for one mode.
// expected-error@+1 {{expects a plan table of one mode, but got 2}}
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
  plan <policy = optimal, steps = 2, budget = 0, slot_bytes = 0, stack_frames = 16, advances = 0, records = 2, resumes = 0,
    copies = 0, time = 4, store_all_time = 4, lower_bound = 4, table = [5930488988170276354, 2, 2, 0, 2, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 0, 1, 0, 1, 0]>
