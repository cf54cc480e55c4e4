// REQUIRES: libclc
// RUN: remat-opt %s --remat-linalg-to-ptx | %python %S/Inputs/ptx.py | FileCheck %s --implicit-check-not=approx --implicit-check-not=.extern --implicit-check-not=call

// Functions are inlined; their tables are constants; what OpenCL may fuse is fused.
// CHECK:       .const .align
// CHECK-LABEL: .visible .entry elementwise(
// CHECK:       fma.rn.f64
// CHECK:       st.global.b64
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
