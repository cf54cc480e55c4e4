// RUN: remat-opt %s --remat-assign-workspace -split-input-file -verify-diagnostics

func.func private @step_advance(%t: index, %pos: index, %h: memref<4xf32>, %next: memref<4xf32>) {
  // expected-error@+1 {{expects what a step computes to have a static shape or, in each dimension, the extent of a slice of a tensor of static shape or of an 'arith.minsi' with a constant, but got 'tensor<?xf32>'}}
  %a = memref.alloc(%t) : memref<?xf32>
  return
}
remat.chain "private" @step advance(@step_advance) carry [tensor<4xf32>]

// -----

func.func private @helper(%h: memref<4xf32>) {
  return
}
// expected-note@+1 {{in this function}}
func.func private @step_advance(%t: index, %pos: index, %h: memref<4xf32>, %next: memref<4xf32>) {
  // expected-error@+1 {{is left in a step function, which neither allocates nor copies nor calls}}
  func.call @helper(%h) : (memref<4xf32>) -> ()
  return
}
remat.chain "private" @step advance(@step_advance) carry [tensor<4xf32>]
