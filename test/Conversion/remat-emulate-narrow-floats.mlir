// RUN: remat-opt %s --remat-emulate-narrow-floats | FileCheck %s

// Both roundings happen, and nothing may take one of them away.
// CHECK-LABEL: func @two_operations
// CHECK-SAME:    (%[[X:.*]]: vector<16xbf16>, %[[Y:.*]]: vector<16xbf16>)
// CHECK-DAG:     %[[WIDE_X:.*]] = arith.extf %[[X]] : vector<16xbf16> to vector<16xf32>
// CHECK-DAG:     %[[WIDE_Y:.*]] = arith.extf %[[Y]] : vector<16xbf16> to vector<16xf32>
// CHECK:         %[[PRODUCT:.*]] = arith.mulf %[[WIDE_X]], %[[WIDE_Y]] : vector<16xf32>
// CHECK:         %[[ROUNDED:.*]] = arith.truncf %[[PRODUCT]] : vector<16xf32> to vector<16xbf16>
// CHECK:         arith.extf %[[ROUNDED]] : vector<16xbf16> to vector<16xf32>
// CHECK:         math.tanh {{.*}} : vector<16xf32>
// CHECK:         arith.truncf {{.*}} : vector<16xf32> to vector<16xbf16>
func.func @two_operations(%x: vector<16xbf16>, %y: vector<16xbf16>) -> vector<16xbf16> {
  %z = arith.mulf %x, %y : vector<16xbf16>
  %t = math.tanh %z : vector<16xbf16>
  return %t : vector<16xbf16>
}

// Moves and selections are no arithmetic.
// CHECK-LABEL: func @moves
// CHECK-NOT:     extf
// CHECK:         return
func.func @moves(%c: i1, %x: f16, %y: f16) -> f16 {
  %z = arith.select %c, %x, %y : f16
  return %z : f16
}

// CHECK-LABEL: func @compares
// CHECK:         arith.cmpf olt, %{{.*}}, %{{.*}} : f32
// CHECK-NOT:     truncf
// CHECK:         return
func.func @compares(%x: f16, %y: f16) -> i1 {
  %z = arith.cmpf olt, %x, %y : f16
  return %z : i1
}

// The step in between is rounded to an odd number, so that the second rounding is the only one.
// CHECK-LABEL: func @from_f64
// CHECK-SAME:    (%[[X:.*]]: f64)
// CHECK:         %[[NEAREST:.*]] = arith.truncf %[[X]] : f64 to f32
// CHECK:         arith.ori
// CHECK:         %[[ODD:.*]] = arith.bitcast %{{.*}} : i32 to f32
// CHECK:         arith.truncf %[[ODD]] : f32 to bf16
func.func @from_f64(%x: f64) -> bf16 {
  %y = arith.truncf %x : f64 to bf16
  return %y : bf16
}

// Every i16 is an f32, every i32 an f64; of an i64 the lowest bit stands for the rest.
// CHECK-LABEL: func @from_integers
// CHECK-DAG:     arith.sitofp %{{.*}} : i16 to f32
// CHECK-DAG:     arith.uitofp %{{.*}} : i32 to f64
// CHECK-DAG:     arith.uitofp %{{.*}} : i64 to f64
func.func @from_integers(%a: i16, %b: i32, %c: i64) -> (bf16, bf16, f16) {
  %0 = arith.sitofp %a : i16 to bf16
  %1 = arith.uitofp %b : i32 to bf16
  %2 = arith.sitofp %c : i64 to f16
  return %0, %1, %2 : bf16, bf16, f16
}

// What is normal is decided by the type, before it is widened.
// CHECK-LABEL: func @classes
// CHECK-SAME:    (%[[X:.*]]: f16, %[[Y:.*]]: vector<4xf64>)
// CHECK-DAG:     %[[SMALLEST:.*]] = arith.constant 6.103520e-05 : f16
// CHECK-DAG:     %[[WIDE_SMALLEST:.*]] = arith.extf %[[SMALLEST]] : f16 to f32
// CHECK:         arith.cmpf oge, %{{.*}}, %[[WIDE_SMALLEST]] : f32
// CHECK:         arith.cmpf olt, %{{.*}}, %{{.*}} : f32
// CHECK:         arith.andi
// CHECK:         %[[MAGNITUDE:.*]] = math.absf %[[Y]] : vector<4xf64>
// CHECK:         %[[INFINITY:.*]] = arith.constant dense<0x7FF0000000000000> : vector<4xf64>
// CHECK:         arith.cmpf oeq, %[[MAGNITUDE]], %[[INFINITY]] : vector<4xf64>
func.func @classes(%x: f16, %y: vector<4xf64>) -> (i1, vector<4xi1>) {
  %0 = math.isnormal %x : f16
  %1 = math.isinf %y : vector<4xf64>
  return %0, %1 : i1, vector<4xi1>
}
