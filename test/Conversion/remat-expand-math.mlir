// RUN: remat-opt %s --remat-expand-math | FileCheck %s
// RUN: remat-opt %s --remat-expand-math=accurate | FileCheck %s --check-prefix=ACCURATE
// RUN: remat-opt %s --remat-expand-math=denormals=keep | FileCheck %s --check-prefixes=CHECK,KEEP

// CHECK-LABEL: func @vectors
// CHECK-NOT:     math.{{(tanh|exp|log|erf|log1p|expm1)}}
// CHECK:         return
// ACCURATE-LABEL: func @vectors
// ACCURATE:         math.tanh
// ACCURATE:         math.exp
// ACCURATE:         math.erf
func.func @vectors(%x: vector<16xf32>) -> (vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>) {
  %0 = math.tanh %x : vector<16xf32>
  %1 = math.exp %x : vector<16xf32>
  %2 = math.log %x : vector<16xf32>
  %3 = math.erf %x : vector<16xf32>
  return %0, %1, %2, %3 : vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>
}

// The tail of a loop may be scalar: the same polynomial.
// CHECK-LABEL: func @scalar
// CHECK-NOT:     math.tanh
// CHECK:         return
func.func @scalar(%x: f32) -> f32 {
  %0 = math.tanh %x : f32
  return %0 : f32
}

// f64 keeps libm; expm1 and log1p must not become exp(x) - 1 and log(1 + x).
// CHECK-LABEL: func @doubles
// CHECK:         math.tanh
// CHECK:         call @expm1
// CHECK:         call @log1p
func.func @doubles(%x: f64) -> (f64, f64, f64) {
  %0 = math.tanh %x : f64
  %1 = math.expm1 %x : f64
  %2 = math.log1p %x : f64
  return %0, %1, %2 : f64, f64, f64
}

// Denormal operands of logarithms, and denormal results of exponentials, cost something where there may be some.
// CHECK-LABEL: func @denormals
// KEEP-SAME:     (%[[X:.*]]: f32)
// KEEP:          %[[LIMIT:.*]] = arith.constant 1.17549435E-38 : f32
// KEEP:          %[[IS_SMALL:.*]] = arith.cmpf olt, %[[X]], %[[LIMIT]] : f32
// KEEP:          %[[SCALED:.*]] = arith.mulf %[[X]], %{{.*}} : f32
// KEEP:          arith.select %[[IS_SMALL]], %[[SCALED]], %[[X]] : f32
// KEEP:          arith.select %[[IS_SMALL]], %{{.*}}, %{{.*}} : f32
// CHECK:         return
func.func @denormals(%x: f32) -> f32 {
  %0 = math.log2 %x : f32
  return %0 : f32
}
