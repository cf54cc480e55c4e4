// RUN: remat-opt %s --remat-inline-calls --split-input-file --verify-diagnostics | FileCheck %s

// Calls of calls are inlined, inside regions as well.

func.func private @square(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = arith.mulf %x, %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

func.func private @fourth(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = func.call @square(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %z = func.call @square(%y) : (tensor<4xf32>) -> tensor<4xf32>
  return %z : tensor<4xf32>
}

// CHECK-LABEL: func.func @in_recurrence(
// CHECK:         remat.recurrence
// CHECK-SAME:      carry(%[[H:.*]] = %{{.*}} : tensor<4xf32>)
// CHECK-NEXT:      %[[SQUARE:.*]] = arith.mulf %[[H]], %[[H]]
// CHECK-NEXT:      %[[FOURTH:.*]] = arith.mulf %[[SQUARE]], %[[SQUARE]]
// CHECK-NEXT:      remat.yield carry(%[[FOURTH]]
func.func @in_recurrence(%h0: tensor<4xf32>) -> tensor<4xf32> {
  %count = arith.constant 3 : index
  %h = remat.recurrence count(%count) at(%t) carry(%c = %h0 : tensor<4xf32>) {
    %next = func.call @fourth(%c) : (tensor<4xf32>) -> tensor<4xf32>
    remat.yield carry(%next : tensor<4xf32>)
  }
  return %h : tensor<4xf32>
}

// -----

// A declaration is left alone.

func.func private @external(tensor<4xf32>) -> tensor<4xf32>

// CHECK-LABEL: func.func @calls_declaration(
// CHECK:         call @external
func.func @calls_declaration(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = func.call @external(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func private @even(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = func.call @odd(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

func.func private @odd(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'func.call' op expects no recursion, but @even is reached from itself}}
  %y = func.call @even(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// expected-note @+1 {{the function}}
func.func private @two_blocks(%x: tensor<4xf32>) -> tensor<4xf32> {
  cf.br ^end
^end:
  return %x : tensor<4xf32>
}

func.func @calls_two_blocks(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'func.call' op expects @two_blocks to have a body of one block, but got 2}}
  %y = func.call @two_blocks(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func private @step(%h: tensor<4xf32>) -> tensor<4xf32>

func.func @calls_unknown_step(%x: tensor<4xf32>, %n: index) -> tensor<4xf32> {
  %y = remat.recurrence count(%n) at(%t) carry(%h = %x : tensor<4xf32>) {
    // expected-error @+1 {{'func.call' op expects @step to have a body, because a step of a recurrence calls it}}
    %next = func.call @step(%h) : (tensor<4xf32>) -> tensor<4xf32>
    remat.yield carry(%next : tensor<4xf32>)
  }
  return %y : tensor<4xf32>
}

// -----

// expected-error @+1 {{'func.func' op expects a body of one block, with 'scf.if' and 'scf.while' in place of branches between blocks, but got 3}}
func.func @branches(%x: tensor<4xf32>, %c: i1) -> tensor<4xf32> {
  cf.cond_br %c, ^a, ^b
^a:
  %q = math.tanh %x : tensor<4xf32>
  return %q : tensor<4xf32>
^b:
  return %x : tensor<4xf32>
}
