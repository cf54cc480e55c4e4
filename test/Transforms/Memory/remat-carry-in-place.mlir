// RUN: remat-opt %s --remat-carry-in-place --split-input-file | FileCheck %s
// RUN: remat-opt %s --remat-carry-in-place --split-input-file \
// RUN:   --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" \
// RUN:   -o %t

// A tensor that every turn computes anew goes where it came from; one that is updated in
// place stays as it is.

// CHECK-LABEL: func.func @anew
// CHECK: scf.for {{.*}} iter_args(%[[A:.*]] = %{{.*}}, %[[B:.*]] = %{{.*}})
// CHECK: %[[SUM:.*]] = linalg.generic
// CHECK: %[[UPDATED:.*]] = tensor.insert
// CHECK: %[[COPY:.*]] = linalg.copy ins(%[[SUM]] : {{.*}}) outs(%[[A]] : {{.*}})
// CHECK-NOT: linalg.copy
// CHECK: scf.yield %[[COPY]], %[[UPDATED]]
func.func @anew(%x: tensor<4xf32>, %y: tensor<4xf32>, %n: index) -> (tensor<4xf32>, tensor<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<4xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<4xf32>) -> tensor<4xf32>
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x, %b = %zeros) -> (tensor<4xf32>, tensor<4xf32>) {
    %place = tensor.empty() : tensor<4xf32>
    %sum = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>],
                           iterator_types = ["parallel"]}
        ins(%a, %y : tensor<4xf32>, tensor<4xf32>) outs(%place : tensor<4xf32>) {
    ^bb0(%left: f32, %right: f32, %out: f32):
      %s = arith.addf %left, %right : f32
      linalg.yield %s : f32
    } -> tensor<4xf32>
    %updated = tensor.insert %zero into %b[%c0] : tensor<4xf32>
    scf.yield %sum, %updated : tensor<4xf32>, tensor<4xf32>
  }
  return %r#0, %r#1 : tensor<4xf32>, tensor<4xf32>
}

// -----

// Tensors that change places need a third one for each.

// CHECK-LABEL: func.func @swap
// CHECK: scf.for {{.*}} iter_args(%[[A:.*]] = %{{.*}}, %[[B:.*]] = %{{.*}})
// CHECK: %[[SAFE_B:.*]] = linalg.copy ins(%[[B]] :
// CHECK: %[[SAFE_A:.*]] = linalg.copy ins(%[[A]] :
// CHECK: %[[NEW_A:.*]] = linalg.copy ins(%[[SAFE_B]] : {{.*}}) outs(%[[A]] :
// CHECK: %[[NEW_B:.*]] = linalg.copy ins(%[[SAFE_A]] : {{.*}}) outs(%[[B]] :
// CHECK: scf.yield %[[NEW_A]], %[[NEW_B]]
func.func @swap(%x: tensor<4xf32>, %y: tensor<4xf32>, %n: index) -> (tensor<4xf32>, tensor<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x, %b = %y) -> (tensor<4xf32>, tensor<4xf32>) {
    scf.yield %b, %a : tensor<4xf32>, tensor<4xf32>
  }
  return %r#0, %r#1 : tensor<4xf32>, tensor<4xf32>
}

// -----

// What the condition forwards is something else than the arguments: it gets one of its own.

// CHECK-LABEL: func.func @forwarded
// CHECK: %[[R:.*]]:3 = scf.while (%[[I:.*]] = %{{.*}}, %[[A:.*]] = %{{.*}}, %[[SLOT:.*]] = %{{.*}})
// CHECK: %[[TWICE:.*]] = linalg.generic
// CHECK: %[[KEPT:.*]] = linalg.copy ins(%[[TWICE]] : {{.*}}) outs(%[[SLOT]] :
// CHECK: scf.condition(%{{.*}}) %[[I]], %[[A]], %[[KEPT]]
// CHECK: ^bb0(%[[J:.*]]: index, %[[OLD:.*]]: tensor<4xf32>, %[[VALUE:.*]]: tensor<4xf32>):
// CHECK: %[[COPY:.*]] = linalg.copy ins(%{{.*}}) outs(%[[OLD]] :
// CHECK: scf.yield %{{.*}}, %[[COPY]], %[[VALUE]]
// CHECK: return %[[R]]#2
func.func @forwarded(%x: tensor<4xf32>, %n: index) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %empty = tensor.empty() : tensor<4xf32>
  %r = scf.while (%i = %c0, %a = %x) : (index, tensor<4xf32>) -> tensor<4xf32> {
    %twice = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>],
                             iterator_types = ["parallel"]}
        ins(%a : tensor<4xf32>) outs(%empty : tensor<4xf32>) {
    ^bb0(%element: f32, %out: f32):
      %s = arith.addf %element, %element : f32
      linalg.yield %s : f32
    } -> tensor<4xf32>
    %more = arith.cmpi slt, %i, %n : index
    scf.condition(%more) %twice : tensor<4xf32>
  } do {
  ^bb0(%value: tensor<4xf32>):
    scf.yield %c1, %value : index, tensor<4xf32>
  }
  return %r : tensor<4xf32>
}
