// RUN: remat-opt %s -split-input-file -remat-outline-steps | FileCheck %s

// All forms of a step, with a scan, an emitted value and two captured values. The
// functions take the same captures (w, then v) in the same order; the loop is reversed,
// which is the business of whoever computes `pos`.
!state = tensor<4xf32>
// CHECK-LABEL: func.func @walk
// CHECK-SAME:    %[[COUNT:.*]]: index, %[[H0:.*]]: tensor<4xf32>, %[[XS:.*]]: tensor<?x4xf32>, %[[W:.*]]: tensor<4xf32>, %[[V:.*]]: tensor<4xf32>
// CHECK-DAG:     %[[STACK:.*]] = tensor.empty(%[[COUNT]]) : tensor<?x4xf32>
// CHECK-DAG:     %[[FINAL:.*]] = tensor.empty() : tensor<4xf32>
// CHECK:         %[[OUT:.*]]:2, %[[HISTORY:.*]] = remat.forward_sweep @walk_loop count(%[[COUNT]])
// CHECK-SAME:      init(%[[H0]] : tensor<4xf32>) scan(%[[XS]] : tensor<?x4xf32>) capture(%[[W]], %[[V]] : tensor<4xf32>, tensor<4xf32>)
// CHECK-SAME:      stacked(%[[STACK]] : tensor<?x4xf32>) final(%[[FINAL]] : tensor<4xf32>)
// CHECK-SAME:      -> tensor<?x4xf32>, tensor<4xf32> history !remat.history
// CHECK:         remat.backward_sweep @walk_loop history(%[[HISTORY]]) count(%[[COUNT]])
// CHECK-SAME:      init(%[[H0]] : tensor<4xf32>) scan(%[[XS]] : tensor<?x4xf32>) capture(%[[W]], %[[V]] : tensor<4xf32>, tensor<4xf32>)
// CHECK-SAME:      final_cotangent(%[[OUT]]#1 : tensor<4xf32>) stacked_cotangent(%[[OUT]]#0 : tensor<?x4xf32>)
// CHECK-SAME:      init_gradient(%{{.*}} : tensor<4xf32>) scan_gradient(%{{.*}} : tensor<?x4xf32>) accumulator(%[[W]] : tensor<4xf32>)
// CHECK-SAME:      -> tensor<4xf32>, tensor<?x4xf32>, tensor<4xf32>

// CHECK:       func.func private @walk_loop_advance(%[[T:.*]]: index, %[[POS:.*]]: index, %[[H:.*]]: tensor<4xf32>, %[[SCAN:.*]]: tensor<?x4xf32>, %[[W1:.*]]: tensor<4xf32>, %[[V1:.*]]: tensor<4xf32>, %[[YS:.*]]: tensor<?x4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>) {
// CHECK-DAG:     %[[X:.*]] = tensor.extract_slice %[[SCAN]][%[[POS]], 0] [1, 4] [1, 1] : tensor<?x4xf32> to tensor<4xf32>
// CHECK:         arith.mulf %[[H]], %[[W1]]
// CHECK:         cf.assert
// CHECK:         %[[NEXT:.*]] = arith.mulf %{{.*}}, %[[X]]
// CHECK:         %[[Y:.*]] = math.absf %[[NEXT]]
// CHECK:         %[[STORED:.*]] = tensor.insert_slice %[[Y]] into %[[YS]][%[[POS]], 0] [1, 4] [1, 1]
// CHECK:         return %[[NEXT]], %[[STORED]]

// A step that runs again writes nothing and has passed its assertion.
// CHECK:       func.func private @walk_loop_advance_again(%{{.*}}: index, %{{.*}}: index, %{{.*}}: tensor<4xf32>, %{{.*}}: tensor<?x4xf32>, %{{.*}}: tensor<4xf32>, %{{.*}}: tensor<4xf32>) -> tensor<4xf32> {
// CHECK-NOT:     cf.assert
// CHECK-NOT:     math.absf
// CHECK:         return

// CHECK:       func.func private @walk_loop_record(
// CHECK-SAME:    -> (tensor<4xf32>, tensor<?x4xf32>, tensor<4xf32>) {
// CHECK:         cf.assert

// Of the tape a step computes what is not the carry that it comes upon.
// CHECK:       func.func private @walk_loop_record_again(
// CHECK-SAME:    -> (tensor<4xf32>, tensor<4xf32>) {
// CHECK-NOT:     cf.assert

// A step that is reversed next computes nothing else.
// CHECK:       func.func private @walk_loop_linearize(%{{.*}}: index, %{{.*}}: index, %[[H:.*]]: tensor<4xf32>, %{{.*}}: tensor<?x4xf32>, %[[W1:.*]]: tensor<4xf32>, %{{.*}}: tensor<4xf32>) -> tensor<4xf32> {
// CHECK-NEXT:    %[[WH:.*]] = arith.mulf %[[H]], %[[W1]]
// CHECK-NEXT:    return %[[WH]]

// t, pos, tape, scan, captures, gradient, stacked cotangent, scan gradient, accumulator.
// CHECK:       func.func private @walk_loop_reverse(%{{.*}}: index, %[[POS:.*]]: index, %[[TAPE0:.*]]: tensor<4xf32>, %[[TAPE1:.*]]: tensor<4xf32>, %{{.*}}: tensor<?x4xf32>, %{{.*}}: tensor<4xf32>, %[[V1:.*]]: tensor<4xf32>, %[[DH:.*]]: tensor<4xf32>, %[[DYS:.*]]: tensor<?x4xf32>, %[[DXS:.*]]: tensor<?x4xf32>, %[[DW:.*]]: tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>, tensor<4xf32>) {
// CHECK:         tensor.extract_slice %[[DYS]][%[[POS]], 0] [1, 4] [1, 1] : tensor<?x4xf32> to tensor<4xf32>
// CHECK:         %[[SUM:.*]] = arith.addf %[[DW]]
// CHECK:         %[[STORED:.*]] = tensor.insert_slice %{{.*}} into %[[DXS]][%[[POS]], 0]
// CHECK:         return %{{.*}}, %[[STORED]], %[[SUM]]

// CHECK:       func.func private @walk_loop_resume(%{{.*}}: index, %{{.*}}: index, %{{.*}}: tensor<4xf32>, %[[WH:.*]]: tensor<4xf32>, %{{.*}}: tensor<?x4xf32>, %{{.*}}: tensor<4xf32>, %{{.*}}: tensor<4xf32>) -> tensor<4xf32> {

// CHECK:       remat.chain "private" @walk_loop reversed advance(@walk_loop_advance) advance_again(@walk_loop_advance_again)
// CHECK-SAME:    record(@walk_loop_record) record_again(@walk_loop_record_again) linearize(@walk_loop_linearize) reverse(@walk_loop_reverse) resume(@walk_loop_resume)
// CHECK-SAME:    carry [tensor<4xf32>] tape [tensor<4xf32>, tensor<4xf32>] tape_carries [0, -1] gradient [tensor<4xf32>]
func.func @walk(%count: index, %h0: !state, %xs: tensor<?x4xf32>, %w: !state, %v: !state)
    -> (!state, tensor<?x4xf32>, !state) {
  %hT, %ys, %history = remat.bptt reversed count(%count) carry(%h0 : !state) scan(%xs : tensor<?x4xf32>)
      active_carries [0] active_scans [0] active_emits [0] -> !state, tensor<?x4xf32>, !remat.history
  advance(%t: index, %h: !state, %x: !state) {
    %wh = arith.mulf %h, %w : !state
    %limit = arith.constant 1000 : index
    %ok = arith.cmpi slt, %t, %limit : index
    cf.assert %ok, "too many steps"
    %next = arith.mulf %wh, %x : !state
    %y = math.absf %next : !state
    remat.yield carry(%next : !state) emit(%y : !state)
  } record(%t: index, %h: !state, %x: !state) {
    %wh = arith.mulf %h, %w : !state
    %limit = arith.constant 1000 : index
    %ok = arith.cmpi slt, %t, %limit : index
    cf.assert %ok, "too many steps"
    %next = arith.mulf %wh, %x : !state
    %y = math.absf %next : !state
    remat.yield carry(%next : !state) emit(%y : !state) tape(%h, %wh : !state, !state)
  } reverse(%t: index, %x: !state, %h: !state, %wh: !state, %dh: !state, %dy: !state, %dw: !state) {
    %dnext = arith.addf %dh, %dy : !state
    %dx = arith.mulf %dnext, %wh : !state
    %dwh = arith.mulf %dnext, %v : !state
    %sum = arith.addf %dw, %dwh : !state
    remat.yield_adjoint carry(%dwh : !state) scan(%dx : !state) accumulate(%sum : !state)
  } resume(%t: index, %x: !state, %h: !state, %wh: !state) {
    %next = arith.mulf %wh, %x : !state
    remat.yield carry(%next : !state)
  }
  %dh0, %dxs, %dw = remat.unwind %history carry(%hT : !state) emit(%ys : tensor<?x4xf32>)
      accumulate(%w : !state) -> !state, tensor<?x4xf32>, !state
  return %dh0, %dxs, %dw : !state, tensor<?x4xf32>, !state
}

// -----

// Without emitted values `advance` and `record` serve for re-runs as well. Constants
// are sunk into the functions. Names that are taken are avoided.
// CHECK-LABEL: func.func @plain(
// CHECK:         remat.forward_sweep @plain_loop_0 {{.*}} init(%{{.*}} : tensor<4xf32>) final(
// CHECK-NOT:     capture
// CHECK:       func.func private @plain_loop_0_advance(%{{.*}}: index, %{{.*}}: index, %{{.*}}: tensor<4xf32>) -> tensor<4xf32> {
// CHECK-NEXT:    arith.constant dense<2.0
// CHECK-NOT:   func.func private @plain_loop_0_advance_again
// CHECK:       remat.chain "private" @plain_loop_0 advance(@plain_loop_0_advance) record(@plain_loop_0_record) linearize(@plain_loop_0_linearize) reverse(@plain_loop_0_reverse) carry [tensor<4xf32>] gradient [tensor<4xf32>]
func.func private @plain_loop()
func.func @plain(%h0: tensor<4xf32>) -> tensor<4xf32> {
  %count = arith.constant 9 : index
  %two = arith.constant dense<2.0> : tensor<4xf32>
  %hT, %history = remat.bptt count(%count) carry(%h0 : tensor<4xf32>) active_carries [0] -> tensor<4xf32>, !remat.history
  advance(%t: index, %h: tensor<4xf32>) {
    %next = arith.mulf %h, %two : tensor<4xf32>
    remat.yield carry(%next : tensor<4xf32>)
  } record(%t: index, %h: tensor<4xf32>) {
    %next = arith.mulf %h, %two : tensor<4xf32>
    remat.yield carry(%next : tensor<4xf32>)
  } reverse(%t: index, %dh: tensor<4xf32>) {
    %d = arith.mulf %dh, %two : tensor<4xf32>
    remat.yield_adjoint carry(%d : tensor<4xf32>)
  }
  %dh0 = remat.unwind %history carry(%hT : tensor<4xf32>) -> tensor<4xf32>
  return %dh0 : tensor<4xf32>
}

// -----

// A loop that is not unwound, differentiated or not, goes forward only. What it emits
// is stored if it is read.
// CHECK-LABEL: func.func @forward_only
// CHECK:         %[[FIRST:.*]]:2 = remat.forward_sweep @forward_only_loop count({{.*}} stacked({{.*}} final({{.*}} -> tensor<9xf32>, tensor<f32>{{$}}
// CHECK:         remat.forward_sweep @forward_only_loop_0 count({{.*}} init(%[[FIRST]]#1 : tensor<f32>) final({{.*}} -> tensor<f32>{{$}}
// CHECK:       remat.chain "private" @forward_only_loop_0 advance(@forward_only_loop_0_advance) carry [tensor<f32>]{{$}}
// CHECK:       remat.chain "private" @forward_only_loop advance(@forward_only_loop_advance) carry [tensor<f32>]{{$}}
func.func @forward_only(%h0: tensor<f32>) -> (tensor<f32>, tensor<9xf32>) {
  %count = arith.constant 9 : index
  %hT, %ys, %zs = remat.bptt count(%count) carry(%h0 : tensor<f32>) -> tensor<f32>, tensor<9xf32>, tensor<9xf32>
  advance(%t: index, %h: tensor<f32>) {
    %next = arith.mulf %h, %h : tensor<f32>
    remat.yield carry(%next : tensor<f32>) emit(%h, %next : tensor<f32>, tensor<f32>)
  }
  %gT, %history = remat.bptt count(%count) carry(%hT : tensor<f32>) active_carries [0] -> tensor<f32>, !remat.history
  advance(%t: index, %h: tensor<f32>) {
    remat.yield carry(%h : tensor<f32>)
  } record(%t: index, %h: tensor<f32>) {
    remat.yield carry(%h : tensor<f32>)
  } reverse(%t: index, %dh: tensor<f32>) {
    remat.yield_adjoint carry(%dh : tensor<f32>)
  }
  return %gT, %ys : tensor<f32>, tensor<9xf32>
}

// -----

// A carry that is on the tape twice is there once as the carry and once as a copy, and
// one that the step changes in front of its tape is a value like any other.
// CHECK:       func.func private @twice_loop_linearize({{.*}}%[[H:.*]]: tensor<f32>, %[[G:.*]]: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
// CHECK-NEXT:    %[[SQUARE:.*]] = arith.mulf %[[G]], %[[G]]
// CHECK-NEXT:    return %[[H]], %[[SQUARE]]
// CHECK:       remat.chain "private" @twice_loop {{.*}} tape [tensor<f32>, tensor<f32>, tensor<f32>] tape_carries [0, -1, -1]
func.func @twice(%h0: tensor<f32>) -> tensor<f32> {
  %count = arith.constant 9 : index
  %hT, %gT, %history = remat.bptt count(%count) carry(%h0, %h0 : tensor<f32>, tensor<f32>) active_carries [0]
      -> tensor<f32>, tensor<f32>, !remat.history
  advance(%t: index, %h: tensor<f32>, %g: tensor<f32>) {
    remat.yield carry(%g, %h : tensor<f32>, tensor<f32>)
  } record(%t: index, %h: tensor<f32>, %g: tensor<f32>) {
    %square = arith.mulf %g, %g : tensor<f32>
    remat.yield carry(%g, %h : tensor<f32>, tensor<f32>) tape(%h, %h, %square : tensor<f32>, tensor<f32>, tensor<f32>)
  } reverse(%t: index, %a: tensor<f32>, %b: tensor<f32>, %c: tensor<f32>, %dh: tensor<f32>) {
    %ab = arith.mulf %a, %b : tensor<f32>
    %abc = arith.mulf %ab, %c : tensor<f32>
    %d = arith.mulf %dh, %abc : tensor<f32>
    remat.yield_adjoint carry(%d : tensor<f32>)
  }
  %dh0 = remat.unwind %history carry(%hT : tensor<f32>) -> tensor<f32>
  return %dh0 : tensor<f32>
}

// -----

// Two gradients of scans in f32. The one that is only rounded is rounded in the step; the
// one that is read besides is not.
// CHECK-LABEL: func.func @rounded
// CHECK:         %[[D:.*]]:3 = remat.backward_sweep @rounded_loop {{.*}} scan_gradient(%{{.*}}, %{{.*}} : tensor<9x3xbf16>, tensor<9x3xf32>)
// CHECK-NEXT:    %[[DB:.*]] = arith.truncf %[[D]]#2 : tensor<9x3xf32> to tensor<9x3xbf16>
// CHECK-NEXT:    return %[[D]]#1, %[[DB]], %[[D]]#2
// CHECK:       func.func private @rounded_loop_reverse({{.*}}%[[DH:[a-z0-9]*]]: tensor<3xf32>, %[[DAS:[a-z0-9]*]]: tensor<9x3xbf16>, %[[DBS:[a-z0-9]*]]: tensor<9x3xf32>)
// CHECK:         %[[SMALL:.*]] = arith.truncf %[[DH]] : tensor<3xf32> to tensor<3xbf16>
// CHECK:         tensor.insert_slice %[[SMALL]] into %[[DAS]]
// CHECK:         tensor.insert_slice %{{.*}} into %[[DBS]]
func.func @rounded(%h0: tensor<3xbf16>, %as: tensor<9x3xbf16>, %bs: tensor<9x3xbf16>, %dhT: tensor<3xf32>)
    -> (tensor<9x3xbf16>, tensor<9x3xbf16>, tensor<9x3xf32>) {
  %count = arith.constant 9 : index
  %hT, %history = remat.bptt count(%count) carry(%h0 : tensor<3xbf16>)
      scan(%as, %bs : tensor<9x3xbf16>, tensor<9x3xbf16>) active_carries [0] active_scans [0, 1]
      -> tensor<3xbf16>, !remat.history
  advance(%t: index, %h: tensor<3xbf16>, %a: tensor<3xbf16>, %b: tensor<3xbf16>) {
    %ha = arith.addf %h, %a : tensor<3xbf16>
    %next = arith.subf %ha, %b : tensor<3xbf16>
    remat.yield carry(%next : tensor<3xbf16>)
  } record(%t: index, %h: tensor<3xbf16>, %a: tensor<3xbf16>, %b: tensor<3xbf16>) {
    %ha = arith.addf %h, %a : tensor<3xbf16>
    %next = arith.subf %ha, %b : tensor<3xbf16>
    remat.yield carry(%next : tensor<3xbf16>)
  } reverse(%t: index, %a: tensor<3xbf16>, %b: tensor<3xbf16>, %dh: tensor<3xf32>) {
    %db = arith.negf %dh : tensor<3xf32>
    remat.yield_adjoint carry(%dh : tensor<3xf32>) scan(%dh, %db : tensor<3xf32>, tensor<3xf32>)
  }
  %dh0, %das, %dbs = remat.unwind %history carry(%dhT : tensor<3xf32>)
      -> tensor<3xf32>, tensor<9x3xf32>, tensor<9x3xf32>
  %rounded_as = arith.truncf %das : tensor<9x3xf32> to tensor<9x3xbf16>
  %rounded_bs = arith.truncf %dbs : tensor<9x3xf32> to tensor<9x3xbf16>
  return %rounded_as, %rounded_bs, %dbs : tensor<9x3xbf16>, tensor<9x3xbf16>, tensor<9x3xf32>
}
