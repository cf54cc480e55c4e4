// REQUIRES: libclc
// RUN: remat-opt %s --remat-linalg-to-ptx | %python %S/Inputs/ptx.py | FileCheck %s --implicit-check-not=approx --implicit-check-not=.extern

// Functions are in the module, and called: several in a kernel would mix, and take each other's registers. Their tables
// are constants; what OpenCL may fuse is fused.
// CHECK:       .const .align
// CHECK-LABEL: .visible .entry elementwise(
// CHECK:       .maxnreg 168
// CHECK:       call.uni {{.*}}, remat_math_Z3sind,
// CHECK:       call.uni {{.*}}, remat_math_Z4coshd,
// CHECK:       call.uni {{.*}}, remat_math_Z4cbrtd,
// CHECK:       call.uni {{.*}}, remat_math_Z4fmoddd,
// CHECK:       st.global.b64
// CHECK-LABEL: .visible .entry elementwise_0(
// CHECK:       .maxnreg 96
// CHECK-LABEL: .visible .entry elementwise_1(
// CHECK-NOT:   .maxnreg
// CHECK-LABEL: .func {{.*}} remat_math_Z3sind(
// CHECK:       fma.rn.f64
#id = affine_map<(i) -> (i)>
func.func @f(%x: memref<33xf64>, %y: memref<33xf64>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<33xf64>) outs(%y : memref<33xf64>) {
  ^bb0(%a: f64, %o: f64):
    %0 = math.sin %a : f64
    %1 = math.cosh %0 : f64
    %2 = math.cbrt %1 : f64
    %3 = arith.remf %2, %a : f64
    linalg.yield %3 : f64
  }
  return
}

func.func @g(%x: memref<33xf32>, %y: memref<33xf32>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<33xf32>) outs(%y : memref<33xf32>) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.sin %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<33xf32>) outs(%y : memref<33xf32>) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  return
}
