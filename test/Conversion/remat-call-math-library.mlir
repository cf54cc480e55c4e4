// REQUIRES: libclc
// RUN: remat-opt %s --pass-pipeline='builtin.module(gpu.module(remat-call-math-library),remat-call-math-library)' | FileCheck %s
// RUN: not remat-opt %s --pass-pipeline='builtin.module(func.func(remat-call-math-library))' 2>&1 | FileCheck %s --check-prefix=PLACE

// PLACE: error: unable to schedule pass {{.*}} on a PassManager intended to run on 'func.func'

gpu.module @kernels {
  // CHECK-LABEL: gpu.func @functions
  // CHECK-SAME:    %[[X:.*]]: f32, %[[Y:.*]]: f64, %[[N:.*]]: i32
  gpu.func @functions(%x: f32, %y: f64, %n: i32, %r: memref<2xf64>, %s: memref<2xf32>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    // What is no number is not given, and the sign of a zero is kept.
    // CHECK: %[[IS_NAN:.*]] = arith.cmpf uno, %[[X]], %[[X]] : f32
    // CHECK: %[[NUMBER:.*]] = arith.select %[[IS_NAN]], %{{.*}}, %[[X]] : f32
    // CHECK: %[[CALL:.*]] = {{.*}}call @remat_math_Z3sinf(%[[NUMBER]]) : (f32) -> f32
    // CHECK: %[[SIN:.*]] = arith.select %[[IS_NAN]], %[[X]], %[[CALL]] : f32
    // CHECK: %[[IS_ZERO:.*]] = arith.cmpf oeq, %[[X]], %{{.*}} : f32
    // CHECK: arith.select %[[IS_ZERO]], %[[X]], %[[SIN]] : f32
    %0 = math.sin %x : f32
    // What has a polynomial keeps it, in f32.
    // CHECK: math.exp %[[X]] : f32
    %1 = math.exp %x : f32
    // CHECK: call @remat_math_Z3expd(%{{.*}}) : (f64) -> f64
    %2 = math.exp %y : f64
    // CHECK: call @remat_math_Z3powdd(%[[Y]], %[[Y]]) : (f64, f64) -> f64
    %3 = math.powf %y, %y : f64
    // CHECK: call @remat_math_Z4powndi(%[[Y]], %[[N]]) : (f64, i32) -> f64
    %4 = math.fpowi %y, %n : f64, i32
    // A remainder of f32 is exact in f64.
    // CHECK: %[[WIDE:.*]] = arith.extf %[[X]] : f32 to f64
    // CHECK: %[[REST:.*]] = {{.*}}call @remat_math_Z4fmoddd(%[[WIDE]], %{{.*}}) : (f64, f64) -> f64
    // CHECK: arith.truncf %[[REST]] : f64 to f32
    %5 = arith.remf %x, %0 : f32
    // What is an instruction stays.
    // CHECK: math.sqrt %[[Y]] : f64
    %6 = math.sqrt %y : f64
    memref.store %1, %s[%c0] : memref<2xf32>
    memref.store %5, %s[%c1] : memref<2xf32>
    %7 = arith.addf %2, %3 : f64
    %8 = arith.addf %4, %6 : f64
    memref.store %7, %r[%c0] : memref<2xf64>
    memref.store %8, %r[%c1] : memref<2xf64>
    gpu.return
  }
  // CHECK: func.func private @remat_math_Z3sinf(f32) -> f32
}

// Lanes of vectors are called one by one.
// CHECK-LABEL: func.func @vectors
// CHECK-SAME:    (%[[X:.*]]: vector<2x2xf32>)
// CHECK:         %[[IS_NAN:.*]] = arith.cmpf uno, %[[X]], %[[X]] : vector<2x2xf32>
// CHECK:         %[[NUMBERS:.*]] = arith.select %[[IS_NAN]], %{{.*}}, %[[X]]
// CHECK:         %[[LANE:.*]] = vector.extract %[[NUMBERS]][0, 0] : f32 from vector<2x2xf32>
// CHECK:         %[[IMAGE:.*]] = call @remat_math_Z3cosf(%[[LANE]]) : (f32) -> f32
// CHECK:         vector.insert %[[IMAGE]], %{{.*}} [0, 0] : f32 into vector<2x2xf32>
// CHECK-COUNT-3: call @remat_math_Z3cosf
// CHECK:         arith.select %[[IS_NAN]], %[[X]], %{{.*}}
func.func @vectors(%x: vector<2x2xf32>) -> vector<2x2xf32> {
  %0 = math.cos %x : vector<2x2xf32>
  return %0 : vector<2x2xf32>
}
