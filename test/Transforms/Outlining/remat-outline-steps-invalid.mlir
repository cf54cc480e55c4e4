// RUN: remat-opt %s -split-input-file -verify-diagnostics -remat-outline-steps

func.func @nested(%count: index, %h0: tensor<4xf32>) -> tensor<4xf32> {
  %hT = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) -> tensor<4xf32>
  advance(%t: index, %h: tensor<4xf32>) {
    // expected-error@+1 {{'remat.bptt' op expects to be in a function of the module and in no other loop over time}}
    %gT = remat.bptt count(%count) carry(%h : tensor<4xf32>) -> tensor<4xf32>
    advance(%u: index, %g: tensor<4xf32>) {
      remat.yield carry(%g : tensor<4xf32>)
    }
    remat.yield carry(%gT : tensor<4xf32>)
  }
  return %hT : tensor<4xf32>
}
