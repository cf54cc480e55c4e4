// RUN: remat-opt %s --remat-finalize-steps -split-input-file -verify-diagnostics

func.func private @step_advance(%t: index, %pos: index, %h: memref<4xf32>, %ys: memref<9x4xf32>)
    -> (memref<4xf32>, memref<9x4xf32>) {
  %next = memref.alloc() : memref<4xf32>
  // expected-error@+1 {{expects the 'advance' function to update argument #3 in place, but result #1 is another buffer of type 'memref<9x4xf32>'}}
  %other = memref.alloc() : memref<9x4xf32>
  return %next, %other : memref<4xf32>, memref<9x4xf32>
}
remat.chain "private" @step advance(@step_advance) carry [tensor<4xf32>]

// -----

// expected-error@+1 {{expects result #0 to be a tensor, but got 'index'}}
func.func @entry(%x: index) -> index {
  return %x : index
}
