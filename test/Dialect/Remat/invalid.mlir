// RUN: remat-opt %s -split-input-file -verify-diagnostics

// recurrence_c1
func.func @carry_is_no_tensor(%count: index, %h0: f32) {
  // expected-error@+1 {{'remat.recurrence' op expects carry #0 to be a tensor of static shape with float or integer elements, but got 'f32'}}
  %h = remat.recurrence count(%count) at(%t) carry(%c = %h0 : f32) {
    remat.yield carry(%c : f32)
  }
  return
}

// -----

// recurrence_c1
func.func @carry_is_dynamic(%count: index, %h0: tensor<4xf32>, %c0: tensor<?xf32>) {
  // expected-error@+1 {{expects carry #1 to be a tensor of static shape with float or integer elements, but got 'tensor<?xf32>'}}
  %r:2 = remat.recurrence count(%count) at(%t) carry(%h = %h0 : tensor<4xf32>, %c = %c0 : tensor<?xf32>) {
    remat.yield carry(%h, %c : tensor<4xf32>, tensor<?xf32>)
  }
  return
}

// -----

// recurrence_c1
func.func @carry_of_indices(%count: index, %n0: tensor<4xindex>) {
  // expected-error@+1 {{expects carry #0 to be a tensor of static shape with float or integer elements, but got 'tensor<4xindex>'}}
  %r = remat.recurrence count(%count) at(%t) carry(%n = %n0 : tensor<4xindex>) {
    remat.yield carry(%n : tensor<4xindex>)
  }
  return
}

// -----

// recurrence_c2
func.func @scan_without_time(%count: index, %xs: tensor<f32>) {
  // expected-error@+1 {{expects a scan operand to be a ranked tensor with a time dimension, but got 'tensor<f32>'}}
  remat.recurrence count(%count) at(%t) scan(%x = %xs : tensor<f32>) {
    remat.yield
  }
  return
}

// -----

// recurrence_c2
func.func @scan_of_dynamic_elements(%count: index, %xs: tensor<9x?xf32>) {
  // expected-error@+1 {{expects scan #0 to be a tensor of float or integer elements with a time dimension and otherwise static shape, but got 'tensor<9x?xf32>'}}
  remat.recurrence count(%count) at(%t) scan(%x = %xs : tensor<9x?xf32>) {
    remat.yield
  }
  return
}

// -----

// recurrence_c3
func.func @region_arguments(%count: index, %h0: tensor<4xf32>) {
  // expected-error@+1 {{expects region arguments ('index', 'tensor<4xf32>'), but got ('index', 'tensor<5xf32>')}}
  %r = "remat.recurrence"(%count, %h0) <{operandSegmentSizes = array<i32: 1, 1, 0>}> ({
  ^bb0(%t: index, %h: tensor<5xf32>):
    remat.yield carry(%h : tensor<5xf32>)
  }) : (index, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

// recurrence_c4
func.func @carry_changes_type(%count: index, %h0: tensor<4xf32>) {
  // expected-note@+1 {{carries of this recurrence}}
  %r = remat.recurrence count(%count) at(%t) carry(%h = %h0 : tensor<4xf32>) {
    %wide = arith.extf %h : tensor<4xf32> to tensor<4xf64>
    // expected-error@+1 {{'remat.yield' op expects carries ('tensor<4xf32>'), but got ('tensor<4xf64>')}}
    remat.yield carry(%wide : tensor<4xf64>)
  }
  return
}

// -----

// recurrence_c4
func.func @carry_is_forgotten(%count: index, %h0: tensor<4xf32>) {
  // expected-note@+1 {{carries of this recurrence}}
  %r = remat.recurrence count(%count) at(%t) carry(%h = %h0 : tensor<4xf32>) {
    // expected-error@+1 {{'remat.yield' op expects carries ('tensor<4xf32>'), but got ()}}
    remat.yield
  }
  return
}

// -----

// recurrence_c5
func.func @stacked_is_missing(%count: index, %xs: tensor<?x4xf32>) {
  // expected-error@+1 {{expects 1 stacked results, one per emitted value, but got 0}}
  remat.recurrence count(%count) at(%t) scan(%x = %xs : tensor<?x4xf32>) {
    remat.yield emit(%x : tensor<4xf32>)
  }
  return
}

// -----

// recurrence_c5
func.func @stacked_has_wrong_type(%count: index, %xs: tensor<?x4xf32>) {
  // expected-error@+1 {{expects stacked result #0 to be 'tensor<4xf32>' with a leading time dimension, but got 'tensor<?x5xf32>'}}
  %ys = remat.recurrence count(%count) at(%t) scan(%x = %xs : tensor<?x4xf32>) -> tensor<?x5xf32> {
    remat.yield emit(%x : tensor<4xf32>)
  }
  return
}

// -----

// recurrence_c5
func.func @emitted_scalar_is_no_tensor(%count: index, %v: f32) {
  // expected-error@+1 {{expects stacked result #0 to be 'f32' with a leading time dimension, but got 'tensor<?xf32>'}}
  %ys = remat.recurrence count(%count) at(%t) -> tensor<?xf32> {
    remat.yield emit(%v : f32)
  }
  return
}

// -----

// recurrence_c5
func.func @final_carry_has_wrong_type(%count: index, %h0: tensor<4xf32>) {
  // expected-error@+1 {{expects the leading results to have the carry types}}
  %r = "remat.recurrence"(%count, %h0) <{operandSegmentSizes = array<i32: 1, 1, 0>}> ({
  ^bb0(%t: index, %h: tensor<4xf32>):
    remat.yield carry(%h : tensor<4xf32>)
  }) : (index, tensor<4xf32>) -> tensor<4xf64>
  return
}

// -----

// recurrence_c6
func.func @negative_trip_count() {
  %count = arith.constant -3 : index
  // expected-error@+1 {{expects a trip count that is not negative, but got -3}}
  remat.recurrence count(%count) at(%t) {
    remat.yield
  }
  return
}

// -----

// recurrence_c6
func.func @scan_has_other_length(%xs: tensor<8x4xf32>) {
  %count = arith.constant 9 : index
  // expected-error@+1 {{expects the leading dimension of a scan to be the trip count 9, but got 'tensor<8x4xf32>'}}
  remat.recurrence count(%count) at(%t) scan(%x = %xs : tensor<8x4xf32>) {
    remat.yield
  }
  return
}

// -----

// recurrence_c6
func.func @stacked_has_other_length(%xs: tensor<9x4xf32>) {
  %count = arith.constant 9 : index
  // expected-error@+1 {{expects the leading dimension of a stacked result to be the trip count 9, but got 'tensor<8x4xf32>'}}
  %ys = remat.recurrence count(%count) at(%t) scan(%x = %xs : tensor<9x4xf32>) -> tensor<8x4xf32> {
    remat.yield emit(%x : tensor<4xf32>)
  }
  return
}

// -----

// recurrence_c6
func.func @stacked_is_static_for_dynamic_count(%count: index, %xs: tensor<?x4xf32>) {
  // expected-error@+1 {{expects the leading dimension of a stacked result to be dynamic because the trip count is no constant, but got 'tensor<9x4xf32>'}}
  %ys = remat.recurrence count(%count) at(%t) scan(%x = %xs : tensor<?x4xf32>) -> tensor<9x4xf32> {
    remat.yield emit(%x : tensor<4xf32>)
  }
  return
}

// -----

// recurrence_c7
func.func @source_step_has_tape(%count: index, %h0: tensor<4xf32>) {
  // expected-error@+1 {{expects its region to end with 'remat.yield' without a tape}}
  %r = remat.recurrence count(%count) at(%t) carry(%h = %h0 : tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>) tape(%h : tensor<4xf32>)
  }
  return
}

// -----

// recurrence_c8
func.func @side_effect(%count: index, %h0: tensor<4xf32>, %log: memref<4xf32>) {
  // expected-note@+1 {{the recurrence}}
  %r = remat.recurrence count(%count) at(%t) carry(%h = %h0 : tensor<4xf32>) {
    // expected-error@+1 {{'bufferization.materialize_in_destination' op has side effects, which a step of a recurrence must not have}}
    bufferization.materialize_in_destination %h in restrict writable %log : (tensor<4xf32>, memref<4xf32>) -> ()
    remat.yield carry(%h : tensor<4xf32>)
  }
  return
}

// -----

// recurrence_c8
func.func @hidden_side_effect(%count: index, %on: i1, %log: memref<4xf32>, %value: f32, %at: index) {
  // expected-note@+1 {{the recurrence}}
  remat.recurrence count(%count) at(%t) {
    scf.if %on {
      // expected-error@+1 {{'memref.store' op has side effects, which a step of a recurrence must not have}}
      memref.store %value, %log[%at] : memref<4xf32>
    }
    remat.yield
  }
  return
}

// -----

// recurrence_c9
func.func @scan_of_nothing(%xs: tensor<8x0xf32>) {
  %count = arith.constant 8 : index
  // expected-error@+1 {{expects scan #0 to have at least one number per step, but got 'tensor<8x0xf32>'}}
  remat.recurrence count(%count) at(%t) scan(%x = %xs : tensor<8x0xf32>) {
    remat.yield
  }
  return
}

// -----

// recurrence_c9
func.func @stacked_of_nothing(%h0: tensor<0x4xf32>) {
  %count = arith.constant 8 : index
  // expected-error@+1 {{expects stacked result #0 to have at least one number per step, but got 'tensor<8x0x4xf32>'}}
  %hT, %ys = remat.recurrence count(%count) at(%t) carry(%h = %h0 : tensor<0x4xf32>) -> tensor<8x0x4xf32> {
    remat.yield carry(%h : tensor<0x4xf32>) emit(%h : tensor<0x4xf32>)
  }
  return
}

// -----

// value_and_gradient_c1
func.func @unknown_callee(%x: tensor<4xf32>) {
  // expected-error@+1 {{'remat.value_and_gradient' op expects @missing to be a function with a body}}
  %l, %g = remat.value_and_gradient @missing(%x) wrt [0] : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return
}

// -----

// value_and_gradient_c1
func.func private @external(tensor<4xf32>) -> tensor<f32>
func.func @external_callee(%x: tensor<4xf32>) {
  // expected-error@+1 {{expects @external to be a function with a body}}
  %l, %g = remat.value_and_gradient @external(%x) wrt [0] : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return
}

// -----

// value_and_gradient_c2
func.func private @loss(%x: tensor<4xf32>, %n: tensor<4xi32>) -> (tensor<f32>, tensor<4xf32>, tensor<i32>) {
  %l = arith.constant dense<0.0> : tensor<f32>
  %i = arith.constant dense<0> : tensor<i32>
  return %l, %x, %i : tensor<f32>, tensor<4xf32>, tensor<i32>
}
func.func @operand_types(%x: tensor<5xf32>, %n: tensor<4xi32>) {
  // expected-error@+1 {{expects operands ('tensor<4xf32>', 'tensor<4xi32>') for @loss, but got ('tensor<5xf32>', 'tensor<4xi32>')}}
  %r:4 = remat.value_and_gradient @loss(%x, %n) wrt [0]
    : (tensor<5xf32>, tensor<4xi32>) -> (tensor<f32>, tensor<4xf32>, tensor<i32>, tensor<5xf32>)
  return
}

// -----

// value_and_gradient_c2
func.func private @loss(%x: tensor<4xf32>, %n: tensor<4xi32>) -> (tensor<f32>, tensor<4xf32>, tensor<i32>) {
  %l = arith.constant dense<0.0> : tensor<f32>
  %i = arith.constant dense<0> : tensor<i32>
  return %l, %x, %i : tensor<f32>, tensor<4xf32>, tensor<i32>
}
func.func @result_types(%x: tensor<4xf32>, %n: tensor<4xi32>) {
  // expected-error@+1 {{expects results ('tensor<f32>', 'tensor<4xf32>', 'tensor<i32>', 'tensor<4xf32>'), but got ('tensor<f32>', 'tensor<4xf32>')}}
  %r:2 = remat.value_and_gradient @loss(%x, %n) wrt [0] : (tensor<4xf32>, tensor<4xi32>) -> (tensor<f32>, tensor<4xf32>)
  return
}

// -----

// value_and_gradient_c3
func.func private @loss(%x: tensor<4xf32>, %n: tensor<4xi32>) -> (tensor<f32>, tensor<4xf32>, tensor<i32>) {
  %l = arith.constant dense<0.0> : tensor<f32>
  %i = arith.constant dense<0> : tensor<i32>
  return %l, %x, %i : tensor<f32>, tensor<4xf32>, tensor<i32>
}
func.func @wrt_nothing(%x: tensor<4xf32>, %n: tensor<4xi32>) {
  // expected-error@+1 {{expects 'wrt' to name at least one argument}}
  %r:3 = remat.value_and_gradient @loss(%x, %n) wrt []
    : (tensor<4xf32>, tensor<4xi32>) -> (tensor<f32>, tensor<4xf32>, tensor<i32>)
  return
}

// -----

// value_and_gradient_c3
func.func private @loss(%x: tensor<4xf32>, %n: tensor<4xi32>) -> (tensor<f32>, tensor<4xf32>, tensor<i32>) {
  %l = arith.constant dense<0.0> : tensor<f32>
  %i = arith.constant dense<0> : tensor<i32>
  return %l, %x, %i : tensor<f32>, tensor<4xf32>, tensor<i32>
}
func.func @wrt_out_of_range(%x: tensor<4xf32>, %n: tensor<4xi32>) {
  // expected-error@+1 {{expects 'wrt' to be increasing indices below 2, but got 2}}
  %r:4 = remat.value_and_gradient @loss(%x, %n) wrt [2]
    : (tensor<4xf32>, tensor<4xi32>) -> (tensor<f32>, tensor<4xf32>, tensor<i32>, tensor<4xf32>)
  return
}

// -----

// value_and_gradient_c3
func.func private @loss(%x: tensor<4xf32>, %n: tensor<4xi32>) -> (tensor<f32>, tensor<4xf32>, tensor<i32>) {
  %l = arith.constant dense<0.0> : tensor<f32>
  %i = arith.constant dense<0> : tensor<i32>
  return %l, %x, %i : tensor<f32>, tensor<4xf32>, tensor<i32>
}
func.func @wrt_twice(%x: tensor<4xf32>, %n: tensor<4xi32>) {
  // expected-error@+1 {{expects 'wrt' to be increasing indices below 2, but got 0}}
  %r:5 = remat.value_and_gradient @loss(%x, %n) wrt [0, 0]
    : (tensor<4xf32>, tensor<4xi32>) -> (tensor<f32>, tensor<4xf32>, tensor<i32>, tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

// value_and_gradient_c3
func.func private @loss(%x: tensor<4xf32>, %n: tensor<4xi32>) -> (tensor<f32>, tensor<4xf32>, tensor<i32>) {
  %l = arith.constant dense<0.0> : tensor<f32>
  %i = arith.constant dense<0> : tensor<i32>
  return %l, %x, %i : tensor<f32>, tensor<4xf32>, tensor<i32>
}
func.func @wrt_integer(%x: tensor<4xf32>, %n: tensor<4xi32>) {
  // expected-error@+1 {{expects argument #1 to be a tensor of a float type, but got 'tensor<4xi32>'}}
  %r:4 = remat.value_and_gradient @loss(%x, %n) wrt [1]
    : (tensor<4xf32>, tensor<4xi32>) -> (tensor<f32>, tensor<4xf32>, tensor<i32>, tensor<4xi32>)
  return
}

// -----

// value_and_gradient_c4
func.func private @loss(%x: tensor<4xf32>, %n: tensor<4xi32>) -> (tensor<f32>, tensor<4xf32>, tensor<i32>) {
  %l = arith.constant dense<0.0> : tensor<f32>
  %i = arith.constant dense<0> : tensor<i32>
  return %l, %x, %i : tensor<f32>, tensor<4xf32>, tensor<i32>
}
func.func @of_integer(%x: tensor<4xf32>, %n: tensor<4xi32>) {
  // expected-error@+1 {{expects result #2 to be a tensor of a float type, but got 'tensor<i32>'}}
  %r:4 = remat.value_and_gradient @loss(%x, %n) wrt [0] of [2]
    : (tensor<4xf32>, tensor<4xi32>) -> (tensor<f32>, tensor<4xf32>, tensor<i32>, tensor<4xf32>)
  return
}

// -----

// value_and_gradient_c5
func.func private @loss(%x: tensor<4xf32>, %n: tensor<4xi32>) -> (tensor<f32>, tensor<4xf32>, tensor<i32>) {
  %l = arith.constant dense<0.0> : tensor<f32>
  %i = arith.constant dense<0> : tensor<i32>
  return %l, %x, %i : tensor<f32>, tensor<4xf32>, tensor<i32>
}
func.func @seed_is_missing(%x: tensor<4xf32>, %n: tensor<4xi32>) {
  // expected-error@+1 {{expects a seed cotangent because a differentiated result has the type 'tensor<4xf32>'}}
  %r:4 = remat.value_and_gradient @loss(%x, %n) wrt [0] of [1]
    : (tensor<4xf32>, tensor<4xi32>) -> (tensor<f32>, tensor<4xf32>, tensor<i32>, tensor<4xf32>)
  return
}

// -----

// value_and_gradient_c6
func.func private @loss(%x: tensor<4xf32>, %n: tensor<4xi32>) -> (tensor<f32>, tensor<4xf32>, tensor<i32>) {
  %l = arith.constant dense<0.0> : tensor<f32>
  %i = arith.constant dense<0> : tensor<i32>
  return %l, %x, %i : tensor<f32>, tensor<4xf32>, tensor<i32>
}
func.func @seed_types(%x: tensor<4xf32>, %n: tensor<4xi32>, %s: tensor<f32>) {
  // expected-error@+1 {{expects seeds ('tensor<f32>', 'tensor<4xf32>'), but got ('tensor<f32>', 'tensor<f32>')}}
  %r:4 = remat.value_and_gradient @loss(%x, %n) wrt [0] of [0, 1] seed(%s, %s : tensor<f32>, tensor<f32>)
    : (tensor<4xf32>, tensor<4xi32>) -> (tensor<f32>, tensor<4xf32>, tensor<i32>, tensor<4xf32>)
  return
}

// -----

// value_and_gradient_c7
func.func private @loss(%x: tensor<4xf32>, %n: tensor<4xi32>) -> (tensor<f32>, tensor<4xf32>, tensor<i32>) {
  %l = arith.constant dense<0.0> : tensor<f32>
  %i = arith.constant dense<0> : tensor<i32>
  return %l, %x, %i : tensor<f32>, tensor<4xf32>, tensor<i32>
}
func.func @gradient_types(%x: tensor<4xf32>, %n: tensor<4xi32>) {
  // expected-error@+1 {{expects results ('tensor<f32>', 'tensor<4xf32>', 'tensor<i32>', 'tensor<4xf32>'), but got ('tensor<f32>', 'tensor<4xf32>', 'tensor<i32>', 'tensor<f32>')}}
  %r:4 = remat.value_and_gradient @loss(%x, %n) wrt [0]
    : (tensor<4xf32>, tensor<4xi32>) -> (tensor<f32>, tensor<4xf32>, tensor<i32>, tensor<f32>)
  return
}

// -----

// custom_vjp_c1
func.func private @clip(%x: tensor<4xf32>, %n: tensor<i32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
func.func private @clip_adjoint(%x: tensor<4xf32>, %n: tensor<i32>, %y: tensor<4xf32>, %dy: tensor<4xf32>)
    -> tensor<4xf32> {
  return %dy : tensor<4xf32>
}
func.func private @takes_too_little(%x: tensor<4xf32>, %dy: tensor<4xf32>) -> tensor<4xf32> {
  return %dy : tensor<4xf32>
}
func.func private @returns_too_much(%x: tensor<4xf32>, %n: tensor<i32>, %y: tensor<4xf32>, %dy: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<i32>) {
  return %dy, %n : tensor<4xf32>, tensor<i32>
}
func.func @unknown_rule(%x: tensor<4xf32>, %n: tensor<i32>) {
  // expected-error@+1 {{'remat.custom_vjp' op expects @missing to be a function with a body}}
  %y = remat.custom_vjp @clip(%x, %n) rule @missing : (tensor<4xf32>, tensor<i32>) -> tensor<4xf32>
  return
}

// -----

// custom_vjp_c2
func.func private @clip(%x: tensor<4xf32>, %n: tensor<i32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
func.func private @clip_adjoint(%x: tensor<4xf32>, %n: tensor<i32>, %y: tensor<4xf32>, %dy: tensor<4xf32>)
    -> tensor<4xf32> {
  return %dy : tensor<4xf32>
}
func.func private @takes_too_little(%x: tensor<4xf32>, %dy: tensor<4xf32>) -> tensor<4xf32> {
  return %dy : tensor<4xf32>
}
func.func private @returns_too_much(%x: tensor<4xf32>, %n: tensor<i32>, %y: tensor<4xf32>, %dy: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<i32>) {
  return %dy, %n : tensor<4xf32>, tensor<i32>
}
func.func @custom_types(%x: tensor<5xf32>, %n: tensor<i32>) {
  // expected-error@+1 {{expects the types of @clip}}
  %y = remat.custom_vjp @clip(%x, %n) rule @clip_adjoint : (tensor<5xf32>, tensor<i32>) -> tensor<5xf32>
  return
}

// -----

// custom_vjp_c3
func.func private @clip(%x: tensor<4xf32>, %n: tensor<i32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
func.func private @clip_adjoint(%x: tensor<4xf32>, %n: tensor<i32>, %y: tensor<4xf32>, %dy: tensor<4xf32>)
    -> tensor<4xf32> {
  return %dy : tensor<4xf32>
}
func.func private @takes_too_little(%x: tensor<4xf32>, %dy: tensor<4xf32>) -> tensor<4xf32> {
  return %dy : tensor<4xf32>
}
func.func private @returns_too_much(%x: tensor<4xf32>, %n: tensor<i32>, %y: tensor<4xf32>, %dy: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<i32>) {
  return %dy, %n : tensor<4xf32>, tensor<i32>
}
func.func @rule_arguments(%x: tensor<4xf32>, %n: tensor<i32>) {
  // expected-error@+1 {{expects the rule to take ('tensor<4xf32>', 'tensor<i32>', 'tensor<4xf32>', 'tensor<4xf32>'), but @takes_too_little takes ('tensor<4xf32>', 'tensor<4xf32>')}}
  %y = remat.custom_vjp @clip(%x, %n) rule @takes_too_little : (tensor<4xf32>, tensor<i32>) -> tensor<4xf32>
  return
}

// -----

// custom_vjp_c4
func.func private @clip(%x: tensor<4xf32>, %n: tensor<i32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
func.func private @clip_adjoint(%x: tensor<4xf32>, %n: tensor<i32>, %y: tensor<4xf32>, %dy: tensor<4xf32>)
    -> tensor<4xf32> {
  return %dy : tensor<4xf32>
}
func.func private @takes_too_little(%x: tensor<4xf32>, %dy: tensor<4xf32>) -> tensor<4xf32> {
  return %dy : tensor<4xf32>
}
func.func private @returns_too_much(%x: tensor<4xf32>, %n: tensor<i32>, %y: tensor<4xf32>, %dy: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<i32>) {
  return %dy, %n : tensor<4xf32>, tensor<i32>
}
func.func @rule_results(%x: tensor<4xf32>, %n: tensor<i32>) {
  // expected-error@+1 {{expects the rule to return ('tensor<4xf32>'), but @returns_too_much returns ('tensor<4xf32>', 'tensor<i32>')}}
  %y = remat.custom_vjp @clip(%x, %n) rule @returns_too_much : (tensor<4xf32>, tensor<i32>) -> tensor<4xf32>
  return
}

// -----

func.func @stop_gradient_of_a_scalar(%x: f32) {
  // expected-error@+1 {{'remat.stop_gradient' op operand #0 must be ranked tensor of any type values, but got 'f32'}}
  %y = "remat.stop_gradient"(%x) : (f32) -> f32
  return
}

// -----

func.func @strong_integers(%dy: tensor<4xi32>) {
  // expected-error@+1 {{'remat.strong_product' op operand #0 must be floating-point-like}}
  %0 = remat.strong_product %dy, %dy : tensor<4xi32>
  return
}

// -----

func.func @strong_shapes(%dy: tensor<4xf32>, %x: tensor<5xf32>) {
  // expected-error@+1 {{'remat.strong_quotient' op requires the same type for all operands and results}}
  %0 = "remat.strong_quotient"(%dy, %x) : (tensor<4xf32>, tensor<5xf32>) -> tensor<4xf32>
  return
}

// -----

// custom_vjp_c4: scalars are differentiated as tensors are.
func.func private @scale(%x: tensor<3xf64>, %k: f64) -> tensor<3xf64> {
  %s = tensor.splat %k : tensor<3xf64>
  %y = arith.mulf %x, %s : tensor<3xf64>
  return %y : tensor<3xf64>
}
func.func private @scale_adjoint(%x: tensor<3xf64>, %k: f64, %y: tensor<3xf64>, %dy: tensor<3xf64>) -> tensor<3xf64> {
  return %dy : tensor<3xf64>
}
func.func @forgotten_scalar(%x: tensor<3xf64>, %k: f64) {
  // expected-error@+1 {{expects the rule to return ('tensor<3xf64>', 'f64'), but @scale_adjoint returns ('tensor<3xf64>')}}
  %y = remat.custom_vjp @scale(%x, %k) rule @scale_adjoint : (tensor<3xf64>, f64) -> tensor<3xf64>
  return
}
