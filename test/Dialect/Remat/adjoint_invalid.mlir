// RUN: remat-opt %s -split-input-file -verify-diagnostics

// bptt_c1
func.func @carry(%count: index, %h0: tensor<?xf32>) {
  // expected-error@+1 {{'remat.bptt' op expects carry #0 to be a tensor of static shape with float or integer elements, but got 'tensor<?xf32>'}}
  %hT = remat.bptt count(%count) carry(%h0 : tensor<?xf32>) -> tensor<?xf32>
  advance(%t: index, %h: tensor<?xf32>) {
    remat.yield carry(%h : tensor<?xf32>)
  }
  return
}

// -----

// bptt_c1
func.func @stacked(%count: index, %h0: tensor<4xf32>) {
  // expected-error@+1 {{expects 0 stacked results, one per emitted value, but got 1}}
  %hT, %ys = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) -> tensor<4xf32>, tensor<?x4xf32>
  advance(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  }
  return
}

// -----

// bptt_c2
func.func @history_without_reverse(%count: index, %h0: tensor<4xf32>) {
  // expected-error@+1 {{expects 'record', 'reverse' and a history together or none of them}}
  %hT, %history = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) -> tensor<4xf32>, !remat.history
  advance(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  }
  return
}

// -----

// bptt_c2
func.func @record_without_reverse(%count: index, %h0: tensor<4xf32>) {
  // expected-error@+1 {{expects 'record', 'reverse' and a history together or none of them}}
  %hT = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) -> tensor<4xf32>
  advance(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  } record(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  }
  return
}

// -----

// bptt_c2
func.func @resume_alone(%count: index, %h0: tensor<4xf32>) {
  // expected-error@+1 {{expects 'resume' only beside 'record' and 'reverse'}}
  %hT = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) -> tensor<4xf32>
  advance(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  } resume(%t: index) {
    %h = tensor.empty() : tensor<4xf32>
    remat.yield carry(%h : tensor<4xf32>)
  }
  return
}

// -----

// bptt_c3
func.func @advance_arguments(%count: index, %h0: tensor<4xf32>) {
  // expected-error@+1 {{expects 'advance' arguments ('index', 'tensor<4xf32>'), but got ('tensor<4xf32>')}}
  %hT = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) -> tensor<4xf32>
  advance(%h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  }
  return
}

// -----

// bptt_c4
func.func @advance_has_tape(%count: index, %h0: tensor<4xf32>) {
  // expected-error@+1 {{expects 'advance' to end with 'remat.yield' without a tape}}
  %hT = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) -> tensor<4xf32>
  advance(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>) tape(%h : tensor<4xf32>)
  }
  return
}

// -----

// bptt_c4
func.func @record_emits_less(%count: index, %h0: tensor<4xf32>) {
  // expected-error@+1 {{expects 'record' to emit ('tensor<4xf32>'), but got ()}}
  %hT, %ys, %history = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) active_carries [0]
      -> tensor<4xf32>, tensor<?x4xf32>, !remat.history
  advance(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>) emit(%h : tensor<4xf32>)
  } record(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  } reverse(%t: index, %dh: tensor<4xf32>) {
    remat.yield_adjoint carry(%dh : tensor<4xf32>)
  }
  return
}

// -----

// bptt_c5
func.func @active_out_of_range(%count: index, %h0: tensor<4xf32>) {
  // expected-error@+1 {{expects 'active_carries' to be increasing indices below 1, but got 1}}
  %hT, %history = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) active_carries [1]
      -> tensor<4xf32>, !remat.history
  advance(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  } record(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  } reverse(%t: index, %dh: tensor<4xf32>) {
    remat.yield_adjoint carry(%dh : tensor<4xf32>)
  }
  return
}

// -----

// bptt_c5
func.func @active_integer(%count: index, %xs: tensor<?x4xi32>) {
  // expected-error@+1 {{expects 'active_scans' to name values of a float type, but #0 has type 'tensor<4xi32>'}}
  %history = remat.bptt count(%count) scan(%xs : tensor<?x4xi32>) active_scans [0] -> !remat.history
  advance(%t: index, %x: tensor<4xi32>) {
    remat.yield
  } record(%t: index, %x: tensor<4xi32>) {
    remat.yield
  } reverse(%t: index, %x: tensor<4xi32>) {
    remat.yield_adjoint scan(%x : tensor<4xi32>)
  }
  return
}

// -----

// bptt_c6
func.func @reverse_misses_the_tape(%count: index, %h0: tensor<4xf32>) {
  // expected-error@+1 {{expects 'reverse' to take first ('index', 'tensor<2xf32>', 'tensor<4xf32>'), but got ('index', 'tensor<4xf32>')}}
  %hT, %history = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) active_carries [0]
      -> tensor<4xf32>, !remat.history
  advance(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  } record(%t: index, %h: tensor<4xf32>) {
    %half = tensor.extract_slice %h[0] [2] [1] : tensor<4xf32> to tensor<2xf32>
    remat.yield carry(%h : tensor<4xf32>) tape(%half : tensor<2xf32>)
  } reverse(%t: index, %dh: tensor<4xf32>) {
    remat.yield_adjoint carry(%dh : tensor<4xf32>)
  }
  return
}

// -----

// bptt_c6: cotangents of narrow floats are in f32.
func.func @narrow_cotangent(%count: index, %h0: tensor<4xbf16>) {
  // expected-error@+1 {{expects 'reverse' to take first ('index', 'tensor<4xf32>'), but got ('index', 'tensor<4xbf16>')}}
  %hT, %history = remat.bptt count(%count) carry(%h0 : tensor<4xbf16>) active_carries [0]
      -> tensor<4xbf16>, !remat.history
  advance(%t: index, %h: tensor<4xbf16>) {
    remat.yield carry(%h : tensor<4xbf16>)
  } record(%t: index, %h: tensor<4xbf16>) {
    remat.yield carry(%h : tensor<4xbf16>)
  } reverse(%t: index, %dh: tensor<4xbf16>) {
    remat.yield_adjoint carry(%dh : tensor<4xbf16>)
  }
  return
}

// -----

// bptt_c7
func.func @reverse_ends_wrongly(%count: index, %h0: tensor<4xf32>) {
  // expected-error@+1 {{expects 'reverse' to end with 'remat.yield_adjoint'}}
  %hT, %history = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) active_carries [0]
      -> tensor<4xf32>, !remat.history
  advance(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  } record(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  } reverse(%t: index, %dh: tensor<4xf32>) {
    remat.yield carry(%dh : tensor<4xf32>)
  }
  return
}

// -----

// bptt_c7
func.func @reverse_loses_an_accumulator(%count: index, %h0: tensor<4xf32>) {
  %hT, %history = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) active_carries [0]
      -> tensor<4xf32>, !remat.history
  advance(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  } record(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  } reverse(%t: index, %dh: tensor<4xf32>, %dw: tensor<8xf32>) {
    // expected-error@+1 {{'remat.yield_adjoint' op expects accumulators ('tensor<8xf32>'), but got ()}}
    remat.yield_adjoint carry(%dh : tensor<4xf32>)
  }
  return
}

// -----

// bptt_c8
func.func @resume_arguments(%count: index, %h0: tensor<4xf32>) {
  // expected-error@+1 {{expects 'resume' arguments ('index', 'tensor<4xf32>'), but got ('index')}}
  %hT, %history = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) active_carries [0]
      -> tensor<4xf32>, !remat.history
  advance(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  } record(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>) tape(%h : tensor<4xf32>)
  } reverse(%t: index, %h: tensor<4xf32>, %dh: tensor<4xf32>) {
    remat.yield_adjoint carry(%dh : tensor<4xf32>)
  } resume(%t: index) {
    %h = tensor.empty() : tensor<4xf32>
    remat.yield carry(%h : tensor<4xf32>)
  }
  return
}

// -----

// bptt_c9
func.func @two_unwinds(%count: index, %h0: tensor<4xf32>) {
  // expected-error@+1 {{expects its history to be consumed by one 'remat.unwind'}}
  %hT, %history = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) active_carries [0]
      -> tensor<4xf32>, !remat.history
  advance(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  } record(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  } reverse(%t: index, %dh: tensor<4xf32>) {
    remat.yield_adjoint carry(%dh : tensor<4xf32>)
  }
  %a = remat.unwind %history carry(%hT : tensor<4xf32>) -> tensor<4xf32>
  %b = remat.unwind %history carry(%hT : tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

// unwind_c1
func.func @history_from_elsewhere(%history: !remat.history) {
  // expected-error@+1 {{'remat.unwind' op expects a history made by 'remat.bptt'}}
  remat.unwind %history
  return
}

// -----

// unwind_c2, unwind_c3, unwind_c4, unwind_c5
func.func @cotangents(%count: index, %h0: tensor<4xf32>, %dys: tensor<?x4xf32>, %dw: tensor<8xf32>) {
  %hT, %ys, %history = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) active_carries [0] active_emits [0]
      -> tensor<4xf32>, tensor<?x4xf32>, !remat.history
  advance(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>) emit(%h : tensor<4xf32>)
  } record(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>) emit(%h : tensor<4xf32>)
  } reverse(%t: index, %dh: tensor<4xf32>, %dy: tensor<4xf32>, %acc: tensor<8xf32>) {
    remat.yield_adjoint carry(%dh : tensor<4xf32>) accumulate(%acc : tensor<8xf32>)
  }
  // expected-error@+1 {{expects cotangents of carries ('tensor<4xf32>'), but got ()}}
  %a = remat.unwind %history emit(%dys : tensor<?x4xf32>) accumulate(%dw : tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

// unwind_c3
func.func @cotangents(%count: index, %h0: tensor<4xf32>, %dw: tensor<8xf32>) {
  %hT, %ys, %history = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) active_carries [0] active_emits [0]
      -> tensor<4xf32>, tensor<?x4xf32>, !remat.history
  advance(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>) emit(%h : tensor<4xf32>)
  } record(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>) emit(%h : tensor<4xf32>)
  } reverse(%t: index, %dh: tensor<4xf32>, %dy: tensor<4xf32>, %acc: tensor<8xf32>) {
    remat.yield_adjoint carry(%dh : tensor<4xf32>) accumulate(%acc : tensor<8xf32>)
  }
  // expected-error@+1 {{expects cotangents of stacked results ('tensor<?x4xf32>'), but got ()}}
  %a:2 = remat.unwind %history carry(%hT : tensor<4xf32>) accumulate(%dw : tensor<8xf32>)
      -> tensor<4xf32>, tensor<8xf32>
  return
}

// -----

// unwind_c4, unwind_c5
func.func @accumulators(%count: index, %h0: tensor<4xf32>, %dw: tensor<9xf32>) {
  %hT, %history = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) active_carries [0]
      -> tensor<4xf32>, !remat.history
  advance(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  } record(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  } reverse(%t: index, %dh: tensor<4xf32>, %acc: tensor<8xf32>) {
    remat.yield_adjoint carry(%dh : tensor<4xf32>) accumulate(%acc : tensor<8xf32>)
  }
  // expected-error@+1 {{expects accumulators ('tensor<8xf32>'), but got ('tensor<9xf32>')}}
  %a:2 = remat.unwind %history carry(%hT : tensor<4xf32>) accumulate(%dw : tensor<9xf32>)
      -> tensor<4xf32>, tensor<9xf32>
  return
}

// -----

// unwind_c5
func.func @results(%count: index, %h0: tensor<4xf32>) {
  %hT, %history = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) active_carries [0]
      -> tensor<4xf32>, !remat.history
  advance(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  } record(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  } reverse(%t: index, %dh: tensor<4xf32>) {
    remat.yield_adjoint carry(%dh : tensor<4xf32>)
  }
  // expected-error@+1 {{expects results ('tensor<4xf32>'), but got ('tensor<8xf32>')}}
  %a = remat.unwind %history carry(%hT : tensor<4xf32>) -> tensor<8xf32>
  return
}
