// RUN: remat-opt %s --remat-assign-workspace -split-input-file -verify-diagnostics

func.func private @step_advance(%t: index, %pos: index, %h: memref<4xf32>, %next: memref<4xf32>) {
  // expected-error@+1 {{expects a temporary of a step to have a static shape, but got 'memref<?xf32>'}}
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
