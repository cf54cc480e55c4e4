// RUN: remat-opt %s | remat-opt | FileCheck %s
// RUN: remat-opt %s -mlir-print-op-generic | remat-opt | FileCheck %s

// The operations of an outlined recurrence, on tensors and on memrefs.

func.func private @walk_advance(%t: index, %pos: index, %h: tensor<4xf32>, %xs: tensor<9x4xf32>, %w: tensor<4xf32>,
                                %ys: tensor<9x4xf32>) -> (tensor<4xf32>, tensor<9x4xf32>) {
  return %h, %ys : tensor<4xf32>, tensor<9x4xf32>
}
func.func private @walk_advance_again(%t: index, %pos: index, %h: tensor<4xf32>, %xs: tensor<9x4xf32>, %w: tensor<4xf32>)
    -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
func.func private @walk_record(%t: index, %pos: index, %h: tensor<4xf32>, %xs: tensor<9x4xf32>, %w: tensor<4xf32>,
                               %ys: tensor<9x4xf32>) -> (tensor<4xf32>, tensor<9x4xf32>, tensor<2xf32>) {
  %tape = tensor.empty() : tensor<2xf32>
  return %h, %ys, %tape : tensor<4xf32>, tensor<9x4xf32>, tensor<2xf32>
}
func.func private @walk_record_again(%t: index, %pos: index, %h: tensor<4xf32>, %xs: tensor<9x4xf32>,
                                      %w: tensor<4xf32>) -> (tensor<4xf32>, tensor<2xf32>) {
  %tape = tensor.empty() : tensor<2xf32>
  return %h, %tape : tensor<4xf32>, tensor<2xf32>
}
func.func private @walk_linearize(%t: index, %pos: index, %h: tensor<4xf32>, %xs: tensor<9x4xf32>, %w: tensor<4xf32>)
    -> tensor<2xf32> {
  %tape = tensor.empty() : tensor<2xf32>
  return %tape : tensor<2xf32>
}
func.func private @walk_reverse(%t: index, %pos: index, %tape: tensor<2xf32>, %h: tensor<4xf32>, %xs: tensor<9x4xf32>,
                                %w: tensor<4xf32>, %dh: tensor<4xf32>, %dys: tensor<9x4xf32>, %dxs: tensor<9x4xf32>,
                                %dw: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<9x4xf32>, tensor<4xf32>) {
  return %dh, %dxs, %dw : tensor<4xf32>, tensor<9x4xf32>, tensor<4xf32>
}
func.func private @walk_resume(%t: index, %pos: index, %tape: tensor<2xf32>, %h: tensor<4xf32>, %xs: tensor<9x4xf32>,
                               %w: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}

// CHECK: remat.chain "private" @walk advance(@walk_advance) advance_again(@walk_advance_again) record(@walk_record)
// CHECK-SAME: record_again(@walk_record_again) linearize(@walk_linearize) reverse(@walk_reverse) resume(@walk_resume)
// CHECK-SAME: carry [tensor<4xf32>] tape [tensor<2xf32>, tensor<4xf32>] tape_carries [-1, 0] gradient [tensor<4xf32>]
remat.chain "private" @walk
  advance(@walk_advance) advance_again(@walk_advance_again) record(@walk_record) record_again(@walk_record_again)
  linearize(@walk_linearize) reverse(@walk_reverse) resume(@walk_resume)
  carry [tensor<4xf32>] tape [tensor<2xf32>, tensor<4xf32>] tape_carries [-1, 0] gradient [tensor<4xf32>]

// CHECK-LABEL: func.func @gradient
func.func @gradient(%xs: tensor<9x4xf32>, %h0: tensor<4xf32>, %w: tensor<4xf32>, %dh: tensor<4xf32>, %dys: tensor<9x4xf32>,
                    %zero: tensor<4xf32>) -> (tensor<9x4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %count = arith.constant 9 : index
  %stack = tensor.empty() : tensor<9x4xf32>
  %carry = tensor.empty() : tensor<4xf32>
  // CHECK: %[[FORWARD:.*]]:2, %[[HISTORY:.*]] = remat.forward_sweep @walk count(%{{.*}}) init(%{{.*}} : tensor<4xf32>)
  // CHECK-SAME: -> tensor<9x4xf32>, tensor<4xf32> history !remat.history
  %ys, %hT, %history = remat.forward_sweep @walk count(%count) init(%h0 : tensor<4xf32>) scan(%xs : tensor<9x4xf32>)
    capture(%w : tensor<4xf32>) stacked(%stack : tensor<9x4xf32>) final(%carry : tensor<4xf32>)
    -> tensor<9x4xf32>, tensor<4xf32> history !remat.history
  // CHECK: remat.backward_sweep @walk history(%[[HISTORY]]) count(
  // CHECK-SAME: -> tensor<4xf32>, tensor<9x4xf32>, tensor<4xf32>
  %dh0, %dxs, %dw = remat.backward_sweep @walk history(%history) count(%count) init(%h0 : tensor<4xf32>)
    scan(%xs : tensor<9x4xf32>) capture(%w : tensor<4xf32>) final_cotangent(%dh : tensor<4xf32>)
    stacked_cotangent(%dys : tensor<9x4xf32>) init_gradient(%carry : tensor<4xf32>)
    scan_gradient(%stack : tensor<9x4xf32>) accumulator(%zero : tensor<4xf32>)
    -> tensor<4xf32>, tensor<9x4xf32>, tensor<4xf32>
  return %dxs, %dh0, %dw : tensor<9x4xf32>, tensor<4xf32>, tensor<4xf32>
}

func.func private @count_advance(%t: index, %pos: index, %n: memref<1xi64>, %out: memref<1xi64>, %workspace: memref<0xi8>,
                                 %counters: memref<5xi64>) {
  return
}

// CHECK: remat.chain "private" @count reversed advance(@count_advance) carry [tensor<1xi64>] workspace [0, 0, 0, 0, 0, 0, 0]
remat.chain "private" @count reversed advance(@count_advance) carry [tensor<1xi64>] workspace [0, 0, 0, 0, 0, 0, 0]

// CHECK-LABEL: func.func @forward_only
func.func @forward_only(%n: memref<1xi64>, %out: memref<1xi64>, %count: index) {
  // CHECK: remat.forward_sweep @count count(%{{.*}}) init(%{{.*}} : memref<1xi64>) final(%{{.*}} : memref<1xi64>){{$}}
  remat.forward_sweep @count count(%count) init(%n : memref<1xi64>) final(%out : memref<1xi64>)
  return
}

// An initial carry may be the number that fills it.
// CHECK-LABEL: func.func @number_on_memrefs
// CHECK-SAME: %[[NUMBER:.*]]: i64
func.func @number_on_memrefs(%n: i64, %out: memref<1xi64>, %count: index) {
  // CHECK: remat.forward_sweep @count count(%{{.*}}) init(%[[NUMBER]] : i64) final(%{{.*}} : memref<1xi64>){{$}}
  remat.forward_sweep @count count(%count) init(%n : i64) final(%out : memref<1xi64>)
  return
}

func.func private @halve_advance(%t: index, %pos: index, %h: tensor<4xf32>, %n: tensor<2xi32>)
    -> (tensor<4xf32>, tensor<2xi32>) {
  return %h, %n : tensor<4xf32>, tensor<2xi32>
}
remat.chain "private" @halve advance(@halve_advance) carry [tensor<4xf32>, tensor<2xi32>]

// CHECK-LABEL: func.func @number_on_tensors
// CHECK-SAME: %[[NUMBER:.*]]: f32
func.func @number_on_tensors(%h: f32, %n: tensor<2xi32>, %count: index) -> (tensor<4xf32>, tensor<2xi32>) {
  %e0 = tensor.empty() : tensor<4xf32>
  %e1 = tensor.empty() : tensor<2xi32>
  // CHECK: remat.forward_sweep @halve count(%{{.*}}) init(%[[NUMBER]], %{{.*}} : f32, tensor<2xi32>) final(
  %r:2 = remat.forward_sweep @halve count(%count) init(%h, %n : f32, tensor<2xi32>)
    final(%e0, %e1 : tensor<4xf32>, tensor<2xi32>) -> tensor<4xf32>, tensor<2xi32>
  return %r#0, %r#1 : tensor<4xf32>, tensor<2xi32>
}

func.func private @turn_step(%t: index, %pos: index, %a: memref<4xf32>, %b: memref<4xf32>, %next_a: memref<4xf32>,
                             %next_b: memref<4xf32>, %workspace: memref<0xi8>, %counters: memref<5xi64>) {
  return
}
func.func private @turn_linearize(%t: index, %pos: index, %a: memref<4xf32>, %b: memref<4xf32>,
                                  %workspace: memref<0xi8>, %counters: memref<5xi64>) {
  return
}
func.func private @turn_reverse(%t: index, %pos: index, %da: memref<4xf32>, %db: memref<4xf32>, %next_da: memref<4xf32>,
                                %workspace: memref<0xi8>, %counters: memref<5xi64>) {
  return
}

// CHECK: remat.chain "private" @turn {{.*}} gradient [tensor<4xf32>, tensor<4xf32>] in_place [1] workspace
remat.chain "private" @turn advance(@turn_step) record(@turn_step) linearize(@turn_linearize) reverse(@turn_reverse)
  carry [tensor<4xf32>, tensor<4xf32>] gradient [tensor<4xf32>, tensor<4xf32>] in_place [1]
  workspace [0, 0, 0, 0, 0, 0, 0]

// CHECK-LABEL: func.func @one_gradient_in_place
func.func @one_gradient_in_place(%x: memref<4xf32>, %a: memref<4xf32>, %b: memref<4xf32>, %count: index) {
  %history = remat.forward_sweep @turn count(%count) init(%x, %x : memref<4xf32>, memref<4xf32>)
    final(%a, %b : memref<4xf32>, memref<4xf32>) history !remat.history
  // CHECK: remat.backward_sweep @turn
  remat.backward_sweep @turn history(%history) count(%count) init(%x, %x : memref<4xf32>, memref<4xf32>)
    final_cotangent(%x, %x : memref<4xf32>, memref<4xf32>) init_gradient(%a, %b : memref<4xf32>, memref<4xf32>)
  return
}
