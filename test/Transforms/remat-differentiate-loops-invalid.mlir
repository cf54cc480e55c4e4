// RUN: remat-opt %s -split-input-file -verify-diagnostics -remat-differentiate

// An operation of a step without a rule is an error at that operation.
func.func private @loss(%h0: tensor<4xf32>) -> tensor<4xf32> {
  %count = arith.constant 9 : index
  %hT = remat.recurrence count(%count) at(%t) carry(%h = %h0 : tensor<4xf32>) {
    // expected-error@+1 {{'tensor.generate' op has no derivative rule}}
    %next = tensor.generate {
    ^bb0(%i: index):
      %value = tensor.extract %h[%i] : tensor<4xf32>
      tensor.yield %value : f32
    } : tensor<4xf32>
    remat.yield carry(%next : tensor<4xf32>)
  }
  return %hT : tensor<4xf32>
}
func.func @no_rule(%h0: tensor<4xf32>, %seed: tensor<4xf32>) -> tensor<4xf32> {
  %r:2 = remat.value_and_gradient @loss(%h0) wrt [0] seed(%seed : tensor<4xf32>)
    : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %r#1 : tensor<4xf32>
}

// -----

func.func private @loss(%h0: tensor<4xf32>) -> tensor<4xf32> {
  %count = arith.constant 9 : index
  // expected-note@+1 {{the recurrence}}
  %hT = remat.recurrence count(%count) at(%t) carry(%h = %h0 : tensor<4xf32>) {
    // expected-error@+1 {{'remat.recurrence' op is nested in the step of a recurrence that is differentiated, which is not supported}}
    %gT = remat.recurrence count(%count) at(%u) carry(%g = %h : tensor<4xf32>) {
      %next = arith.mulf %g, %g : tensor<4xf32>
      remat.yield carry(%next : tensor<4xf32>)
    }
    remat.yield carry(%gT : tensor<4xf32>)
  }
  return %hT : tensor<4xf32>
}
func.func @nested(%h0: tensor<4xf32>, %seed: tensor<4xf32>) -> tensor<4xf32> {
  %r:2 = remat.value_and_gradient @loss(%h0) wrt [0] seed(%seed : tensor<4xf32>)
    : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %r#1 : tensor<4xf32>
}
