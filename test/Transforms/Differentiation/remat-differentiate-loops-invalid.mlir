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

// -----

// A gradient of a gradient through a loop: an error, where the derivative by %z only
// passes through the history, and where it only passes through the value.

func.func private @power(%z: tensor<f64>, %h0: tensor<f64>) -> tensor<f64> {
  %n = arith.constant 10 : index
  // expected-error@+1 {{this recurrence was differentiated already, and a gradient of its gradient is not supported; write the derivative into the step, as a carry beside the value, and take one gradient of that recurrence}}
  %h = remat.recurrence count(%n) at(%t) carry(%h = %h0 : tensor<f64>) {
    %p = arith.mulf %h, %z : tensor<f64>
    remat.yield carry(%p : tensor<f64>)
  }
  return %h : tensor<f64>
}
func.func private @slope(%z: tensor<f64>, %h0: tensor<f64>) -> tensor<f64> {
  %l, %d = remat.value_and_gradient @power(%z, %h0) wrt [0] : (tensor<f64>, tensor<f64>) -> (tensor<f64>, tensor<f64>)
  return %d : tensor<f64>
}
func.func @second_order(%z: tensor<f64>, %h0: tensor<f64>) -> (tensor<f64>, tensor<f64>) {
  %l, %d = remat.value_and_gradient @slope(%z, %h0) wrt [0] : (tensor<f64>, tensor<f64>) -> (tensor<f64>, tensor<f64>)
  return %l, %d : tensor<f64>, tensor<f64>
}

// -----

func.func private @power(%z: tensor<f64>, %h0: tensor<f64>) -> tensor<f64> {
  %n = arith.constant 10 : index
  // expected-error@+1 {{this recurrence was differentiated already}}
  %h = remat.recurrence count(%n) at(%t) carry(%h = %h0 : tensor<f64>) {
    %p = arith.mulf %h, %z : tensor<f64>
    remat.yield carry(%p : tensor<f64>)
  }
  return %h : tensor<f64>
}
func.func private @both(%z: tensor<f64>, %h0: tensor<f64>) -> tensor<f64> {
  %l, %d = remat.value_and_gradient @power(%z, %h0) wrt [0] : (tensor<f64>, tensor<f64>) -> (tensor<f64>, tensor<f64>)
  return %l : tensor<f64>
}
func.func @through_the_value(%z: tensor<f64>, %h0: tensor<f64>) -> tensor<f64> {
  %l, %d = remat.value_and_gradient @both(%z, %h0) wrt [0] : (tensor<f64>, tensor<f64>) -> (tensor<f64>, tensor<f64>)
  return %d : tensor<f64>
}

// -----

// Under a condition there is no plan, also not for a loop that a request in a branch brings there.

func.func @under_condition(%x: tensor<4xf32>, %b: i1) -> tensor<4xf32> {
  %n = arith.constant 3 : index
  // expected-note@+1 {{a choice between results is written with 'arith.select' after the loop; a loop that runs under a condition has a count that is 0 where the condition does not hold, and returns its initial carries}}
  %y = scf.if %b -> tensor<4xf32> {
    // expected-error@+1 {{'remat.recurrence' expects no 'scf.if' around it, but a function}}
    %r = remat.recurrence count(%n) at(%t) carry(%c = %x : tensor<4xf32>) {
      %q = arith.mulf %c, %c : tensor<4xf32>
      remat.yield carry(%q : tensor<4xf32>)
    }
    scf.yield %r : tensor<4xf32>
  } else {
    scf.yield %x : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}

// -----

func.func private @loss(%h0: tensor<4xf32>) -> tensor<4xf32> {
  %count = arith.constant 9 : index
  // expected-error@+1 {{'remat.recurrence' expects no 'scf.if' around it, but a function}}
  %hT = remat.recurrence count(%count) at(%t) carry(%h = %h0 : tensor<4xf32>) {
    %next = math.sin %h : tensor<4xf32>
    remat.yield carry(%next : tensor<4xf32>)
  }
  return %hT : tensor<4xf32>
}
func.func @request_under_condition(%h0: tensor<4xf32>, %b: i1) -> tensor<4xf32> {
  // expected-note@+1 {{a choice between results is written with 'arith.select' after the loop}}
  %y = scf.if %b -> tensor<4xf32> {
    %r:2 = remat.value_and_gradient @loss(%h0) wrt [0] seed(%h0 : tensor<4xf32>)
      : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
    scf.yield %r#1 : tensor<4xf32>
  } else {
    scf.yield %h0 : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}

// -----

func.func @around(%x: tensor<4xf64>) -> tensor<4xf64> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 3 : index
  // expected-note@+1 {{a loop around a loop is one recurrence over the steps of both, whose step selects by its number}}
  %y = scf.for %i = %c0 to %n step %c1 iter_args(%h = %x) -> tensor<4xf64> {
    // expected-error@+1 {{'remat.recurrence' expects no 'scf.for' around it, but a function}}
    %r = remat.recurrence count(%n) at(%t) carry(%c = %h : tensor<4xf64>) {
      %s = math.sin %c : tensor<4xf64>
      remat.yield carry(%s : tensor<4xf64>)
    }
    scf.yield %r : tensor<4xf64>
  }
  return %y : tensor<4xf64>
}

// -----

// Whether a gradient is asked for or not.
func.func @nested(%x: tensor<4xf64>) -> tensor<4xf64> {
  %n = arith.constant 3 : index
  // expected-note@+1 {{the recurrence}}
  %y = remat.recurrence count(%n) at(%t) carry(%h = %x : tensor<4xf64>) {
    // expected-error@+1 {{'remat.recurrence' is nested in the step of another one, which is not supported: write one recurrence over the steps of both}}
    %r = remat.recurrence count(%n) at(%u) carry(%c = %h : tensor<4xf64>) {
      %s = math.sin %c : tensor<4xf64>
      remat.yield carry(%s : tensor<4xf64>)
    }
    remat.yield carry(%r : tensor<4xf64>)
  }
  return %y : tensor<4xf64>
}
