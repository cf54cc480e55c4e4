// RUN: remat-opt %s | remat-opt | FileCheck %s
// RUN: remat-opt %s --mlir-print-op-generic | remat-opt | FileCheck %s

// CHECK-LABEL: func.func @recurrence
// CHECK:         %{{.*}}, %{{.*}}, %{{.*}} = remat.recurrence count(%{{[^ ),:]+}}) at(%{{[^ ),:]+}})
// CHECK-SAME:      carry(%{{[^ ),:]+}} = %{{[^ ),:]+}} : tensor<4xf32>, %{{[^ ),:]+}} = %{{[^ ),:]+}} : tensor<2xi32>)
// CHECK-SAME:      scan(%{{[^ ),:]+}} = %{{[^ ),:]+}} : tensor<5x4xf32>) -> tensor<5x4xf32> {
// CHECK:           remat.yield carry(%{{[^ ),:]+}}, %{{[^ ),:]+}} : tensor<4xf32>, tensor<2xi32>) emit(%{{[^ ),:]+}} : tensor<4xf32>)
func.func @recurrence(%h0: tensor<4xf32>, %n0: tensor<2xi32>, %xs: tensor<5x4xf32>)
    -> (tensor<4xf32>, tensor<2xi32>, tensor<5x4xf32>) {
  %count = arith.constant 5 : index
  %hT, %nT, %ys = remat.recurrence count(%count) at(%t)
      carry(%h = %h0 : tensor<4xf32>, %n = %n0 : tensor<2xi32>)
      scan(%x = %xs : tensor<5x4xf32>) -> tensor<5x4xf32> {
    %next = arith.addf %h, %x : tensor<4xf32>
    %double = arith.addi %n, %n : tensor<2xi32>
    remat.yield carry(%next, %double : tensor<4xf32>, tensor<2xi32>) emit(%next : tensor<4xf32>)
  }
  return %hT, %nT, %ys : tensor<4xf32>, tensor<2xi32>, tensor<5x4xf32>
}

// The types of emitted arrays may stand in parentheses, as results of functions do.
// CHECK-LABEL: func.func @recurrence_result_types
// CHECK:         scan(%{{[^ ),:]+}} = %{{[^ ),:]+}} : tensor<5x4xf32>) -> tensor<5x4xf32>, tensor<5x4xf32> {
// CHECK:         scan(%{{[^ ),:]+}} = %{{[^ ),:]+}} : tensor<5x4xf32>) -> tensor<5x4xf32> {
// CHECK:         carry(%{{[^ ),:]+}} = %{{[^ ),:]+}} : tensor<4xf32>) {
func.func @recurrence_result_types(%xs: tensor<5x4xf32>, %h0: tensor<4xf32>)
    -> (tensor<5x4xf32>, tensor<5x4xf32>, tensor<5x4xf32>, tensor<4xf32>) {
  %count = arith.constant 5 : index
  %ys, %zs = remat.recurrence count(%count) at(%t) scan(%x = %xs : tensor<5x4xf32>)
      -> (tensor<5x4xf32>, tensor<5x4xf32>) {
    %y = math.exp %x : tensor<4xf32>
    remat.yield emit(%y, %x : tensor<4xf32>, tensor<4xf32>)
  }
  %us = remat.recurrence count(%count) at(%t) scan(%x = %xs : tensor<5x4xf32>) -> (tensor<5x4xf32>) {
    remat.yield emit(%x : tensor<4xf32>)
  }
  %hT = remat.recurrence count(%count) at(%t) carry(%h = %h0 : tensor<4xf32>) -> () {
    remat.yield carry(%h : tensor<4xf32>)
  }
  return %ys, %zs, %us, %hT : tensor<5x4xf32>, tensor<5x4xf32>, tensor<5x4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @recurrence_reversed_dynamic
// CHECK:         remat.recurrence reversed count(%{{[^ ),:]+}}) at(%{{[^ ),:]+}}) scan(%{{[^ ),:]+}} = %{{[^ ),:]+}} : tensor<?x4xf32>) -> tensor<?x4xf32> {
// CHECK:           remat.yield emit(%{{[^ ),:]+}} : tensor<4xf32>)
func.func @recurrence_reversed_dynamic(%count: index, %xs: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %ys = remat.recurrence reversed count(%count) at(%t) scan(%x = %xs : tensor<?x4xf32>) -> tensor<?x4xf32> {
    %y = math.exp %x : tensor<4xf32>
    remat.yield emit(%y : tensor<4xf32>)
  }
  return %ys : tensor<?x4xf32>
}

// A recurrence with nothing at all is still one.
// CHECK-LABEL: func.func @recurrence_empty
// CHECK:         remat.recurrence count(%{{[^ ),:]+}}) at(%{{[^ ),:]+}}) {
// CHECK-NEXT:      remat.yield
func.func @recurrence_empty(%count: index) {
  remat.recurrence count(%count) at(%t) {
    remat.yield
  }
  return
}

func.func private @loss(%x: tensor<4xf32>, %w: tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<f32>
  return %zero, %x : tensor<f32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @value_and_gradient
// CHECK:         remat.value_and_gradient @loss(%{{[^ ),:]+}}, %{{[^ ),:]+}}) wrt [0, 1]
// CHECK-SAME:      : (tensor<4xf32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
// CHECK:         remat.value_and_gradient @loss(%{{[^ ),:]+}}, %{{[^ ),:]+}}) wrt [1] of [1] seed(%{{[^ ),:]+}} : tensor<4xf32>)
func.func @value_and_gradient(%x: tensor<4xf32>, %w: tensor<4xf32>) {
  %l:4 = remat.value_and_gradient @loss(%x, %w) wrt [0, 1]
    : (tensor<4xf32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
  %g:3 = remat.value_and_gradient @loss(%x, %w) wrt [1] of [1] seed(%x : tensor<4xf32>)
    : (tensor<4xf32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>, tensor<4xf32>)
  return
}

func.func private @clip(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
func.func private @clip_adjoint(%x: tensor<4xf32>, %y: tensor<4xf32>, %dy: tensor<4xf32>) -> tensor<4xf32> {
  return %dy : tensor<4xf32>
}

// CHECK-LABEL: func.func @custom
// CHECK:         %[[Y:[^ ),:]+]] = remat.custom_vjp @clip(%{{[^ ),:]+}}) rule @clip_adjoint : (tensor<4xf32>) -> tensor<4xf32>
// CHECK:         remat.stop_gradient %[[Y]] : tensor<4xf32>
func.func @custom(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = remat.custom_vjp @clip(%x) rule @clip_adjoint : (tensor<4xf32>) -> tensor<4xf32>
  %z = remat.stop_gradient %y : tensor<4xf32>
  return %z : tensor<4xf32>
}

// A forward half and its backward half: h' = tanh(h * x), y = h', captured weight w.
// CHECK-LABEL: func.func @bptt
// CHECK:         %[[FINAL:[^ ),:]+]], %[[STACKED:[^ ),:]+]], %[[HISTORY:[^ ),:]+]] = remat.bptt count(%{{[^ ),:]+}})
// CHECK-SAME:      carry(%{{[^ ),:]+}} : tensor<4xf32>) scan(%{{[^ ),:]+}} : tensor<?x4xf32>)
// CHECK-SAME:      active_carries [0] active_scans [0] active_emits [0]
// CHECK-SAME:      -> tensor<4xf32>, tensor<?x4xf32>, !remat.history
// CHECK-NEXT:    advance(%[[T:[^ ),:]+]]: index, %[[CARRY:[^ ),:]+]]: tensor<4xf32>, %[[ELEMENT:[^ ),:]+]]: tensor<4xf32>) {
// CHECK:         } record(%{{[^ ),:]+}}: index, %{{[^ ),:]+}}: tensor<4xf32>, %{{[^ ),:]+}}: tensor<4xf32>) {
// CHECK:           remat.yield carry({{.*}}) emit({{.*}}) tape(%{{[^ ),:]+}}, %{{[^ ),:]+}} : tensor<4xf32>, tensor<4xf32>)
// CHECK:         } reverse(%{{[^ ),:]+}}: index, %{{[^ ),:]+}}: tensor<4xf32>, %[[TAPE:[^ ),:]+]]: tensor<4xf32>, %{{[^ ),:]+}}: tensor<4xf32>, %[[DCARRY:[^ ),:]+]]: tensor<4xf32>, %[[DEMIT:[^ ),:]+]]: tensor<4xf32>, %[[ACC:[^ ),:]+]]: tensor<4xf32>) {
// CHECK:           remat.yield_adjoint carry({{.*}}) scan({{.*}}) accumulate({{.*}})
// CHECK:         } resume(%{{[^ ),:]+}}: index, %{{[^ ),:]+}}: tensor<4xf32>, %{{[^ ),:]+}}: tensor<4xf32>, %{{[^ ),:]+}}: tensor<4xf32>) {
// CHECK:         %{{[^ ),:]+}}, %{{[^ ),:]+}}, %{{[^ ),:]+}} = remat.unwind %[[HISTORY]] carry(%[[FINAL]] : tensor<4xf32>)
// CHECK-SAME:      emit(%[[STACKED]] : tensor<?x4xf32>) accumulate(%{{[^ ),:]+}} : tensor<4xf32>)
// CHECK-SAME:      -> tensor<4xf32>, tensor<?x4xf32>, tensor<4xf32>
func.func @bptt(%count: index, %h0: tensor<4xf32>, %xs: tensor<?x4xf32>, %w: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<?x4xf32>, tensor<4xf32>) {
  %hT, %ys, %history = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) scan(%xs : tensor<?x4xf32>)
      active_carries [0] active_scans [0] active_emits [0]
      -> tensor<4xf32>, tensor<?x4xf32>, !remat.history
  advance(%t: index, %h: tensor<4xf32>, %x: tensor<4xf32>) {
    %wh = arith.mulf %h, %w : tensor<4xf32>
    %next = arith.mulf %wh, %x : tensor<4xf32>
    remat.yield carry(%next : tensor<4xf32>) emit(%next : tensor<4xf32>)
  } record(%t: index, %h: tensor<4xf32>, %x: tensor<4xf32>) {
    %wh = arith.mulf %h, %w : tensor<4xf32>
    %next = arith.mulf %wh, %x : tensor<4xf32>
    remat.yield carry(%next : tensor<4xf32>) emit(%next : tensor<4xf32>) tape(%h, %wh : tensor<4xf32>, tensor<4xf32>)
  } reverse(%t: index, %x: tensor<4xf32>, %h: tensor<4xf32>, %wh: tensor<4xf32>, %dh: tensor<4xf32>,
            %dy: tensor<4xf32>, %dw: tensor<4xf32>) {
    %dnext = arith.addf %dh, %dy : tensor<4xf32>
    %dx = arith.mulf %dnext, %wh : tensor<4xf32>
    %dwh = arith.mulf %dnext, %x : tensor<4xf32>
    %dprevious = arith.mulf %dwh, %w : tensor<4xf32>
    %contribution = arith.mulf %dwh, %h : tensor<4xf32>
    %sum = arith.addf %dw, %contribution : tensor<4xf32>
    remat.yield_adjoint carry(%dprevious : tensor<4xf32>) scan(%dx : tensor<4xf32>) accumulate(%sum : tensor<4xf32>)
  } resume(%t: index, %x: tensor<4xf32>, %h: tensor<4xf32>, %wh: tensor<4xf32>) {
    %next = arith.mulf %wh, %x : tensor<4xf32>
    remat.yield carry(%next : tensor<4xf32>)
  }
  %dh0, %dxs, %dw = remat.unwind %history carry(%hT : tensor<4xf32>) emit(%ys : tensor<?x4xf32>)
      accumulate(%w : tensor<4xf32>) -> tensor<4xf32>, tensor<?x4xf32>, tensor<4xf32>
  return %dh0, %dxs, %dw : tensor<4xf32>, tensor<?x4xf32>, tensor<4xf32>
}

// A forward half alone, and cotangents of narrow floats in f32.
// CHECK-LABEL: func.func @bptt_forward_only
// CHECK:         remat.bptt reversed count(%{{[^ ),:]+}}) carry(%{{[^ ),:]+}} : tensor<4xbf16>) -> tensor<4xbf16>
// CHECK-NOT:     record
func.func @bptt_forward_only(%count: index, %h0: tensor<4xbf16>) -> tensor<4xbf16> {
  %hT = remat.bptt reversed count(%count) carry(%h0 : tensor<4xbf16>) -> tensor<4xbf16>
  advance(%t: index, %h: tensor<4xbf16>) {
    %next = math.tanh %h : tensor<4xbf16>
    remat.yield carry(%next : tensor<4xbf16>)
  }
  return %hT : tensor<4xbf16>
}

// CHECK-LABEL: func.func @check_indices(
// CHECK:         remat.check_indices %{{.*}} below %{{.*}} : tensor<?x3xi32>
// CHECK:         remat.check_indices %{{.*}} per_step below %{{.*}} : tensor<?x3xi32>
// CHECK:         remat.check_indices %{{.*}} per_step reversed below %{{.*}} : tensor<?x3xi32>
// CHECK:         remat.check_indices %{{.*}} at(%{{.*}}) below %{{.*}} : tensor<?x3xi32>
// CHECK:         remat.check_indices %{{.*}} below %{{.*}} : memref<4xindex>
func.func @check_indices(%tokens: tensor<?x3xi32>, %rows: memref<4xindex>, %limit: index) {
  remat.check_indices %tokens below %limit : tensor<?x3xi32>
  remat.check_indices %tokens per_step below %limit : tensor<?x3xi32>
  remat.check_indices %tokens per_step reversed below %limit : tensor<?x3xi32>
  remat.check_indices %tokens at(%limit) below %limit : tensor<?x3xi32>
  remat.check_indices %rows below %limit : memref<4xindex>
  return
}

// CHECK-LABEL: func.func @strong
// CHECK:         remat.strong_product %{{[^ ]+}}, %{{[^ ]+}} : tensor<?x4xf32>
// CHECK:         remat.strong_quotient %{{[^ ]+}}, %{{[^ ]+}} : f64
func.func @strong(%dy: tensor<?x4xf32>, %slope: tensor<?x4xf32>, %ds: f64, %s: f64) -> (tensor<?x4xf32>, f64) {
  %product = remat.strong_product %dy, %slope : tensor<?x4xf32>
  %quotient = remat.strong_quotient %ds, %s : f64
  return %product, %quotient : tensor<?x4xf32>, f64
}

// CHECK-LABEL: func.func @check_range(
// CHECK:         remat.check_range %{{.*}} in %{{.*}} to %{{.*}}, "the size"
// CHECK:         remat.check_range %{{.*}} in %{{.*}} to %{{.*}} at(%{{.*}}), "the size"
func.func @check_range(%n: index, %least: index, %most: index, %t: index) {
  remat.check_range %n in %least to %most, "the size"
  remat.check_range %n in %least to %most at(%t), "the size"
  return
}
