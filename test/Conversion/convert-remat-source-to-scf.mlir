// RUN: remat-opt %s -convert-remat-source-to-scf | FileCheck %s

// Carries and stacked results become loop-carried values.

// CHECK-LABEL: func.func @forward
// CHECK-SAME: (%[[N:.*]]: index, %[[H0:.*]]: tensor<4xf32>, %[[XS:.*]]: tensor<?x4xf32>)
func.func @forward(%n: index, %h0: tensor<4xf32>, %xs: tensor<?x4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>) {
  // CHECK: %[[BUFFER:.*]] = bufferization.alloc_tensor() copy(%[[H0]])
  // CHECK: %[[STACK:.*]] = tensor.empty(%[[N]]) : tensor<?x4xf32>
  // CHECK: %[[R:.*]]:2 = scf.for %[[T:.*]] = %{{.*}} to %[[N]] step %{{.*}} iter_args(%[[H:.*]] = %[[BUFFER]], %[[Y:.*]] = %[[STACK]])
  // CHECK: %[[COPY:.*]] = bufferization.alloc_tensor() copy(%[[H]])
  // CHECK: %[[X:.*]] = tensor.extract_slice %[[XS]][%[[T]], 0] [1, 4] [1, 1] : tensor<?x4xf32> to tensor<4xf32>
  // CHECK: %[[NEXT:.*]] = arith.addf %[[COPY]], %[[X]]
  // CHECK: %[[KEPT:.*]] = bufferization.materialize_in_destination %[[NEXT]] in %[[H]]
  // CHECK: %[[INSERTED:.*]] = tensor.insert_slice %[[NEXT]] into %[[Y]][%[[T]], 0] [1, 4] [1, 1]
  // CHECK: scf.yield %[[KEPT]], %[[INSERTED]]
  // CHECK: return %[[R]]#0, %[[R]]#1
  %hT, %ys = remat.recurrence count(%n) at(%t) carry(%h = %h0 : tensor<4xf32>)
      scan(%x = %xs : tensor<?x4xf32>) -> tensor<?x4xf32> {
    %next = arith.addf %h, %x : tensor<4xf32>
    remat.yield carry(%next : tensor<4xf32>) emit(%next : tensor<4xf32>)
  }
  return %hT, %ys : tensor<4xf32>, tensor<?x4xf32>
}

// Carries that change places, and one that is emitted as it was: read from copies.

// CHECK-LABEL: func.func @swapped
func.func @swapped(%a0: tensor<4xf32>, %b0: tensor<4xf32>) -> tensor<3x4xf32> {
  %n = arith.constant 3 : index
  // CHECK: scf.for {{.*}} iter_args(%[[A:[a-z0-9]+]] = %{{.*}}, %[[B:[a-z0-9]+]] = %{{.*}}, %[[Y:[a-z0-9]+]] =
  // CHECK: %[[OLD_A:.*]] = bufferization.alloc_tensor() copy(%[[A]])
  // CHECK: %[[OLD_B:.*]] = bufferization.alloc_tensor() copy(%[[B]])
  // CHECK: bufferization.materialize_in_destination %[[OLD_B]] in %[[A]]
  // CHECK: bufferization.materialize_in_destination %[[OLD_A]] in %[[B]]
  // CHECK: tensor.insert_slice %[[OLD_A]] into %[[Y]]
  %aT, %bT, %ys = remat.recurrence count(%n) at(%t)
      carry(%a = %a0 : tensor<4xf32>, %b = %b0 : tensor<4xf32>) -> tensor<3x4xf32> {
    remat.yield carry(%b, %a : tensor<4xf32>, tensor<4xf32>) emit(%a : tensor<4xf32>)
  }
  return %ys : tensor<3x4xf32>
}

// A reversed loop reads and writes position count - 1 - t.

// CHECK-LABEL: func.func @reversed
func.func @reversed(%h0: tensor<f32>, %xs: tensor<3xf32>) -> tensor<f32> {
  %n = arith.constant 3 : index
  // CHECK: scf.for %[[T:[a-z0-9]+]] =
  // CHECK: %[[LAST:.*]] = arith.subi
  // CHECK: %[[POSITION:.*]] = arith.subi %[[LAST]], %[[T]]
  // CHECK: tensor.extract_slice %{{.*}}[%[[POSITION]]] [1] [1] : tensor<3xf32> to tensor<f32>
  %hT = remat.recurrence reversed count(%n) at(%t) carry(%h = %h0 : tensor<f32>)
      scan(%x = %xs : tensor<3xf32>) {
    %next = arith.addf %h, %x : tensor<f32>
    remat.yield carry(%next : tensor<f32>)
  }
  return %hT : tensor<f32>
}

// Derivatives of their own and stopped gradients mean nothing in the value.

// CHECK-LABEL: func.func @no_derivatives
// CHECK: %[[Y:.*]] = call @clip
// CHECK: return %[[Y]]
func.func @no_derivatives(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = remat.custom_vjp @clip(%x) rule @clip_adjoint : (tensor<4xf32>) -> tensor<4xf32>
  %z = remat.stop_gradient %y : tensor<4xf32>
  return %z : tensor<4xf32>
}
func.func private @clip(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
func.func private @clip_adjoint(%x: tensor<4xf32>, %y: tensor<4xf32>, %dy: tensor<4xf32>) -> tensor<4xf32> {
  return %dy : tensor<4xf32>
}
