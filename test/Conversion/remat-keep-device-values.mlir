// RUN: remat-opt %s -remat-keep-device-values -split-input-file | FileCheck %s

// A captured number that is an element of an array of the caller: the step is given the array.
// CHECK-LABEL: func.func private @scale_advance
// CHECK-SAME: (%{{.*}}: index, %{{.*}}: index, %[[H:[a-z0-9_]+]]: tensor<4xf32>, %[[KS:[a-z0-9_]+]]: tensor<3xf32>)
// CHECK: %[[C1:.*]] = arith.constant 1 : index
// CHECK: %[[K:.*]] = tensor.extract %[[KS]][%[[C1]]]
// CHECK: tensor.splat %[[K]]
func.func private @scale_advance(%t: index, %pos: index, %h: tensor<4xf32>, %k: f32) -> tensor<4xf32> {
  %s = tensor.splat %k : tensor<4xf32>
  %n = arith.mulf %h, %s : tensor<4xf32>
  return %n : tensor<4xf32>
}
remat.chain "private" @scale advance(@scale_advance) carry [tensor<4xf32>]

// CHECK-LABEL: func.func @element
// CHECK-SAME: %[[H0:[a-z0-9_]+]]: tensor<4xf32>, %[[ARRAY:[a-z0-9_]+]]: tensor<3xf32>
// CHECK: remat.forward_sweep @scale count(%{{.*}}) init(%[[H0]] : tensor<4xf32>) capture(%[[ARRAY]] : tensor<3xf32>)
func.func @element(%h0: tensor<4xf32>, %ks: tensor<3xf32>) -> tensor<4xf32> {
  %count = arith.constant 9 : index
  %c1 = arith.constant 1 : index
  %carry = tensor.empty() : tensor<4xf32>
  %k = tensor.extract %ks[%c1] : tensor<3xf32>
  %h = remat.forward_sweep @scale count(%count) init(%h0 : tensor<4xf32>) capture(%k : f32)
    final(%carry : tensor<4xf32>) -> tensor<4xf32>
  return %h : tensor<4xf32>
}

// -----

// A number that was computed from one lies in an array of its own; a scalar of the caller is known.
// CHECK-LABEL: func.func private @scale_advance
// CHECK-SAME: %[[A:[a-z0-9_]+]]: tensor<f32>, %[[B:[a-z0-9_]+]]: f32)
// CHECK: tensor.extract %[[A]][] : tensor<f32>
func.func private @scale_advance(%t: index, %pos: index, %h: tensor<4xf32>, %a: f32, %b: f32) -> tensor<4xf32> {
  %k = arith.addf %a, %b : f32
  %s = tensor.splat %k : tensor<4xf32>
  %n = arith.mulf %h, %s : tensor<4xf32>
  return %n : tensor<4xf32>
}
remat.chain "private" @scale advance(@scale_advance) carry [tensor<4xf32>]

// CHECK-LABEL: func.func @computed
// CHECK-SAME: %[[ARRAY:[a-z0-9_]+]]: tensor<f32>, %[[B:[a-z0-9_]+]]: f32)
// CHECK: %[[SUM:.*]] = arith.addf
// CHECK: %[[KEPT:.*]] = tensor.from_elements %[[SUM]] : tensor<f32>
// CHECK: remat.forward_sweep
// CHECK-SAME: capture(%[[KEPT]], %[[B]] : tensor<f32>, f32)
// Behind the loop it is computed again from the caller's array.
// CHECK: %[[AGAIN:.*]] = tensor.extract %[[ARRAY]][]
// CHECK: %[[SUM2:.*]] = arith.addf %[[AGAIN]], %[[AGAIN]]
// CHECK: linalg.fill ins(%[[SUM2]]
func.func @computed(%h0: tensor<4xf32>, %ks: tensor<f32>, %b: f32) -> (tensor<4xf32>, tensor<4xf32>) {
  %count = arith.constant 9 : index
  %carry = tensor.empty() : tensor<4xf32>
  %k = tensor.extract %ks[] : tensor<f32>
  %sum = arith.addf %k, %k : f32
  %h = remat.forward_sweep @scale count(%count) init(%h0 : tensor<4xf32>) capture(%sum, %b : f32, f32)
    final(%carry : tensor<4xf32>) -> tensor<4xf32>
  %e = tensor.empty() : tensor<4xf32>
  %f = linalg.fill ins(%sum : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %h, %f : tensor<4xf32>, tensor<4xf32>
}

// -----

// An array that is chosen by an element, and one that it fills, have places of their own.
func.func private @copy_advance(%t: index, %pos: index, %h: tensor<4xf32>, %g: tensor<4xf32>, %x: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<4xf32>) {
  return %x, %h : tensor<4xf32>, tensor<4xf32>
}
remat.chain "private" @copy advance(@copy_advance) carry [tensor<4xf32>, tensor<4xf32>]

// CHECK-LABEL: func.func @chosen
// CHECK: %[[X:.*]] = arith.select
// CHECK: %[[OWN_X:.*]] = linalg.copy ins(%[[X]]
// CHECK: %[[FILLED:.*]] = linalg.fill
// CHECK: %[[OWN:.*]] = linalg.copy ins(%[[FILLED]]
// What fills another one is read wherever it is needed.
// CHECK: %[[PLAIN:.*]] = linalg.fill
// CHECK: remat.forward_sweep @copy count(%{{.*}}) init(%[[PLAIN]], %[[OWN]] : tensor<4xf32>, tensor<4xf32>)
// CHECK-SAME: capture(%[[OWN_X]]
// CHECK: arith.addf %{{.*}}, %[[OWN_X]]
func.func @chosen(%flags: tensor<2xi1>, %numbers: tensor<f32>, %a: tensor<4xf32>, %b: tensor<4xf32>)
    -> tensor<4xf32> {
  %count = arith.constant 9 : index
  %c0 = arith.constant 0 : index
  %flag = tensor.extract %flags[%c0] : tensor<2xi1>
  %x = arith.select %flag, %a, %b : tensor<4xf32>
  %number = tensor.extract %numbers[] : tensor<f32>
  %e = tensor.empty() : tensor<4xf32>
  %computed = math.sin %a : tensor<4xf32>
  %first = tensor.extract %computed[%c0] : tensor<4xf32>
  %g0 = linalg.fill ins(%first : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %h0 = linalg.fill ins(%number : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %e0 = tensor.empty() : tensor<4xf32>
  %e1 = tensor.empty() : tensor<4xf32>
  %r:2 = remat.forward_sweep @copy count(%count) init(%h0, %g0 : tensor<4xf32>, tensor<4xf32>)
    capture(%x : tensor<4xf32>) final(%e0, %e1 : tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>, tensor<4xf32>
  %s = arith.addf %r#0, %x : tensor<4xf32>
  return %s : tensor<4xf32>
}

// The host knows the extent of what either branch yields, but not which does.
// CHECK-LABEL: func.func @extent_of_choice
// CHECK-SAME: %[[N:[a-z0-9]+]]: index
// CHECK: %[[CHOSEN:.*]] = scf.if
// CHECK: linalg.fill
// CHECK: linalg.fill
// CHECK-NOT: tensor.dim
// CHECK: %[[EMPTY:.*]] = tensor.empty(%[[N]]) : tensor<?xf32>
// CHECK: linalg.copy ins(%[[CHOSEN]] : tensor<?xf32>) outs(%[[EMPTY]]
func.func @extent_of_choice(%flags: tensor<2xi1>, %a: tensor<4xf32>, %n: index) -> (tensor<4xf32>, tensor<?xf32>) {
  %count = arith.constant 9 : index
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %flag = tensor.extract %flags[%c0] : tensor<2xi1>
  %x = scf.if %flag -> (tensor<?xf32>) {
    %e = tensor.empty(%n) : tensor<?xf32>
    %filled = linalg.fill ins(%zero : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
    scf.yield %filled : tensor<?xf32>
  } else {
    %e = tensor.empty(%n) : tensor<?xf32>
    %filled = linalg.fill ins(%one : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
    scf.yield %filled : tensor<?xf32>
  }
  %e0 = tensor.empty() : tensor<4xf32>
  %e1 = tensor.empty() : tensor<4xf32>
  %r:2 = remat.forward_sweep @copy count(%count) init(%a, %a : tensor<4xf32>, tensor<4xf32>)
    capture(%a : tensor<4xf32>) final(%e0, %e1 : tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>, tensor<4xf32>
  %s = arith.addf %x, %x : tensor<?xf32>
  return %r#0, %s : tensor<4xf32>, tensor<?xf32>
}
