// RUN: remat-opt %s -split-input-file -remat-inline-calls -remat-split-elementwise -remat-differentiate -symbol-dce \
// RUN:   -canonicalize | FileCheck %s

// What the tape of a step holds. Each value is rounded up to 64 bytes; sizes are in
// the comments. `record` yields the tape, and a tape is restartable if there is `resume`.

// LSTM, f32, batch 16, 256 units: four gates, h and c before the step: 6 x 16,384 = 98,304 bytes.
// The next carries are element-wise in these, so the tape is restartable; tanh of the cell is computed again.
!state = tensor<16x256xf32>
!weight = tensor<256x256xf32>
func.func private @sigmoid(%x: !state) -> !state {
  %one = arith.constant dense<1.0> : !state
  %n = arith.negf %x : !state
  %e = math.exp %n : !state
  %d = arith.addf %e, %one : !state
  %y = arith.divf %one, %d : !state
  return %y : !state
}
func.func private @gate(%x: !state, %h: !state, %wx: !weight, %wh: !weight) -> !state {
  %zero = arith.constant dense<0.0> : !state
  %zx = linalg.matmul ins(%x, %wx : !state, !weight) outs(%zero : !state) -> !state
  %z = linalg.matmul ins(%h, %wh : !state, !weight) outs(%zx : !state) -> !state
  return %z : !state
}
func.func private @loss(%xs: tensor<1000x16x256xf32>, %w: !weight, %u: !weight) -> !state {
  %count = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !state
  %hT, %cT = remat.recurrence count(%count) at(%t) carry(%h = %zero : !state, %c = %zero : !state)
      scan(%x = %xs : tensor<1000x16x256xf32>) {
    %zi = func.call @gate(%x, %h, %w, %u) : (!state, !state, !weight, !weight) -> !state
    %zf = func.call @gate(%x, %h, %u, %u) : (!state, !state, !weight, !weight) -> !state
    %zg = func.call @gate(%x, %h, %u, %w) : (!state, !state, !weight, !weight) -> !state
    %zo = func.call @gate(%x, %h, %w, %w) : (!state, !state, !weight, !weight) -> !state
    %i = func.call @sigmoid(%zi) : (!state) -> !state
    %f = func.call @sigmoid(%zf) : (!state) -> !state
    %g = math.tanh %zg : !state
    %o = func.call @sigmoid(%zo) : (!state) -> !state
    %fc = arith.mulf %f, %c : !state
    %ig = arith.mulf %i, %g : !state
    %c_next = arith.addf %fc, %ig : !state
    %tc = math.tanh %c_next : !state
    %h_next = arith.mulf %o, %tc : !state
    remat.yield carry(%h_next, %c_next : !state, !state)
  }
  return %hT : !state
}
// CHECK-LABEL: func.func @lstm
// CHECK:         remat.bptt {{.*}} active_carries [0, 1]{{.*}} -> tensor<16x256xf32>, tensor<16x256xf32>, !remat.history
// CHECK:         } record(%{{.*}}: index, %[[H:.*]]: tensor<16x256xf32>, %[[C:.*]]: tensor<16x256xf32>, %{{.*}}: tensor<16x256xf32>) {
// CHECK-COUNT-6:   linalg.matmul
// CHECK-DAG:       %[[G:.*]] = math.tanh
// CHECK:           remat.yield carry({{.*}}) tape(%[[H]], %[[C]], %{{[^,]*}}, %{{[^,]*}}, %[[G]], %{{[^,]*}} : tensor<16x256xf32>, tensor<16x256xf32>, tensor<16x256xf32>, tensor<16x256xf32>, tensor<16x256xf32>, tensor<16x256xf32>)
// CHECK:         } reverse(
// CHECK-NOT:       math.exp
// CHECK-COUNT-1:   math.tanh
// CHECK-NOT:       math.tanh
// The accumulators are written by the products themselves.
// CHECK:           linalg.contract {{.*}} outs(%acc
// CHECK:           remat.yield_adjoint carry(%{{.*}}, %{{.*}} : tensor<16x256xf32>, tensor<16x256xf32>) accumulate(%{{.*}}, %{{.*}} : tensor<256x256xf32>, tensor<256x256xf32>)
// CHECK:         } resume(
// CHECK-NOT:       linalg
// CHECK:           remat.yield carry(%{{.*}}, %{{.*}} : tensor<16x256xf32>, tensor<16x256xf32>)
// CHECK:         remat.unwind %{{.*}} carry({{.*}}) accumulate({{.*}})
func.func @lstm(%xs: tensor<1000x16x256xf32>, %w: !weight, %u: !weight, %seed: !state) -> (!state, !weight, !weight) {
  %l, %dw, %du = remat.value_and_gradient @loss(%xs, %w, %u) wrt [1, 2] seed(%seed : !state)
    : (tensor<1000x16x256xf32>, !weight, !weight) -> (!state, !weight, !weight)
  return %l, %dw, %du : !state, !weight, !weight
}

// -----

// tanh RNN by the weight: h before and after the step, 2 x 512 bytes; the carry after is there as it is.
!state = tensor<2x64xf32>
!weight = tensor<64x64xf32>
func.func private @loss(%h0: !state, %u: !weight) -> !state {
  %count = arith.constant 1000 : index
  %hT = remat.recurrence count(%count) at(%t) carry(%h = %h0 : !state) {
    %zero = arith.constant dense<0.0> : !state
    %z = linalg.matmul ins(%h, %u : !state, !weight) outs(%zero : !state) -> !state
    %next = math.tanh %z : !state
    remat.yield carry(%next : !state)
  }
  return %hT : !state
}
// CHECK-LABEL: func.func @rnn
// CHECK:         record(%{{.*}}: index, %[[H:.*]]: tensor<2x64xf32>) {
// CHECK:           %[[NEXT:.*]] = math.tanh
// CHECK:           remat.yield carry(%[[NEXT]] : tensor<2x64xf32>) tape(%[[H]], %[[NEXT]] : tensor<2x64xf32>, tensor<2x64xf32>)
// CHECK:         } resume(%{{.*}}: index, %{{.*}}: tensor<2x64xf32>, %[[KEPT:.*]]: tensor<2x64xf32>) {
// CHECK-NEXT:      remat.yield carry(%[[KEPT]] : tensor<2x64xf32>)
func.func @rnn(%h0: !state, %u: !weight, %seed: !state) -> (!state, !weight) {
  %l, %du = remat.value_and_gradient @loss(%h0, %u) wrt [1] seed(%seed : !state)
    : (!state, !weight) -> (!state, !weight)
  return %l, %du : !state, !weight
}

// By the initial carry alone: h before the step is not read, 512 bytes.
// CHECK-LABEL: func.func @rnn_by_initial_carry
// CHECK:         record(
// CHECK:           %[[NEXT:.*]] = math.tanh
// CHECK:           remat.yield carry(%[[NEXT]] : tensor<2x64xf32>) tape(%[[NEXT]] : tensor<2x64xf32>)
// CHECK:         } resume(
func.func @rnn_by_initial_carry(%h0: !state, %u: !weight, %seed: !state) -> (!state, !state) {
  %l, %dh0 = remat.value_and_gradient @loss(%h0, %u) wrt [0] seed(%seed : !state)
    : (!state, !weight) -> (!state, !state)
  return %l, %dh0 : !state, !state
}

// -----

// A linear step with constant coefficients reads nothing back: 0 bytes, and not
// restartable, because that would cost a whole carry.
!state = tensor<32xf32>
func.func private @loss(%h0: !state) -> !state {
  %count = arith.constant 1000 : index
  %hT = remat.recurrence count(%count) at(%t) carry(%h = %h0 : !state) {
    %k = arith.constant dense<0.1> : tensor<30xf32>
    %left = tensor.extract_slice %h[0] [30] [1] : !state to tensor<30xf32>
    %middle = tensor.extract_slice %h[1] [30] [1] : !state to tensor<30xf32>
    %right = tensor.extract_slice %h[2] [30] [1] : !state to tensor<30xf32>
    %sum = arith.addf %left, %right : tensor<30xf32>
    %difference = arith.subf %sum, %middle : tensor<30xf32>
    %flow = arith.mulf %difference, %k : tensor<30xf32>
    %inner = arith.addf %middle, %flow : tensor<30xf32>
    %next = tensor.insert_slice %inner into %h[1] [30] [1] : tensor<30xf32> into !state
    remat.yield carry(%next : !state)
  }
  return %hT : !state
}
// CHECK-LABEL: func.func @heat
// CHECK:         record(
// CHECK:           remat.yield carry(%{{.*}} : tensor<32xf32>){{$}}
// CHECK:         } reverse(%{{.*}}: index, %{{.*}}: tensor<32xf32>) {
// CHECK-NOT:     resume
// CHECK:         remat.unwind
func.func @heat(%h0: !state, %seed: !state) -> (!state, !state) {
  %l, %dh0 = remat.value_and_gradient @loss(%h0) wrt [0] seed(%seed : !state) : (!state) -> (!state, !state)
  return %l, %dh0 : !state, !state
}

// -----

// With a learned coefficient the carry before the step is read: 128 bytes, from
// which the carry after is element-wise, so that restarting costs nothing.
!state = tensor<32xf32>
func.func private @loss(%h0: !state, %k: !state) -> !state {
  %count = arith.constant 1000 : index
  %hT = remat.recurrence count(%count) at(%t) carry(%h = %h0 : !state) {
    %flow = arith.mulf %h, %k : !state
    %next = arith.addf %h, %flow : !state
    remat.yield carry(%next : !state)
  }
  return %hT : !state
}
// CHECK-LABEL: func.func @learned_coefficient
// CHECK:         record(%{{.*}}: index, %[[H:.*]]: tensor<32xf32>) {
// CHECK:           remat.yield carry(%{{.*}} : tensor<32xf32>) tape(%[[H]] : tensor<32xf32>)
// CHECK:         } resume(
func.func @learned_coefficient(%h0: !state, %k: !state, %seed: !state) -> (!state, !state) {
  %l, %dk = remat.value_and_gradient @loss(%h0, %k) wrt [1] seed(%seed : !state) : (!state, !state) -> (!state, !state)
  return %l, %dk : !state, !state
}

// -----

// A residual step h + W2 tanh(W1 h): restarting would add a carry to a tape of two
// values, so the tape is not restartable.
!state = tensor<4x16xf32>
!weight = tensor<16x16xf32>
func.func private @loss(%h0: !state, %w1: !weight, %w2: !weight) -> !state {
  %count = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !state
  %hT = remat.recurrence count(%count) at(%t) carry(%h = %h0 : !state) {
    %z = linalg.matmul ins(%h, %w1 : !state, !weight) outs(%zero : !state) -> !state
    %a = math.tanh %z : !state
    %next = linalg.matmul ins(%a, %w2 : !state, !weight) outs(%h : !state) -> !state
    remat.yield carry(%next : !state)
  }
  return %hT : !state
}
// CHECK-LABEL: func.func @residual
// CHECK:         record(%{{.*}}: index, %[[H:.*]]: tensor<4x16xf32>) {
// CHECK:           %[[A:.*]] = math.tanh
// CHECK:           remat.yield carry(%{{.*}}) tape(%[[H]], %[[A]] : tensor<4x16xf32>, tensor<4x16xf32>)
// CHECK-NOT:     resume
// CHECK:         remat.unwind
func.func @residual(%h0: !state, %w1: !weight, %w2: !weight, %seed: !state) -> (!state, !weight, !weight) {
  %l, %dw1, %dw2 = remat.value_and_gradient @loss(%h0, %w1, %w2) wrt [1, 2] seed(%seed : !state)
    : (!state, !weight, !weight) -> (!state, !weight, !weight)
  return %l, %dw1, %dw2 : !state, !weight, !weight
}

// -----

// Rows of a table looked up by an integer scan: the table is read again by the
// reverse step and, the step being element-wise, only the carry is kept: 128 bytes.
#row = affine_map<(i, j) -> (i)>
#id = affine_map<(i, j) -> (i, j)>
!state = tensor<4x8xf32>
func.func private @loss(%tokens: tensor<?x4xi32>, %table: tensor<96x8xf32>, %h0: !state) -> !state {
  %zero = arith.constant 0 : index
  %count = tensor.dim %tokens, %zero : tensor<?x4xi32>
  %hT = remat.recurrence reversed count(%count) at(%t) carry(%h = %h0 : !state)
      scan(%token = %tokens : tensor<?x4xi32>) {
    %empty = tensor.empty() : !state
    %x = linalg.generic {indexing_maps = [#row, #id], iterator_types = ["parallel", "parallel"]}
        ins(%token : tensor<4xi32>) outs(%empty : !state) {
    ^bb0(%index: i32, %out: f32):
      %row = arith.index_cast %index : i32 to index
      %column = linalg.index 1 : index
      %value = tensor.extract %table[%row, %column] : tensor<96x8xf32>
      linalg.yield %value : f32
    } -> !state
    %product = arith.mulf %h, %x : !state
    %next = math.tanh %product : !state
    remat.yield carry(%next : !state)
  }
  return %hT : !state
}
// CHECK-LABEL: func.func @gather
// CHECK:         remat.bptt reversed count(%{{.*}}) {{.*}} scan(%{{.*}} : tensor<?x4xi32>) active_carries [0] -> tensor<4x8xf32>, !remat.history
// CHECK:         record(%{{.*}}: index, %[[H:.*]]: tensor<4x8xf32>, %{{.*}}: tensor<4xi32>) {
// CHECK:           tape(%[[H]] : tensor<4x8xf32>)
// CHECK:         } reverse(%{{.*}}: index, %{{.*}}: tensor<4xi32>
// CHECK:           tensor.extract %{{.*}} : tensor<96x8xf32>
// CHECK:           remat.yield_adjoint carry({{.*}}) accumulate(%{{.*}} : tensor<96x8xf32>)
func.func @gather(%tokens: tensor<?x4xi32>, %table: tensor<96x8xf32>, %h0: !state, %seed: !state)
    -> (!state, tensor<96x8xf32>) {
  %l, %dt = remat.value_and_gradient @loss(%tokens, %table, %h0) wrt [1] seed(%seed : !state)
    : (tensor<?x4xi32>, tensor<96x8xf32>, !state) -> (!state, tensor<96x8xf32>)
  return %l, %dt : !state, tensor<96x8xf32>
}

// -----

// Only what depends on h0 and reaches the result has a cotangent: not the counter,
// not the carry %b that does not reach the result, not the emitted values of it.
!state = tensor<4xf32>
func.func private @loss(%h0: !state, %xs: tensor<9x4xf32>) -> (!state, tensor<9x4xf32>, tensor<i32>) {
  %count = arith.constant 9 : index
  %n0 = arith.constant dense<0> : tensor<i32>
  %one = arith.constant dense<1> : tensor<i32>
  %bT, %aT, %nT, %ys = remat.recurrence count(%count) at(%t)
      carry(%b = %h0 : !state, %a = %h0 : !state, %n = %n0 : tensor<i32>)
      scan(%x = %xs : tensor<9x4xf32>) -> tensor<9x4xf32> {
    %b_next = arith.mulf %b, %a : !state
    %a_next = arith.mulf %a, %x : !state
    %n_next = arith.addi %n, %one : tensor<i32>
    remat.yield carry(%b_next, %a_next, %n_next : !state, !state, tensor<i32>) emit(%b_next : !state)
  }
  return %aT, %ys, %nT : !state, tensor<9x4xf32>, tensor<i32>
}
// CHECK-LABEL: func.func @activity
// CHECK:         remat.bptt {{.*}} active_carries [1] active_scans [0] -> tensor<4xf32>, tensor<4xf32>, tensor<i32>, tensor<9x4xf32>, !remat.history
// CHECK:         } reverse(%{{.*}}: index, %{{.*}}: tensor<4xf32>, %{{.*}}: tensor<4xf32>, %{{.*}}: tensor<4xf32>) {
// CHECK:         %[[DH0:.*]], %[[DXS:.*]] = remat.unwind %{{.*}} carry(%{{.*}} : tensor<4xf32>) -> tensor<4xf32>, tensor<9x4xf32>
// CHECK:         return {{.*}}, %[[DH0]], %[[DXS]]
func.func @activity(%h0: !state, %xs: tensor<9x4xf32>, %seed: !state)
    -> (!state, tensor<9x4xf32>, tensor<i32>, !state, tensor<9x4xf32>) {
  %r:5 = remat.value_and_gradient @loss(%h0, %xs) wrt [0, 1] seed(%seed : !state)
    : (!state, tensor<9x4xf32>) -> (!state, tensor<9x4xf32>, tensor<i32>, !state, tensor<9x4xf32>)
  return %r#0, %r#1, %r#2, %r#3, %r#4 : !state, tensor<9x4xf32>, tensor<i32>, !state, tensor<9x4xf32>
}

// -----

// One weight in two loops: the second unwind to run (that of the first loop) starts
// from the sum of the other.
!state = tensor<4xf32>
func.func private @loss(%h0: !state, %w: !state) -> !state {
  %count = arith.constant 9 : index
  %a = remat.recurrence count(%count) at(%t) carry(%h = %h0 : !state) {
    %next = arith.mulf %h, %w : !state
    remat.yield carry(%next : !state)
  }
  %b = remat.recurrence count(%count) at(%t) carry(%h = %a : !state) {
    %next = arith.addf %h, %w : !state
    remat.yield carry(%next : !state)
  }
  return %b : !state
}
// CHECK-LABEL: func.func @weight_of_two_loops
// CHECK:         %{{.*}}, %[[FIRST:.*]] = remat.bptt
// CHECK:         %{{.*}}, %[[SECOND:.*]] = remat.bptt
// CHECK:         %[[DA:.*]], %[[SUM:.*]] = remat.unwind %[[SECOND]] carry(
// CHECK:         %{{.*}}, %[[DW:.*]] = remat.unwind %[[FIRST]] carry(%[[DA]] : tensor<4xf32>) accumulate(%[[SUM]] : tensor<4xf32>)
// CHECK:         return %{{.*}}, %[[DW]]
func.func @weight_of_two_loops(%h0: !state, %w: !state, %seed: !state) -> (!state, !state) {
  %l, %dw = remat.value_and_gradient @loss(%h0, %w) wrt [1] seed(%seed : !state) : (!state, !state) -> (!state, !state)
  return %l, %dw : !state, !state
}

// -----

// Cotangents and accumulators of bf16 are f32; the tape keeps bf16.
!state = tensor<64xbf16>
func.func private @loss(%h0: !state, %w: !state) -> !state {
  %count = arith.constant 9 : index
  %hT = remat.recurrence count(%count) at(%t) carry(%h = %h0 : !state) {
    %next = arith.mulf %h, %w : !state
    remat.yield carry(%next : !state)
  }
  return %hT : !state
}
// CHECK-LABEL: func.func @narrow_floats
// CHECK:         tape(%{{.*}} : tensor<64xbf16>)
// CHECK:         reverse(%{{.*}}: index, %{{.*}}: tensor<64xbf16>, %{{.*}}: tensor<64xf32>, %{{.*}}: tensor<64xf32>) {
// CHECK:         remat.unwind %{{.*}} -> tensor<64xf32>, tensor<64xf32>
// CHECK:         arith.truncf
func.func @narrow_floats(%h0: !state, %w: !state, %seed: !state) -> (!state, !state) {
  %l, %dw = remat.value_and_gradient @loss(%h0, %w) wrt [1] seed(%seed : !state) : (!state, !state) -> (!state, !state)
  return %l, %dw : !state, !state
}

// -----

// A recurrence that nobody differentiates goes forward only.
// CHECK-LABEL: func.func @forward_only
// CHECK:         remat.bptt count(%{{.*}}) carry(%{{.*}} : tensor<4xf32>) -> tensor<4xf32>
// CHECK-NEXT:    advance(%{{.*}}: index, %{{.*}}: tensor<4xf32>) {
// CHECK:           arith.mulf
// CHECK-NOT:     record
func.func @forward_only(%count: index, %h0: tensor<4xf32>) -> tensor<4xf32> {
  %two = arith.constant dense<2.0> : tensor<4xf32>
  %hT = remat.recurrence count(%count) at(%t) carry(%h = %h0 : tensor<4xf32>) {
    %next = arith.mulf %h, %two : tensor<4xf32>
    remat.yield carry(%next : tensor<4xf32>)
  }
  return %hT : tensor<4xf32>
}

// -----

// Gradients stop inside a step, and a rule of the user's replaces the derivative.
!state = tensor<64xf32>
func.func private @clip(%x: !state) -> !state {
  %y = math.tanh %x : !state
  return %y : !state
}
func.func private @clip_rule(%x: !state, %y: !state, %dy: !state) -> !state {
  %dx = math.absf %dy : !state
  return %dx : !state
}
func.func private @loss(%h0: !state, %w: !state) -> !state {
  %count = arith.constant 9 : index
  %hT = remat.recurrence count(%count) at(%t) carry(%h = %h0 : !state) {
    %fixed = remat.stop_gradient %h : !state
    %product = arith.mulf %fixed, %w : !state
    %sum = arith.addf %product, %h : !state
    %next = remat.custom_vjp @clip(%sum) rule @clip_rule : (!state) -> !state
    remat.yield carry(%next : !state)
  }
  return %hT : !state
}
// CHECK-LABEL: func.func @derivative_marks
// CHECK:         tape(%[[H:[^ ,]*]] : tensor<64xf32>)
// CHECK:         reverse(%{{.*}}: index, %[[KEPT:.*]]: tensor<64xf32>, %[[DH:.*]]: tensor<64xf32>, %[[ACC:.*]]: tensor<64xf32>) {
// CHECK:           %[[D:.*]] = math.absf %[[DH]]
// CHECK:           %[[DW:.*]] = arith.mulf %[[D]], %[[KEPT]]
// CHECK:           %[[SUM:.*]] = arith.addf %[[ACC]], %[[DW]]
// CHECK:           remat.yield_adjoint carry(%[[D]] : tensor<64xf32>) accumulate(%[[SUM]] : tensor<64xf32>)
// CHECK-NOT:     remat.stop_gradient
// CHECK-NOT:     remat.custom_vjp
func.func @derivative_marks(%h0: !state, %w: !state, %seed: !state) -> (!state, !state) {
  %l, %dw = remat.value_and_gradient @loss(%h0, %w) wrt [1] seed(%seed : !state) : (!state, !state) -> (!state, !state)
  return %l, %dw : !state, !state
}

// -----

// The loss depends on %aT alone, and that not on %u: there is nothing to unwind for %u,
// nor a second product for the carry %b.
!state = tensor<4xf32>
func.func private @loss(%h0: !state, %w: !state, %u: !state) -> (!state, !state) {
  %count = arith.constant 9 : index
  %aT, %bT = remat.recurrence count(%count) at(%t) carry(%a = %h0 : !state, %b = %u : !state) {
    %a_next = arith.mulf %a, %w : !state
    %b_next = arith.mulf %b, %u : !state
    remat.yield carry(%a_next, %b_next : !state, !state)
  }
  %sine = math.sin %aT : !state
  return %sine, %bT : !state, !state
}
// CHECK-LABEL: func.func @independent_carries
// CHECK:         remat.bptt {{.*}} active_carries [0] ->
// CHECK:         %{{.*}}, %[[DW:.*]] = remat.unwind %{{.*}} carry(%{{.*}} : tensor<4xf32>) accumulate(%{{.*}} : tensor<4xf32>) -> tensor<4xf32>, tensor<4xf32>
// CHECK:         return %{{.*}}, %{{.*}}, %[[DW]], %
func.func @independent_carries(%h0: !state, %w: !state, %u: !state, %seed: !state) -> (!state, !state, !state, !state) {
  %r:4 = remat.value_and_gradient @loss(%h0, %w, %u) wrt [1, 2] seed(%seed : !state)
    : (!state, !state, !state) -> (!state, !state, !state, !state)
  return %r#0, %r#1, %r#2, %r#3 : !state, !state, !state, !state
}
