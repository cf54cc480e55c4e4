// RUN: remat-opt %s --convert-remat-to-scf --verify-diagnostics --split-input-file

// Without memory there is nothing to lower to.

func.func private @step(%t: index, %pos: index, %h: tensor<15xf32>) -> tensor<15xf32> {
  return %h : tensor<15xf32>
}
remat.chain "private" @loop advance(@step) carry [tensor<15xf32>]
func.func @no_arena(%count: index, %h0: tensor<15xf32>) -> tensor<15xf32> {
  %e = tensor.empty() : tensor<15xf32>
  // expected-error@+1 {{expects to stand in a function whose last arguments are the arena, the copies of parameters, the counters, the block of the walk}}
  %hT = remat.forward_sweep @loop count(%count) init(%h0 : tensor<15xf32>) final(%e : tensor<15xf32>) -> tensor<15xf32>
  return %hT : tensor<15xf32>
}

// -----

func.func private @step(%t: index, %pos: index, %h: tensor<15xf32>) -> tensor<15xf32> {
  return %h : tensor<15xf32>
}
remat.chain "private" @loop advance(@step) carry [tensor<15xf32>]
func.func @no_frame(%count: index, %h0: tensor<15xf32>, %e: tensor<15xf32>, %arena: memref<?xi8>, %parameters: memref<?xi8>,
                    %counters: memref<?xi64>, %walk: memref<?xi8>) -> tensor<15xf32> {
  // expected-error@+1 {{expects a layout, which remat-plan-memory makes}}
  %hT = remat.forward_sweep @loop count(%count) init(%h0 : tensor<15xf32>) final(%e : tensor<15xf32>) -> tensor<15xf32>
  return %hT : tensor<15xf32>
}
