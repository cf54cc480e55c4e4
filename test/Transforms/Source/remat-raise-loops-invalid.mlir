// RUN: remat-opt %s -split-input-file -verify-diagnostics -remat-raise-loops -remat-differentiate

// A loop that cannot become a recurrence is refused where it is differentiated, with the reason.

func.func private @loss(%h0: tensor<4xf32>, %limit: tensor<f32>) -> tensor<4xf32> {
  // expected-error @+2 {{'scf.while' op has no derivative rule: expects a loop that a gradient passes through to be a 'remat.recurrence', or to be unrolled; 'remat.stop_gradient' keeps the gradient out}}
  // expected-note @+1 {{it does not become a recurrence by itself: its condition is expected to be that a counter, to which each turn adds a positive constant, is below a number that no turn changes}}
  %r = scf.while (%h = %h0) : (tensor<4xf32>) -> tensor<4xf32> {
    %c0 = arith.constant 0 : index
    %first = tensor.extract %h[%c0] : tensor<4xf32>
    %most = tensor.extract %limit[] : tensor<f32>
    %go = arith.cmpf olt, %first, %most : f32
    scf.condition(%go) %h : tensor<4xf32>
  } do {
  ^bb0(%h: tensor<4xf32>):
    %next = arith.addf %h, %h : tensor<4xf32>
    scf.yield %next : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}
func.func @main(%h0: tensor<4xf32>, %limit: tensor<f32>) -> tensor<4xf32> {
  %r:2 = remat.value_and_gradient @loss(%h0, %limit) wrt [0] seed(%h0 : tensor<4xf32>)
    : (tensor<4xf32>, tensor<f32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %r#1 : tensor<4xf32>
}

// -----

// The bound grows as well.
func.func private @loss(%h0: tensor<f32>) -> tensor<f32> {
  %c0 = arith.constant 0 : index
  %c9 = arith.constant 9 : index
  // expected-error @+2 {{'scf.while' op has no derivative rule}}
  // expected-note @+1 {{is below a number that no turn changes}}
  %r:3 = scf.while (%i = %c0, %n = %c9, %h = %h0) : (index, index, tensor<f32>) -> (index, index, tensor<f32>) {
    %go = arith.cmpi slt, %i, %n : index
    scf.condition(%go) %i, %n, %h : index, index, tensor<f32>
  } do {
  ^bb0(%i: index, %n: index, %h: tensor<f32>):
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %more = arith.addi %i, %c2 : index
    %further = arith.addi %n, %c1 : index
    %next = arith.addf %h, %h : tensor<f32>
    scf.yield %more, %further, %next : index, index, tensor<f32>
  }
  return %r#2 : tensor<f32>
}
func.func @main(%h0: tensor<f32>) -> tensor<f32> {
  %r:2 = remat.value_and_gradient @loss(%h0) wrt [0] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %r#1 : tensor<f32>
}

// -----

func.func private @loss(%h0: tensor<f32>, %n: tensor<i32>) -> tensor<f32> {
  %zero = arith.constant dense<0> : tensor<i32>
  // expected-error @+2 {{'scf.while' op has no derivative rule}}
  // expected-note @+1 {{its counter grows by 2, for which its bound is expected to be a constant; 'scf.for' may have any}}
  %r:2 = scf.while (%i = %zero, %h = %h0) : (tensor<i32>, tensor<f32>) -> (tensor<i32>, tensor<f32>) {
    %less = arith.cmpi sgt, %n, %i : tensor<i32>
    %go = tensor.extract %less[] : tensor<i1>
    scf.condition(%go) %i, %h : tensor<i32>, tensor<f32>
  } do {
  ^bb0(%i: tensor<i32>, %h: tensor<f32>):
    %two = arith.constant dense<2> : tensor<i32>
    %more = arith.addi %i, %two : tensor<i32>
    %next = arith.addf %h, %h : tensor<f32>
    scf.yield %more, %next : tensor<i32>, tensor<f32>
  }
  return %r#1 : tensor<f32>
}
func.func @main(%h0: tensor<f32>, %n: tensor<i32>) -> tensor<f32> {
  %r:2 = remat.value_and_gradient @loss(%h0, %n) wrt [0] : (tensor<f32>, tensor<i32>) -> (tensor<f32>, tensor<f32>)
  return %r#1 : tensor<f32>
}

// -----

func.func private @loss(%h0: tensor<f32>, %n: index) -> tensor<f32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-error @+2 {{'scf.for' op has no derivative rule}}
  // expected-note @+1 {{it compares its numbers without a sign}}
  %r = scf.for unsigned %t = %c0 to %n step %c1 iter_args(%h = %h0) -> tensor<f32> {
    %next = arith.addf %h, %h : tensor<f32>
    scf.yield %next : tensor<f32>
  }
  return %r : tensor<f32>
}
func.func @main(%h0: tensor<f32>, %n: index) -> tensor<f32> {
  %r:2 = remat.value_and_gradient @loss(%h0, %n) wrt [0] : (tensor<f32>, index) -> (tensor<f32>, tensor<f32>)
  return %r#1 : tensor<f32>
}

// -----

func.func private @loss(%h0: tensor<?xf32>, %n: index) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-error @+2 {{'scf.for' op has no derivative rule}}
  // expected-note @+1 {{it carries tensor<?xf32>, of which not all extents are in the type, and does more with it than to write the next element in each turn}}
  %r = scf.for %t = %c0 to %n step %c1 iter_args(%h = %h0) -> tensor<?xf32> {
    %next = arith.addf %h, %h : tensor<?xf32>
    scf.yield %next : tensor<?xf32>
  }
  return %r : tensor<?xf32>
}
func.func @main(%h0: tensor<?xf32>, %n: index) -> tensor<?xf32> {
  %r:2 = remat.value_and_gradient @loss(%h0, %n) wrt [0] seed(%h0 : tensor<?xf32>) : (tensor<?xf32>, index) -> (tensor<?xf32>, tensor<?xf32>)
  return %r#1 : tensor<?xf32>
}

// -----

// A step that does not lead upwards.
func.func private @loss(%h0: tensor<f32>) -> tensor<f32> {
  %c0 = arith.constant 0 : index
  %c9 = arith.constant 9 : index
  // expected-error @+2 {{'scf.for' op has no derivative rule}}
  // expected-note @+1 {{its step is expected to be positive, but is 0}}
  %r = scf.for %t = %c0 to %c9 step %c0 iter_args(%h = %h0) -> tensor<f32> {
    %next = arith.addf %h, %h : tensor<f32>
    scf.yield %next : tensor<f32>
  }
  return %r : tensor<f32>
}
func.func @main(%h0: tensor<f32>) -> tensor<f32> {
  %r:2 = remat.value_and_gradient @loss(%h0) wrt [0] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %r#1 : tensor<f32>
}

// -----

// A recurrence has none inside.
func.func private @loss(%h0: tensor<f32>) -> tensor<f32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c9 = arith.constant 9 : index
  %r = scf.for %t = %c0 to %c9 step %c1 iter_args(%h = %h0) -> tensor<f32> {
    // expected-error @+2 {{'scf.for' op has no derivative rule}}
    // expected-note @+1 {{it is in the turns of another loop that a gradient passes through: expects one loop over the turns of both, or this one to be unrolled}}
    %inner = scf.for %u = %c0 to %c9 step %c1 iter_args(%g = %h) -> tensor<f32> {
      %next = arith.addf %g, %g : tensor<f32>
      scf.yield %next : tensor<f32>
    }
    scf.yield %inner : tensor<f32>
  }
  return %r : tensor<f32>
}
func.func @main(%h0: tensor<f32>) -> tensor<f32> {
  %r:2 = remat.value_and_gradient @loss(%h0) wrt [0] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %r#1 : tensor<f32>
}

// -----

// Nor is there one in a branch.
func.func private @loss(%h0: tensor<f32>, %condition: i1) -> tensor<f32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c9 = arith.constant 9 : index
  %r = scf.if %condition -> tensor<f32> {
    // expected-error @+2 {{'scf.for' op has no derivative rule}}
    // expected-note @+1 {{it is in 'scf.if': expects it in front of that}}
    %inner = scf.for %u = %c0 to %c9 step %c1 iter_args(%g = %h0) -> tensor<f32> {
      %next = arith.addf %g, %g : tensor<f32>
      scf.yield %next : tensor<f32>
    }
    scf.yield %inner : tensor<f32>
  } else {
    scf.yield %h0 : tensor<f32>
  }
  return %r : tensor<f32>
}
func.func @main(%h0: tensor<f32>, %condition: i1) -> tensor<f32> {
  %r:2 = remat.value_and_gradient @loss(%h0, %condition) wrt [0] : (tensor<f32>, i1) -> (tensor<f32>, tensor<f32>)
  return %r#1 : tensor<f32>
}

// -----

// With a recurrence in it a loop stays.
func.func private @loss(%h0: tensor<f32>) -> tensor<f32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c9 = arith.constant 9 : index
  // expected-note @+1 {{a loop around a loop is one recurrence over the steps of both, whose step selects by its number}}
  %r = scf.for %t = %c0 to %c9 step %c1 iter_args(%h = %h0) -> tensor<f32> {
    // expected-error @+1 {{'remat.recurrence' expects no 'scf.for' around it, but a function}}
    %inner = remat.recurrence count(%c9) at(%u) carry(%g = %h : tensor<f32>) {
      %next = arith.addf %g, %g : tensor<f32>
      remat.yield carry(%next : tensor<f32>)
    }
    scf.yield %inner : tensor<f32>
  }
  return %r : tensor<f32>
}
func.func @main(%h0: tensor<f32>) -> tensor<f32> {
  %r:2 = remat.value_and_gradient @loss(%h0) wrt [0] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %r#1 : tensor<f32>
}

// -----

func.func private @loss(%x: tensor<f32>, %v: vector<4xf32>) -> (tensor<f32>, vector<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  // expected-error @+2 {{'scf.for' op has no derivative rule}}
  // expected-note @+1 {{it does not become a recurrence by itself: it carries vector<4xf32>}}
  %r:2 = scf.for %t = %c0 to %c8 step %c1 iter_args(%a = %x, %b = %v) -> (tensor<f32>, vector<4xf32>) {
    %n = arith.addf %b, %b : vector<4xf32>
    %m = arith.addf %a, %a : tensor<f32>
    scf.yield %m, %n : tensor<f32>, vector<4xf32>
  }
  return %r#0, %r#1 : tensor<f32>, vector<4xf32>
}
func.func @main(%x: tensor<f32>, %v: vector<4xf32>) -> tensor<f32> {
  %r:3 = remat.value_and_gradient @loss(%x, %v) wrt [0] : (tensor<f32>, vector<4xf32>) -> (tensor<f32>, vector<4xf32>, tensor<f32>)
  return %r#2 : tensor<f32>
}
