// RUN: remat-opt %s --remat-differentiate --split-input-file --verify-diagnostics

// An operation without a rule is named where it stands.

func.func private @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'tensor.bitcast' op has no derivative rule}}
  %y = tensor.bitcast %x : tensor<4xf32> to tensor<4xf32>
  return %y : tensor<4xf32>
}

func.func @no_rule(%x: tensor<4xf32>, %dy: tensor<4xf32>) -> tensor<4xf32> {
  %y, %dx = remat.value_and_gradient @f(%x) wrt [0] seed(%dy : tensor<4xf32>) : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %dx : tensor<4xf32>
}

// -----

// The same operation may stand where no derivative passes.

func.func private @f(%x: tensor<4xf32>, %n: tensor<4xf32>) -> tensor<4xf32> {
  %m = tensor.bitcast %n : tensor<4xf32> to tensor<4xf32>
  %y = arith.mulf %x, %m : tensor<4xf32>
  return %y : tensor<4xf32>
}

func.func @no_rule_needed(%x: tensor<4xf32>, %n: tensor<4xf32>, %dy: tensor<4xf32>) -> tensor<4xf32> {
  %y, %dx = remat.value_and_gradient @f(%x, %n) wrt [0] seed(%dy : tensor<4xf32>)
      : (tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %dx : tensor<4xf32>
}

// -----

// Inside a linalg body, too.

func.func private @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %empty = tensor.empty() : tensor<4xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : tensor<4xf32>) outs(%empty : tensor<4xf32>) {
  ^bb0(%e: f32, %out: f32):
    %v = vector.broadcast %e : f32 to vector<2xf32>
    // expected-error @+1 {{'vector.extract' op has no derivative rule}}
    %r = vector.extract %v[0] : f32 from vector<2xf32>
    linalg.yield %r : f32
  } -> tensor<4xf32>
  return %y : tensor<4xf32>
}

func.func @no_rule_in_body(%x: tensor<4xf32>, %dy: tensor<4xf32>) -> tensor<4xf32> {
  %y, %dx = remat.value_and_gradient @f(%x) wrt [0] seed(%dy : tensor<4xf32>) : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %dx : tensor<4xf32>
}

// -----

// Complex numbers carry derivatives, but have no rules.

func.func private @f(%x: tensor<f32>) -> tensor<f32> {
  %s = tensor.extract %x[] : tensor<f32>
  %c = complex.create %s, %s : complex<f32>
  // expected-error @+1 {{'complex.abs' op has no derivative rule}}
  %a = complex.abs %c : complex<f32>
  %y = tensor.from_elements %a : tensor<f32>
  return %y : tensor<f32>
}

func.func @complex(%x: tensor<f32>) -> tensor<f32> {
  %y, %dx = remat.value_and_gradient @f(%x) wrt [0] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %dx : tensor<f32>
}

// -----

// A reduction that is no sum, product, maximum or minimum.

func.func private @f(%x: tensor<4xf32>) -> tensor<f32> {
  %zero = arith.constant dense<0.0> : tensor<f32>
  // expected-error @+1 {{'linalg.generic' op has no derivative rule for its reduction, which is no sum, product, maximum or minimum}}
  %y = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>], iterator_types = ["reduction"]}
      ins(%x : tensor<4xf32>) outs(%zero : tensor<f32>) {
  ^bb0(%e: f32, %old: f32):
    %square = arith.mulf %old, %old : f32
    %new = arith.addf %square, %e : f32
    linalg.yield %new : f32
  } -> tensor<f32>
  return %y : tensor<f32>
}

func.func @recursion_in_reduction(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y, %dx = remat.value_and_gradient @f(%x) wrt [0] : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return %dx : tensor<4xf32>
}

// -----

// An output that reads the running value of another one.

func.func private @f(%x: tensor<4xf32>) -> tensor<f32> {
  %zero = arith.constant dense<0.0> : tensor<f32>
  // expected-error @+1 {{'linalg.generic' op has no derivative rule for output #1, which depends on the running value of another: write a 'remat.recurrence' over the elements, which carries both}}
  %y:2 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>, affine_map<(i) -> ()>],
                         iterator_types = ["reduction"]}
      ins(%x : tensor<4xf32>) outs(%zero, %zero : tensor<f32>, tensor<f32>) {
  ^bb0(%e: f32, %sum: f32, %sums: f32):
    %new = arith.addf %sum, %e : f32
    %news = arith.addf %sums, %new : f32
    linalg.yield %new, %news : f32, f32
  } -> (tensor<f32>, tensor<f32>)
  return %y#1 : tensor<f32>
}

func.func @running_value(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y, %dx = remat.value_and_gradient @f(%x) wrt [0] : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return %dx : tensor<4xf32>
}

// -----

// A choice between more than two.

func.func private @f(%x: tensor<f32>, %i: index) -> tensor<f32> {
  // expected-error @+1 {{'scf.index_switch' op has no derivative rule: expects a choice that a gradient passes through to be an 'scf.if', or several, one in the other}}
  %y = scf.index_switch %i -> tensor<f32>
  case 0 {
    scf.yield %x : tensor<f32>
  }
  default {
    %z = math.tanh %x : tensor<f32>
    scf.yield %z : tensor<f32>
  }
  return %y : tensor<f32>
}

func.func @switch(%x: tensor<f32>, %i: index) -> tensor<f32> {
  %y, %dx = remat.value_and_gradient @f(%x, %i) wrt [0] : (tensor<f32>, index) -> (tensor<f32>, tensor<f32>)
  return %dx : tensor<f32>
}

// -----

// A gather inside of a loop in a body.

func.func private @f(%table: tensor<4xf32>, %counts: tensor<3xindex>) -> tensor<3xf32> {
  %empty = tensor.empty() : tensor<3xf32>
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %y = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%counts : tensor<3xindex>) outs(%empty : tensor<3xf32>) {
  ^bb0(%count: index, %out: f32):
    %value = scf.for %i = %c0 to %count step %c1 iter_args(%sum = %zero) -> f32 {
      // expected-error @+1 {{'tensor.extract' op has no derivative rule here, in a 'scf.for' in the body of 'linalg.generic': expects only 'scf.if' around it, and indices without side effects}}
      %e = tensor.extract %table[%i] : tensor<4xf32>
      %next = arith.addf %sum, %e : f32
      scf.yield %next : f32
    }
    linalg.yield %value : f32
  } -> tensor<3xf32>
  return %y : tensor<3xf32>
}

func.func @gather_in_loop(%table: tensor<4xf32>, %counts: tensor<3xindex>, %dy: tensor<3xf32>) -> tensor<4xf32> {
  %y, %dtable = remat.value_and_gradient @f(%table, %counts) wrt [0] seed(%dy : tensor<3xf32>)
      : (tensor<4xf32>, tensor<3xindex>) -> (tensor<3xf32>, tensor<4xf32>)
  return %dtable : tensor<4xf32>
}

// -----

// A padding value that differs from element to element.

func.func private @f(%x: tensor<4xf32>) -> tensor<6xf32> {
  // expected-error @+1 {{'tensor.pad' op has a derivative rule for a constant padding value only}}
  %y = tensor.pad %x low[1] high[1] {
  ^bb0(%i: index):
    %value = tensor.extract %x[%i] : tensor<4xf32>
    tensor.yield %value : f32
  } : tensor<4xf32> to tensor<6xf32>
  return %y : tensor<6xf32>
}

func.func @varying_padding(%x: tensor<4xf32>, %dy: tensor<6xf32>) -> tensor<4xf32> {
  %y, %dx = remat.value_and_gradient @f(%x) wrt [0] seed(%dy : tensor<6xf32>) : (tensor<4xf32>) -> (tensor<6xf32>, tensor<4xf32>)
  return %dx : tensor<4xf32>
}

// -----

// A gradient passes through a loop that is no recurrence.

func.func private @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  // expected-error @+1 {{'scf.for' op has no derivative rule: expects a loop that a gradient passes through to be a 'remat.recurrence', or to be unrolled; 'remat.stop_gradient' keeps the gradient out}}
  %y = scf.for %i = %c0 to %c3 step %c1 iter_args(%a = %x) -> tensor<4xf32> {
    %b = arith.mulf %a, %x : tensor<4xf32>
    scf.yield %b : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}

func.func @loop(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y, %dx = remat.value_and_gradient @f(%x) wrt [0] seed(%x : tensor<4xf32>)
      : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %dx : tensor<4xf32>
}

// -----

func.func private @f(%x: tensor<3xf32>) -> tensor<3xf32> {
  // expected-error @+1 {{'scf.forall' op has no derivative rule: expects a loop that a gradient passes through to be a 'remat.recurrence', or to be unrolled; 'remat.stop_gradient' keeps the gradient out}}
  %y = scf.forall (%i) in (3) shared_outs(%out = %x) -> tensor<3xf32> {
    %a = tensor.extract_slice %x[%i] [1] [1] : tensor<3xf32> to tensor<1xf32>
    %b = arith.mulf %a, %a : tensor<1xf32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %b into %out[%i] [1] [1] : tensor<1xf32> into tensor<3xf32>
    }
  }
  return %y : tensor<3xf32>
}

func.func @turns(%x: tensor<3xf32>) -> tensor<3xf32> {
  %y, %dx = remat.value_and_gradient @f(%x) wrt [0] seed(%x : tensor<3xf32>) : (tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %dx : tensor<3xf32>
}

// -----

func.func private @f(%x: tensor<f32>) -> tensor<f32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %v = tensor.extract %x[] : tensor<f32>
  // expected-error @+1 {{'scf.parallel' op has no derivative rule: expects a loop that a gradient passes through to be a 'remat.recurrence', or to be unrolled; 'remat.stop_gradient' keeps the gradient out}}
  %s = scf.parallel (%i) = (%c0) to (%c3) step (%c1) init (%v) -> f32 {
    scf.reduce(%v : f32) {
    ^bb0(%a: f32, %b: f32):
      %next = arith.mulf %a, %b : f32
      scf.reduce.return %next : f32
    }
  }
  %y = tensor.from_elements %s : tensor<f32>
  return %y : tensor<f32>
}

func.func @reduced(%x: tensor<f32>) -> tensor<f32> {
  %y, %dx = remat.value_and_gradient @f(%x) wrt [0] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %dx : tensor<f32>
}
