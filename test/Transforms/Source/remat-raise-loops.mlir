// RUN: remat-opt %s -split-input-file -remat-raise-loops | FileCheck %s
// RUN: remat-opt %s -split-input-file -remat-raise-loops -canonicalize -cse -remat-differentiate -o /dev/null

// An array that is read is a scan, one that is written a stacked result, and the rest is carried.
// CHECK-LABEL: func.func private @scan(
// CHECK-SAME: %[[XS:.*]]: tensor<7x4xf32>, %[[H0:.*]]: tensor<4xf32>
// CHECK: %[[FINAL:.*]], %[[YS:.*]] = remat.recurrence count(%c7{{.*}}) at(%{{.*}}) carry(%[[H:.*]] = %[[H0]] : tensor<4xf32>) scan(%[[X:.*]] = %[[XS]] : tensor<7x4xf32>) -> tensor<7x4xf32> {
// CHECK-NEXT: %[[NEXT:.*]] = arith.mulf %[[H]], %[[X]]
// CHECK-NEXT: remat.yield carry(%[[NEXT]] : tensor<4xf32>) emit(%[[NEXT]] : tensor<4xf32>)
// CHECK: return %[[YS]], %[[FINAL]]
func.func private @scan(%xs: tensor<7x4xf32>, %h0: tensor<4xf32>) -> (tensor<7x4xf32>, tensor<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c7 = arith.constant 7 : index
  %empty = tensor.empty() : tensor<7x4xf32>
  %ys, %last = scf.for %t = %c0 to %c7 step %c1 iter_args(%stack = %empty, %h = %h0) -> (tensor<7x4xf32>, tensor<4xf32>) {
    %x = tensor.extract_slice %xs[%t, 0] [1, 4] [1, 1] : tensor<7x4xf32> to tensor<4xf32>
    %next = arith.mulf %h, %x : tensor<4xf32>
    %more = tensor.insert_slice %next into %stack[%t, 0] [1, 4] [1, 1] : tensor<4xf32> into tensor<7x4xf32>
    scf.yield %more, %next : tensor<7x4xf32>, tensor<4xf32>
  }
  return %ys, %last : tensor<7x4xf32>, tensor<4xf32>
}
func.func @main(%xs: tensor<7x4xf32>, %h0: tensor<4xf32>, %dy: tensor<7x4xf32>, %dh: tensor<4xf32>) -> tensor<4xf32> {
  %r:3 = remat.value_and_gradient @scan(%xs, %h0) wrt [1] of [0, 1] seed(%dy, %dh : tensor<7x4xf32>, tensor<4xf32>)
    : (tensor<7x4xf32>, tensor<4xf32>) -> (tensor<7x4xf32>, tensor<4xf32>, tensor<4xf32>)
  return %r#2 : tensor<4xf32>
}

// -----

// What is read and written is a part of an array; what is not written keeps its values.
// CHECK-LABEL: func.func private @part(
// CHECK-SAME: %[[XS:.*]]: tensor<9x4xf32>, %[[YS:.*]]: tensor<12x4xf32>
// CHECK: %[[SCAN:.*]] = tensor.extract_slice %[[XS]][2, 0] [3, 4] [2, 1]
// CHECK: %[[STACKED:.*]] = remat.recurrence count(%c3{{.*}}) at(%{{.*}}) scan(%[[X:.*]] = %[[SCAN]] : tensor<3x4xf32>) -> tensor<3x4xf32> {
// CHECK-NEXT: %[[Y:.*]] = arith.mulf %[[X]], %[[X]]
// CHECK-NEXT: remat.yield emit(%[[Y]] : tensor<4xf32>)
// CHECK: %[[RESULT:.*]] = tensor.insert_slice %[[STACKED]] into %[[YS]][3, 0] [3, 4] [2, 1]
// CHECK: return %[[RESULT]]
func.func private @part(%xs: tensor<9x4xf32>, %ys: tensor<12x4xf32>) -> tensor<12x4xf32> {
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c7 = arith.constant 7 : index
  %r = scf.for %t = %c2 to %c7 step %c2 iter_args(%stack = %ys) -> tensor<12x4xf32> {
    %x = tensor.extract_slice %xs[%t, 0] [1, 4] [1, 1] : tensor<9x4xf32> to tensor<4xf32>
    %y = arith.mulf %x, %x : tensor<4xf32>
    %behind = arith.addi %t, %c1 : index
    %more = tensor.insert_slice %y into %stack[%behind, 0] [1, 4] [1, 1] : tensor<4xf32> into tensor<12x4xf32>
    scf.yield %more : tensor<12x4xf32>
  }
  return %r : tensor<12x4xf32>
}
func.func @main(%xs: tensor<9x4xf32>, %ys: tensor<12x4xf32>) -> tensor<9x4xf32> {
  %r:2 = remat.value_and_gradient @part(%xs, %ys) wrt [0] seed(%ys : tensor<12x4xf32>)
    : (tensor<9x4xf32>, tensor<12x4xf32>) -> (tensor<12x4xf32>, tensor<9x4xf32>)
  return %r#1 : tensor<9x4xf32>
}

// -----

// The element that the turn before has written is a carry, and one that is not written yet a scan.
// CHECK-LABEL: func.func private @previous(
// CHECK-SAME: %[[YS:.*]]: tensor<8xf64>
// CHECK: %[[INIT:.*]] = tensor.extract_slice %[[YS]][%c0{{.*}}] [1] [1] : tensor<8xf64> to tensor<f64>
// CHECK: %[[SCAN:.*]] = tensor.extract_slice %[[YS]][1] [7] [1]
// CHECK: remat.recurrence count(%c7{{.*}}) at(%{{.*}}) carry(%[[P:.*]] = %[[INIT]] : tensor<f64>) scan(%[[U:.*]] = %[[SCAN]] : tensor<7xf64>) -> tensor<7xf64> {
// CHECK-DAG: %[[BEFORE:.*]] = tensor.extract %[[P]][]
// CHECK-DAG: %[[HERE:.*]] = tensor.extract %[[U]][]
// CHECK: %[[SUM:.*]] = arith.addf %[[BEFORE]], %[[HERE]]
// CHECK: %[[Y:.*]] = tensor.from_elements %[[SUM]]
// CHECK: remat.yield carry(%[[Y]] : tensor<f64>) emit(%[[Y]] : tensor<f64>)
// CHECK: tensor.insert_slice %{{.*}} into %[[YS]][1] [7] [1]
func.func private @previous(%ys: tensor<8xf64>) -> tensor<8xf64> {
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %r = scf.for %t = %c1 to %c8 step %c1 iter_args(%stack = %ys) -> tensor<8xf64> {
    %back = arith.subi %t, %c1 : index
    %before = tensor.extract %stack[%back] : tensor<8xf64>
    %here = tensor.extract %stack[%t] : tensor<8xf64>
    %sum = arith.addf %before, %here : f64
    %more = tensor.insert %sum into %stack[%t] : tensor<8xf64>
    scf.yield %more : tensor<8xf64>
  }
  return %r : tensor<8xf64>
}
func.func @main(%ys: tensor<8xf64>) -> tensor<8xf64> {
  %r:2 = remat.value_and_gradient @previous(%ys) wrt [0] seed(%ys : tensor<8xf64>) : (tensor<8xf64>) -> (tensor<8xf64>, tensor<8xf64>)
  return %r#1 : tensor<8xf64>
}

// -----

// From the end.
// CHECK-LABEL: func.func private @backwards(
// CHECK: remat.recurrence reversed count(%c7{{.*}}) at(%{{.*}}) carry({{.*}}) scan(%{{.*}} = %{{.*}} : tensor<7x3xf32>) -> tensor<7x3xf32> {
func.func private @backwards(%xs: tensor<7x3xf32>, %h0: tensor<3xf32>) -> tensor<7x3xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c6 = arith.constant 6 : index
  %c7 = arith.constant 7 : index
  %empty = tensor.empty() : tensor<7x3xf32>
  %ys, %last = scf.for %t = %c0 to %c7 step %c1 iter_args(%stack = %empty, %h = %h0) -> (tensor<7x3xf32>, tensor<3xf32>) {
    %i = arith.subi %c6, %t : index
    %x = tensor.extract_slice %xs[%i, 0] [1, 3] [1, 1] : tensor<7x3xf32> to tensor<3xf32>
    %next = arith.mulf %h, %x : tensor<3xf32>
    %more = tensor.insert_slice %next into %stack[%i, 0] [1, 3] [1, 1] : tensor<3xf32> into tensor<7x3xf32>
    scf.yield %more, %next : tensor<7x3xf32>, tensor<3xf32>
  }
  return %ys : tensor<7x3xf32>
}
func.func @main(%xs: tensor<7x3xf32>, %h0: tensor<3xf32>) -> tensor<3xf32> {
  %r:2 = remat.value_and_gradient @backwards(%xs, %h0) wrt [1] seed(%xs : tensor<7x3xf32>)
    : (tensor<7x3xf32>, tensor<3xf32>) -> (tensor<7x3xf32>, tensor<3xf32>)
  return %r#1 : tensor<3xf32>
}

// -----

// Numbers are carried in tensors. A counter is computed from the number of the step, and so is an index of
// which more than the next element is read.
// CHECK-LABEL: func.func private @numbers(
// CHECK-SAME: %[[TABLE:.*]]: tensor<9xf32>, %[[START:.*]]: i64
// CHECK: %[[S0:.*]] = tensor.from_elements %{{.*}} : tensor<f32>
// CHECK: remat.recurrence count(%c5{{.*}}) at(%[[T:.*]]) carry(%[[S:.*]] = %[[S0]] : tensor<f32>, %[[J:.*]] = %{{.*}} : tensor<i64>) {
// CHECK-DAG: tensor.extract %[[S]][] : tensor<f32>
// CHECK-DAG: %[[J_NUMBER:.*]] = tensor.extract %[[J]][] : tensor<i64>
// CHECK-DAG: arith.index_cast %[[J_NUMBER]] : i64 to index
// CHECK-DAG: %[[T_NUMBER:.*]] = arith.index_cast %[[T]] : index to i64
// CHECK-DAG: arith.muli %[[T_NUMBER]], %c3_i64
// CHECK: tensor.extract %[[TABLE]]
// CHECK: remat.yield carry(%{{.*}}, %{{.*}} : tensor<f32>, tensor<i64>)
// CHECK: arith.addi %[[START]], %c15_i64
func.func private @numbers(%table: tensor<9xf32>, %start: i64, %h: f32) -> (tensor<f32>, i64) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c5 = arith.constant 5 : index
  %c7 = arith.constant 7 : index
  %three = arith.constant 3 : i64
  %s_last, %k_last, %j_last = scf.for %t = %c0 to %c5 step %c1 iter_args(%s = %h, %k = %start, %j = %c2) -> (f32, i64, index) {
    %more = arith.addi %k, %three : i64
    %factor = arith.sitofp %k : i64 to f32
    %element = tensor.extract %table[%j] : tensor<9xf32>
    %product = arith.mulf %s, %element : f32
    %next = arith.mulf %product, %factor : f32
    %twice = arith.muli %j, %c2 : index
    %j_next = arith.remsi %twice, %c7 : index
    scf.yield %next, %more, %j_next : f32, i64, index
  }
  %r = tensor.from_elements %s_last : tensor<f32>
  return %r, %k_last : tensor<f32>, i64
}
func.func @main(%table: tensor<9xf32>, %start: i64, %h: f32) -> tensor<9xf32> {
  %r:3 = remat.value_and_gradient @numbers(%table, %start, %h) wrt [0] : (tensor<9xf32>, i64, f32) -> (tensor<f32>, i64, tensor<9xf32>)
  return %r#2 : tensor<9xf32>
}

// -----

// A scan as JAX exports it: a counter in a tensor, the arrays handed on, and guards around indices.
// CHECK-LABEL: func.func private @jax(
// CHECK-SAME: %[[XS:.*]]: tensor<7x4xf32>, %[[H0:.*]]: tensor<4xf32>
// CHECK: %[[FINAL:.*]], %[[YS:.*]] = remat.recurrence count(%c7{{.*}}) at(%{{.*}}) carry(%{{.*}} = %[[H0]] : tensor<4xf32>) scan(%{{.*}} = %[[XS]] : tensor<7x4xf32>) -> tensor<7x4xf32> {
// CHECK-NOT: scf
// CHECK: return %[[YS]]
func.func private @jax(%xs: tensor<7x4xf32>, %h0: tensor<4xf32>) -> tensor<7x4xf32> {
  %zero = arith.constant dense<0> : tensor<i32>
  %zeros = arith.constant dense<0.0> : tensor<7x4xf32>
  %r:4 = scf.while (%i = %zero, %h = %h0, %in = %xs, %out = %zeros) : (tensor<i32>, tensor<4xf32>, tensor<7x4xf32>, tensor<7x4xf32>)
      -> (tensor<i32>, tensor<4xf32>, tensor<7x4xf32>, tensor<7x4xf32>) {
    %seven = arith.constant dense<7> : tensor<i32>
    %empty = tensor.empty() : tensor<i1>
    %less = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []}
        ins(%i, %seven : tensor<i32>, tensor<i32>) outs(%empty : tensor<i1>) {
    ^bb0(%a: i32, %b: i32, %o: i1):
      %c = arith.cmpi slt, %a, %b : i32
      linalg.yield %c : i1
    } -> tensor<i1>
    %go = tensor.extract %less[] : tensor<i1>
    scf.condition(%go) %i, %h, %in, %out : tensor<i32>, tensor<4xf32>, tensor<7x4xf32>, tensor<7x4xf32>
  } do {
  ^bb0(%i: tensor<i32>, %h: tensor<4xf32>, %in: tensor<7x4xf32>, %out: tensor<7x4xf32>):
    %nought = arith.constant dense<0> : tensor<i32>
    %seven = arith.constant dense<7> : tensor<i32>
    %is_negative = arith.cmpi slt, %i, %nought : tensor<i32>
    %wrapped = arith.addi %i, %seven : tensor<i32>
    %place = arith.select %is_negative, %wrapped, %i : tensor<i1>, tensor<i32>
    %number = tensor.extract %place[] : tensor<i32>
    %index = arith.index_cast %number : i32 to index
    %c0 = arith.constant 0 : index
    %c6 = arith.constant 6 : index
    %low = arith.maxsi %index, %c0 : index
    %clamped = arith.minsi %low, %c6 : index
    %row = tensor.extract_slice %in[%clamped, 0] [1, 4] [1, 1] : tensor<7x4xf32> to tensor<1x4xf32>
    %x = tensor.collapse_shape %row [[0, 1]] : tensor<1x4xf32> into tensor<4xf32>
    %next = arith.mulf %h, %x : tensor<4xf32>
    %next_row = tensor.expand_shape %next [[0, 1]] output_shape [1, 4] : tensor<4xf32> into tensor<1x4xf32>
    %more = tensor.insert_slice %next_row into %out[%clamped, 0] [1, 4] [1, 1] : tensor<1x4xf32> into tensor<7x4xf32>
    %one = arith.constant dense<1> : tensor<i32>
    %i_next = arith.addi %i, %one : tensor<i32>
    scf.yield %i_next, %next, %in, %more : tensor<i32>, tensor<4xf32>, tensor<7x4xf32>, tensor<7x4xf32>
  }
  return %r#3 : tensor<7x4xf32>
}
func.func @main(%xs: tensor<7x4xf32>, %h0: tensor<4xf32>) -> tensor<4xf32> {
  %r:2 = remat.value_and_gradient @jax(%xs, %h0) wrt [1] seed(%xs : tensor<7x4xf32>)
    : (tensor<7x4xf32>, tensor<4xf32>) -> (tensor<7x4xf32>, tensor<4xf32>)
  return %r#1 : tensor<4xf32>
}

// -----

// The number of turns is that of scf, for every step and bounds that are not known.
// CHECK-LABEL: func.func private @unknown(
// CHECK-SAME: %[[H0:.*]]: tensor<f32>, %[[LOW:.*]]: index, %[[HIGH:.*]]: index, %[[STEP:.*]]: index
// CHECK: remat.check_range %[[STEP]]
// CHECK: %[[DISTANCE:.*]] = arith.subi %[[HIGH]], %[[LOW]]
// CHECK: %[[BEFORE:.*]] = arith.subi %[[DISTANCE]], %c1
// CHECK: %[[STEPS:.*]] = arith.divui %[[BEFORE]], %[[STEP]]
// CHECK: %[[TURNS:.*]] = arith.addi %[[STEPS]], %c1
// CHECK: %[[IS_LESS:.*]] = arith.cmpi slt, %[[LOW]], %[[HIGH]]
// CHECK: %[[COUNT:.*]] = arith.select %[[IS_LESS]], %[[TURNS]], %c0
// CHECK: remat.recurrence count(%[[COUNT]])
func.func private @unknown(%h0: tensor<f32>, %low: index, %high: index, %step: index) -> tensor<f32> {
  %last = scf.for %t = %low to %high step %step iter_args(%h = %h0) -> tensor<f32> {
    %next = math.sin %h : tensor<f32>
    scf.yield %next : tensor<f32>
  }
  return %last : tensor<f32>
}
func.func @main(%h0: tensor<f32>, %low: index, %high: index, %step: index) -> tensor<f32> {
  %r:2 = remat.value_and_gradient @unknown(%h0, %low, %high, %step) wrt [0] : (tensor<f32>, index, index, index) -> (tensor<f32>, tensor<f32>)
  return %r#1 : tensor<f32>
}

// -----

// As many turns as an array has elements: all of it is the scan.
// CHECK-LABEL: func.func private @extent(
// CHECK-SAME: %[[XS:.*]]: tensor<?xf32>
// CHECK: %[[N:.*]] = tensor.dim %[[XS]]
// CHECK: remat.recurrence count(%[[N]]) at(%{{.*}}) carry({{.*}}) scan(%{{.*}} = %[[XS]] : tensor<?xf32>)
// CHECK-LABEL: func.func private @no_turn(
// CHECK-SAME: %[[H0:.*]]: tensor<f32>
// CHECK-NOT: remat.recurrence
// CHECK: return %[[H0]]
func.func private @extent(%xs: tensor<?xf32>, %h0: tensor<f32>) -> tensor<f32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = tensor.dim %xs, %c0 : tensor<?xf32>
  %last = scf.for %t = %c0 to %n step %c1 iter_args(%h = %h0) -> tensor<f32> {
    %x = tensor.extract %xs[%t] : tensor<?xf32>
    %y = tensor.from_elements %x : tensor<f32>
    %next = arith.mulf %h, %y : tensor<f32>
    scf.yield %next : tensor<f32>
  }
  return %last : tensor<f32>
}
func.func private @no_turn(%h0: tensor<f32>) -> tensor<f32> {
  %c4 = arith.constant 4 : index
  %c1 = arith.constant 1 : index
  %last = scf.for %t = %c4 to %c4 step %c1 iter_args(%h = %h0) -> tensor<f32> {
    %next = math.sin %h : tensor<f32>
    scf.yield %next : tensor<f32>
  }
  return %last : tensor<f32>
}
func.func @main(%xs: tensor<?xf32>, %h0: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  %r:2 = remat.value_and_gradient @extent(%xs, %h0) wrt [1] : (tensor<?xf32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  %s:2 = remat.value_and_gradient @no_turn(%h0) wrt [0] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %r#1, %s#1 : tensor<f32>, tensor<f32>
}

// -----

// Near misses: an element that is read at a place twice as far, before the array, or outside of it stays a read
// of the whole; an array that is read after it was written, or in another direction, is carried.
// CHECK-LABEL: func.func private @misses(
// CHECK: remat.recurrence count(%c4{{.*}}) at(%{{.*}}) carry(%{{.*}} = %{{.*}} : tensor<8xf64>, %{{.*}} = %{{.*}} : tensor<8xf64>) {
// CHECK-COUNT-2: tensor.extract %
// CHECK: tensor.insert
// CHECK-COUNT-2: tensor.extract %
// CHECK: tensor.insert
// CHECK: remat.yield carry(%{{.*}}, %{{.*}} : tensor<8xf64>, tensor<8xf64>)
func.func private @misses(%xs: tensor<3xf64>, %ys: tensor<8xf64>, %zs: tensor<8xf64>) -> (tensor<8xf64>, tensor<8xf64>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c4 = arith.constant 4 : index
  %r:2 = scf.for %t = %c0 to %c4 step %c1 iter_args(%a = %ys, %b = %zs) -> (tensor<8xf64>, tensor<8xf64>) {
    // The fourth is behind the last one.
    %outside = tensor.extract %xs[%t] : tensor<3xf64>
    %square = arith.muli %t, %t : index
    %far = arith.remsi %square, %c2 : index
    %there = tensor.extract %xs[%far] : tensor<3xf64>
    %sum = arith.addf %outside, %there : f64
    %first = tensor.insert %sum into %a[%t] : tensor<8xf64>
    // Two in front of what is written.
    %back = arith.subi %t, %c2 : index
    %least = arith.maxsi %back, %c0 : index
    %old = tensor.extract %a[%least] : tensor<8xf64>
    %again = tensor.extract %first[%c1] : tensor<8xf64>
    %product = arith.mulf %old, %again : f64
    %second = tensor.insert %product into %b[%square] : tensor<8xf64>
    scf.yield %first, %second : tensor<8xf64>, tensor<8xf64>
  }
  return %r#0, %r#1 : tensor<8xf64>, tensor<8xf64>
}
func.func @main(%xs: tensor<3xf64>, %ys: tensor<8xf64>) -> tensor<3xf64> {
  %r:3 = remat.value_and_gradient @misses(%xs, %ys, %ys) wrt [0] of [0, 1] seed(%ys, %ys : tensor<8xf64>, tensor<8xf64>)
    : (tensor<3xf64>, tensor<8xf64>, tensor<8xf64>) -> (tensor<8xf64>, tensor<8xf64>, tensor<3xf64>)
  return %r#2 : tensor<3xf64>
}

// -----

// Loops that no gradient passes through stay: of integers, behind a stop, in another function, in a turn.
// CHECK-LABEL: func.func private @others(
// CHECK: scf.for
// CHECK: scf.for
// CHECK: remat.recurrence
// CHECK: scf.for
// CHECK-NOT: remat.not_raised
// CHECK-LABEL: func.func @main(
// CHECK: scf.for
func.func private @others(%h0: tensor<f32>, %a: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %none = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %n = scf.for %t = %c0 to %c4 step %c1 iter_args(%k = %none) -> i32 {
    %next = arith.addi %k, %one : i32
    scf.yield %next : i32
  }
  %apart = scf.for %t = %c0 to %c4 step %c1 iter_args(%h = %a) -> tensor<f32> {
    %next = math.sin %h : tensor<f32>
    scf.yield %next : tensor<f32>
  }
  %last = scf.for %t = %c0 to %c4 step %c1 iter_args(%h = %h0) -> tensor<f32> {
    %m = scf.for %u = %c0 to %c4 step %c1 iter_args(%k = %n) -> i32 {
      %next = arith.addi %k, %one : i32
      scf.yield %next : i32
    }
    %factor = arith.sitofp %m : i32 to f32
    %factors = tensor.from_elements %factor : tensor<f32>
    %product = arith.mulf %h, %factors : tensor<f32>
    scf.yield %product : tensor<f32>
  }
  return %last, %apart : tensor<f32>, tensor<f32>
}
func.func @main(%h0: tensor<f32>, %a: tensor<f32>) -> tensor<f32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %r:3 = remat.value_and_gradient @others(%h0, %a) wrt [0] : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>, tensor<f32>)
  %last = scf.for %t = %c0 to %c4 step %c1 iter_args(%h = %r#2) -> tensor<f32> {
    %next = math.sin %h : tensor<f32>
    scf.yield %next : tensor<f32>
  }
  return %last : tensor<f32>
}
