// RUN: remat-opt %s -canonicalize -cse | FileCheck %s

// CHECK-LABEL: func.func @zero_trips
// CHECK-SAME:    %[[H0:[^:]*]]: tensor<4xf32>, %[[XS:[^:]*]]: tensor<0x4xf32>, %[[DHT:[^:]*]]: tensor<4xf32>,
// CHECK-SAME:    %[[ACC:[^:]*]]: tensor<4xf32>
// CHECK:         %[[EMPTY:.*]] = tensor.empty() : tensor<0x4xf32>
// CHECK-NEXT:    return %[[H0]], %[[EMPTY]], %[[DHT]], %[[EMPTY]], %[[ACC]]
func.func @zero_trips(%h0: tensor<4xf32>, %xs: tensor<0x4xf32>, %dhT: tensor<4xf32>, %acc0: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<0x4xf32>, tensor<4xf32>, tensor<0x4xf32>, tensor<4xf32>) {
  %count = arith.constant 0 : index
  %hT, %ys, %history = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) scan(%xs : tensor<0x4xf32>)
      active_carries [0] active_scans [0] -> tensor<4xf32>, tensor<0x4xf32>, !remat.history
  advance(%t: index, %h: tensor<4xf32>, %x: tensor<4xf32>) {
    %next = arith.addf %h, %x : tensor<4xf32>
    remat.yield carry(%next : tensor<4xf32>) emit(%x : tensor<4xf32>)
  } record(%t: index, %h: tensor<4xf32>, %x: tensor<4xf32>) {
    %next = arith.addf %h, %x : tensor<4xf32>
    remat.yield carry(%next : tensor<4xf32>) emit(%x : tensor<4xf32>)
  } reverse(%t: index, %x: tensor<4xf32>, %dh: tensor<4xf32>, %acc: tensor<4xf32>) {
    %sum = arith.addf %acc, %dh : tensor<4xf32>
    remat.yield_adjoint carry(%dh : tensor<4xf32>) scan(%dh : tensor<4xf32>) accumulate(%sum : tensor<4xf32>)
  }
  %dh0, %dxs, %total = remat.unwind %history carry(%dhT : tensor<4xf32>) accumulate(%acc0 : tensor<4xf32>)
      -> tensor<4xf32>, tensor<0x4xf32>, tensor<4xf32>
  return %hT, %ys, %dh0, %dxs, %total : tensor<4xf32>, tensor<0x4xf32>, tensor<4xf32>, tensor<0x4xf32>, tensor<4xf32>
}

// A gradient with respect to what a loop of no steps reads is computed like any other.
// CHECK-LABEL: func.func @zero_trips_at_the_source
// CHECK:         remat.recurrence
func.func @zero_trips_at_the_source(%h0: tensor<4xf32>) -> tensor<4xf32> {
  %count = arith.constant 0 : index
  %hT = remat.recurrence count(%count) at(%t) carry(%h = %h0 : tensor<4xf32>) {
    %next = math.exp %h : tensor<4xf32>
    remat.yield carry(%next : tensor<4xf32>)
  }
  return %hT : tensor<4xf32>
}

// CHECK-LABEL: func.func @dead_emit
// CHECK:         remat.recurrence
// CHECK-NOT:     ->
// CHECK-NOT:     math.cos
// CHECK:         remat.yield carry(%{{.*}} : tensor<4xf32>){{$}}
func.func @dead_emit(%count: index, %h0: tensor<4xf32>) -> tensor<4xf32> {
  %hT, %ys = remat.recurrence count(%count) at(%t) carry(%h = %h0 : tensor<4xf32>) -> tensor<?x4xf32> {
    %next = math.exp %h : tensor<4xf32>
    %y = math.cos %h : tensor<4xf32>
    remat.yield carry(%next : tensor<4xf32>) emit(%y : tensor<4xf32>)
  }
  return %hT : tensor<4xf32>
}

// The carry %d is read by its own next value only.
// CHECK-LABEL: func.func @dead_carry
// CHECK:         remat.recurrence {{.*}} carry(%{{[^,]*}} = %{{[^,]*}} : tensor<4xf32>) scan(
// CHECK:         remat.yield carry(%{{.*}} : tensor<4xf32>){{$}}
func.func @dead_carry(%count: index, %h0: tensor<4xf32>, %d0: tensor<8xf32>, %xs: tensor<?x4xf32>) -> tensor<4xf32> {
  %hT, %dT = remat.recurrence count(%count) at(%t) carry(%h = %h0 : tensor<4xf32>, %d = %d0 : tensor<8xf32>)
      scan(%x = %xs : tensor<?x4xf32>) {
    %next = arith.addf %h, %x : tensor<4xf32>
    %double = arith.addf %d, %d : tensor<8xf32>
    remat.yield carry(%next, %double : tensor<4xf32>, tensor<8xf32>)
  }
  return %hT : tensor<4xf32>
}

// The result of the first carry is used and depends on the second one.
// CHECK-LABEL: func.func @carry_used_by_a_carry
// CHECK:         remat.yield carry(%{{.*}}, %{{.*}} : tensor<4xf32>, tensor<4xf32>)
func.func @carry_used_by_a_carry(%count: index, %h0: tensor<4xf32>) -> tensor<4xf32> {
  %aT, %bT = remat.recurrence count(%count) at(%t) carry(%a = %h0 : tensor<4xf32>, %b = %h0 : tensor<4xf32>) {
    %next_a = arith.addf %a, %b : tensor<4xf32>
    %next_b = math.exp %b : tensor<4xf32>
    remat.yield carry(%next_a, %next_b : tensor<4xf32>, tensor<4xf32>)
  }
  return %aT : tensor<4xf32>
}

// An assertion keeps what it reads.
// CHECK-LABEL: func.func @carry_used_by_an_assertion
// CHECK:         remat.recurrence {{.*}} carry(%[[N:.*]] = %{{.*}} : tensor<i32>)
// CHECK:           tensor.extract %[[N]]
func.func @carry_used_by_an_assertion(%count: index, %n0: tensor<i32>) {
  %limit = arith.constant 7 : i32
  %nT = remat.recurrence count(%count) at(%t) carry(%n = %n0 : tensor<i32>) {
    %value = tensor.extract %n[] : tensor<i32>
    %ok = arith.cmpi slt, %value, %limit : i32
    cf.assert %ok, "too many"
    %next = arith.addi %n, %n : tensor<i32>
    remat.yield carry(%next : tensor<i32>)
  }
  return
}

// CHECK-LABEL: func.func @unused_scan
// CHECK-SAME:    %{{.*}}: index, %{{.*}}: tensor<4xf32>, %[[XS:.*]]: tensor<?x4xf32>, %[[ZS:.*]]: tensor<?x9xf32>
// CHECK:         scan(%{{.*}} = %[[XS]] : tensor<?x4xf32>) {
func.func @unused_scan(%count: index, %h0: tensor<4xf32>, %xs: tensor<?x4xf32>, %zs: tensor<?x9xf32>)
    -> tensor<4xf32> {
  %hT = remat.recurrence count(%count) at(%t) carry(%h = %h0 : tensor<4xf32>)
      scan(%z = %zs : tensor<?x9xf32>, %x = %xs : tensor<?x4xf32>) {
    %next = arith.addf %h, %x : tensor<4xf32>
    remat.yield carry(%next : tensor<4xf32>)
  }
  return %hT : tensor<4xf32>
}

// CHECK-LABEL: func.func @invariant_carry
// CHECK-SAME:    %{{.*}}: index, %{{.*}}: tensor<4xf32>, %[[W0:.*]]: tensor<4xf32>
// CHECK:         %[[HT:.*]] = remat.recurrence {{.*}} carry(%[[H:[^ ]*]] = %{{.*}} : tensor<4xf32>) {
// CHECK:           arith.mulf %[[H]], %[[W0]]
// CHECK:         return %[[HT]], %[[W0]]
func.func @invariant_carry(%count: index, %h0: tensor<4xf32>, %w0: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %hT, %wT = remat.recurrence count(%count) at(%t) carry(%h = %h0 : tensor<4xf32>, %w = %w0 : tensor<4xf32>) {
    %next = arith.mulf %h, %w : tensor<4xf32>
    remat.yield carry(%next, %w : tensor<4xf32>, tensor<4xf32>)
  }
  return %hT, %wT : tensor<4xf32>, tensor<4xf32>
}

// Everything is in use: nothing changes, `reversed` stays.
// CHECK-LABEL: func.func @negative_all_in_use
// CHECK:         remat.recurrence reversed count(
// CHECK-SAME:      carry({{.*}}) scan({{.*}}) -> tensor<?x4xf32>
func.func @negative_all_in_use(%count: index, %h0: tensor<4xf32>, %xs: tensor<?x4xf32>)
    -> (tensor<4xf32>, tensor<?x4xf32>) {
  %hT, %ys = remat.recurrence reversed count(%count) at(%t) carry(%h = %h0 : tensor<4xf32>)
      scan(%x = %xs : tensor<?x4xf32>) -> tensor<?x4xf32> {
    %next = arith.addf %h, %x : tensor<4xf32>
    remat.yield carry(%next : tensor<4xf32>) emit(%h : tensor<4xf32>)
  }
  return %hT, %ys : tensor<4xf32>, tensor<?x4xf32>
}

// CHECK-LABEL: func.func @unused_history
// CHECK:         %[[HT:.*]] = remat.bptt {{.*}} -> tensor<4xf32>
// CHECK:         advance(
// CHECK-NOT:     record(
// CHECK:         return %[[HT]]
func.func @unused_history(%count: index, %h0: tensor<4xf32>) -> tensor<4xf32> {
  %hT, %history = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) active_carries [0]
      -> tensor<4xf32>, !remat.history
  advance(%t: index, %h: tensor<4xf32>) {
    %next = math.exp %h : tensor<4xf32>
    remat.yield carry(%next : tensor<4xf32>)
  } record(%t: index, %h: tensor<4xf32>) {
    %next = math.exp %h : tensor<4xf32>
    remat.yield carry(%next : tensor<4xf32>) tape(%next : tensor<4xf32>)
  } reverse(%t: index, %e: tensor<4xf32>, %dh: tensor<4xf32>) {
    %d = arith.mulf %dh, %e : tensor<4xf32>
    remat.yield_adjoint carry(%d : tensor<4xf32>)
  }
  return %hT : tensor<4xf32>
}

// Two equal forward halves have a history each.
// CHECK-LABEL: func.func @negative_histories_are_not_merged
// CHECK:         remat.bptt
// CHECK:         remat.bptt
func.func @negative_histories_are_not_merged(%count: index, %h0: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %aT, %a = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) active_carries [0] -> tensor<4xf32>, !remat.history
  advance(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  } record(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  } reverse(%t: index, %dh: tensor<4xf32>) {
    remat.yield_adjoint carry(%dh : tensor<4xf32>)
  }
  %bT, %b = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) active_carries [0] -> tensor<4xf32>, !remat.history
  advance(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  } record(%t: index, %h: tensor<4xf32>) {
    remat.yield carry(%h : tensor<4xf32>)
  } reverse(%t: index, %dh: tensor<4xf32>) {
    remat.yield_adjoint carry(%dh : tensor<4xf32>)
  }
  %x = remat.unwind %a carry(%aT : tensor<4xf32>) -> tensor<4xf32>
  %y = remat.unwind %b carry(%bT : tensor<4xf32>) -> tensor<4xf32>
  return %x, %y : tensor<4xf32>, tensor<4xf32>
}

// A factor that can make no NaN of a zero: the ordinary operation, to the bit.

// CHECK-LABEL: func.func @strong(
// CHECK-SAME:    %[[DY:.*]]: tensor<3xf32>)
// CHECK-DAG:     %[[FINITE:.*]] = arith.constant dense<[1.000000e+00, -2.000000e+00, 0.000000e+00]>
// CHECK-DAG:     %[[INFINITE:.*]] = arith.constant dense<[1.000000e+00, 0x7F800000, 0.000000e+00]>
// CHECK-DAG:     %[[POSITIVE:.*]] = arith.constant dense<[1.000000e+00, 2.000000e+00, 3.000000e+00]>
// CHECK:         arith.mulf %[[DY]], %[[FINITE]]
// CHECK:         remat.strong_product %[[DY]], %[[INFINITE]]
// CHECK:         arith.divf %[[DY]], %[[POSITIVE]]
// CHECK:         remat.strong_quotient %[[DY]], %[[FINITE]]
func.func @strong(%dy: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) {
  %finite = arith.constant dense<[1.0, -2.0, 0.0]> : tensor<3xf32>
  %infinite = arith.constant dense<[1.0, 0x7F800000, 0.0]> : tensor<3xf32>
  %positive = arith.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %0 = remat.strong_product %dy, %finite : tensor<3xf32>
  %1 = remat.strong_product %dy, %infinite : tensor<3xf32>
  %2 = remat.strong_quotient %dy, %positive : tensor<3xf32>
  %3 = remat.strong_quotient %dy, %finite : tensor<3xf32>
  return %0, %1, %2, %3 : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}

// The number of emitted values is that of the steps, and does not keep an array that nobody reads.

// CHECK-LABEL: func.func @extent_of_emitted(
// CHECK-SAME:    %[[COUNT:[a-z0-9]+]]: index
// CHECK-NOT:     tensor.dim
// CHECK:         remat.recurrence count(%[[COUNT]]) {{.*}} -> tensor<?x4xf32> {
// CHECK:         return %{{.*}}, %{{.*}}, %[[COUNT]] :
func.func @extent_of_emitted(%count: index, %h0: tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>, index) {
  %c0 = arith.constant 0 : index
  %h, %read, %unread = remat.recurrence count(%count) at(%t) carry(%a = %h0 : tensor<4xf32>) -> tensor<?x4xf32>, tensor<?x4xf32> {
    %b = math.exp %a : tensor<4xf32>
    %c = math.sin %a : tensor<4xf32>
    remat.yield carry(%b : tensor<4xf32>) emit(%b, %c : tensor<4xf32>, tensor<4xf32>)
  }
  %extent = tensor.dim %unread, %c0 : tensor<?x4xf32>
  return %h, %read, %extent : tensor<4xf32>, tensor<?x4xf32>, index
}
