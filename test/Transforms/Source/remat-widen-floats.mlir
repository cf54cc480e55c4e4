// RUN: remat-opt %s -remat-widen-floats | FileCheck %s

// Signatures, values, constants (splat or not), nested regions and attributes
// become f64; integers stay.

// CHECK-LABEL: func.func @signature(
// CHECK-SAME: %{{.*}}: tensor<4xf64>, %{{.*}}: f64, %{{.*}}: tensor<2xi32>) -> (tensor<4xf64>, tensor<2xi32>)
func.func @signature(%x: tensor<4xf32>, %a: f16, %i: tensor<2xi32>) -> (tensor<4xf32>, tensor<2xi32>) {
  return %x, %i : tensor<4xf32>, tensor<2xi32>
}

// CHECK-LABEL: func.func @constants
func.func @constants() -> (f32, tensor<2xf32>, tensor<2xbf16>, tensor<2xi32>, vector<2xf32>) {
  // CHECK-DAG: arith.constant 5.000000e-01 : f64
  %a = arith.constant 0.5 : f32
  // 0.1 in f32 keeps the value that it had.
  // CHECK-DAG: arith.constant dense<[0.10000000149011612, 2.000000e+00]> : tensor<2xf64>
  %b = arith.constant dense<[0.1, 2.0]> : tensor<2xf32>
  // CHECK-DAG: arith.constant dense<1.500000e+00> : tensor<2xf64>
  %c = arith.constant dense<1.5> : tensor<2xbf16>
  // CHECK-DAG: arith.constant dense<[1, 2]> : tensor<2xi32>
  %d = arith.constant dense<[1, 2]> : tensor<2xi32>
  // CHECK-DAG: arith.constant dense<3.000000e+00> : vector<2xf64>
  %e = arith.constant dense<3.0> : vector<2xf32>
  return %a, %b, %c, %d, %e : f32, tensor<2xf32>, tensor<2xbf16>, tensor<2xi32>, vector<2xf32>
}

// CHECK-LABEL: func.func @conversions
// CHECK-SAME: (%[[X:.*]]: tensor<4xf64>
func.func @conversions(%x: tensor<4xbf16>) -> tensor<4xbf16> {
  // CHECK-NOT: arith.extf
  // CHECK-NOT: arith.truncf
  // CHECK: %[[Y:.*]] = math.exp %[[X]] : tensor<4xf64>
  // CHECK: return %[[Y]]
  %wide = arith.extf %x : tensor<4xbf16> to tensor<4xf32>
  %y = math.exp %wide : tensor<4xf32>
  %narrow = arith.truncf %y : tensor<4xf32> to tensor<4xbf16>
  return %narrow : tensor<4xbf16>
}

// CHECK-LABEL: func.func @regions
func.func @regions(%x: tensor<4xf32>, %count: index) -> tensor<4xf32> {
  // CHECK: remat.recurrence
  // CHECK-SAME: tensor<4xf64>
  %y = remat.recurrence count(%count) at(%t) carry(%h = %x : tensor<4xf32>) {
    // CHECK: arith.addf %{{.*}}, %{{.*}} : tensor<4xf64>
    %next = arith.addf %h, %h : tensor<4xf32>
    remat.yield carry(%next : tensor<4xf32>)
  }
  return %y : tensor<4xf32>
}
