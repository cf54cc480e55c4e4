// RUN: remat-opt %s -split-input-file -verify-diagnostics

// One operation that cannot be right wherever it stands.

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) {
  return
}
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
func.func @restore_c1(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    // expected-error@+1 {{expects the state to be at least 0, but got -1}}
    remat.restore state -1 from <slot 0>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
  }
  return
}
func.func @restore_c1_2(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    // expected-error@+1 {{expects the state to be at least 1, but got 0}}
    remat.restore state 0 from tape <slot 0> to <core 0>
  }
  return
}
func.func @restore_c2(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    // expected-error@+1 {{expects a slot, but got <initial>}}
    remat.restore state 1 from <initial>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
  }
  return
}
func.func @restore_c2_2(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    // expected-error@+1 {{expects a slot or <initial>, but got <core 1>}}
    remat.restore state 0 from <core 1>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
  }
  return
}
func.func @restore_c3(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    // expected-error@+1 {{expects to restore to a core state, but got <slot 64>}}
    remat.restore state 1 from <slot 0> to <slot 64>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
  }
  return
}
func.func @restore_c3_2(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    // expected-error@+1 {{expects a core state to compute the state into}}
    remat.restore state 1 from tape <slot 0>
  }
  return
}
func.func @restore_c4(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    // expected-error@+1 {{expects a backward sweep around a state that is computed from a tape}}
    remat.restore state 1 from tape <slot 0> to <core 0>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
  }
  return
}
func.func @checkpoint_c1(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    // expected-error@+1 {{expects the state to be at least 1, but got 0}}
    remat.checkpoint state 0 in <slot 0>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
  }
  return
}
func.func @checkpoint_c2(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    // expected-error@+1 {{expects a slot, but got <core 0>}}
    remat.checkpoint state 1 in <core 0>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
  }
  return
}
func.func @discard_c1(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    // expected-error@+1 {{expects the state to be at least 0, but got -1}}
    remat.discard state -1 in <slot 0>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
  }
  return
}
func.func @discard_c1_2(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    // expected-error@+1 {{expects the tape to be at least 1, but got 0}}
    remat.discard tape 0 in <slot 0>
  }
  return
}
func.func @discard_c2(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    // expected-error@+1 {{expects a slot, but got <core_tape>}}
    remat.discard tape 1 in <core_tape>
  }
  return
}
func.func @advance_c1(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    // expected-error@+1 {{expects the first step to be at least 1, but got 0}}
    remat.advance first steps 0 to 1 from <initial> to <core 0>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
  }
  return
}
func.func @advance_c1_2(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    // expected-error@+1 {{expects the last step to be at least 2, but got 1}}
    remat.advance first steps 2 to 1 from <core 0> to <core 1>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
  }
  return
}
func.func @advance_c2(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    // expected-error@+1 {{expects to read state 1 from a core state or a slot, but got <initial>}}
    remat.advance first steps 2 to 2 from <initial> to <core 0>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
  }
  return
}
func.func @advance_c2_2(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    // expected-error@+1 {{expects to read state 0 from a core state, a slot or <initial>, but got <core_tape>}}
    remat.advance first steps 1 to 1 from <core_tape> to <core 0>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
  }
  return
}
func.func @advance_c2_3(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    // expected-error@+1 {{expects to write to a core state or a slot, but got <initial>}}
    remat.advance first steps 1 to 1 from <initial> to <initial>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
  }
  return
}
func.func @advance_c3(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    // expected-error@+1 {{expects 'first' in a forward sweep, and only there}}
    remat.advance steps 1 to 1 from <initial> to <core 0>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
  }
  return
}
func.func @advance_c3_2(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    // expected-error@+1 {{expects 'first' in a forward sweep, and only there}}
    remat.advance first steps 1 to 1 from <initial> to <core 0>
  }
  return
}
func.func @record_c1(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    // expected-error@+1 {{expects the step to be at least 1, but got 0}}
    remat.record first step 0 from <initial> to <core 0> tape <core_tape>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
  }
  return
}
func.func @record_c2(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    // expected-error@+1 {{expects to write to a core state or a slot, but got <core_tape>}}
    remat.record first step 1 from <initial> to <core_tape> tape <core_tape>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
  }
  return
}
func.func @record_c3(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    // expected-error@+1 {{expects 'first' in a forward sweep, and only there}}
    remat.record step 1 from <initial> to <core 0> tape <core_tape>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
  }
  return
}
func.func @record_c4(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    // expected-error@+1 {{expects a tape in <core_tape> or a slot, but got <core 1>}}
    remat.record first step 1 from <initial> to <core 0> tape <core 1>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
  }
  return
}
func.func @record_c5(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
    // expected-error@+1 {{expects a destination of state 1}}
    remat.record first step 1 from <initial> tape <core_tape>
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
  }
  return
}
func.func @record_c5_slot(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    // expected-error@+1 {{expects a destination of state 1}}
    remat.record step 1 from <initial> tape <slot 0>
  }
  return
}
func.func @record_c5_core_tape(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    // expected-error@+1 {{expects no destination of a state in a backward sweep if the tape goes to <core_tape>}}
    remat.record step 1 from <initial> to <core 0> tape <core_tape>
  }
  return
}
func.func @reverse_c1(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    // expected-error@+1 {{expects the step to be at least 1, but got 0}}
    remat.reverse step 0 tape <core_tape>
  }
  return
}
func.func @reverse_c2(%count: index) {
  %history = remat.forward_sweep @walk count(%count) history !remat.history schedule {
  }
  remat.backward_sweep @walk history(%history) count(%count) schedule {
    // expected-error@+1 {{expects a tape in <core_tape> or a slot, but got <initial>}}
    remat.reverse step 1 tape <initial>
  }
  return
}

// -----

func.func @reverse_alone() {
  // expected-error@+1 {{expects parent op 'remat.backward_sweep'}}
  remat.reverse step 1 tape <core_tape>
  return
}

// -----

// expected-error@+1 {{expects a core state to be 'core 0' or 'core 1'}}
func.func private @third_core() attributes {place = #remat.place<core 2>}

// -----

// expected-error@+1 {{expects a slot to have an offset that is not negative and a multiple of 64}}
func.func private @crooked_slot() attributes {place = #remat.place<slot 65>}

// -----

// expected-error@+1 {{expects no number behind 'initial', but got 1}}
func.func private @numbered() attributes {place = #remat.place<initial 1>}
