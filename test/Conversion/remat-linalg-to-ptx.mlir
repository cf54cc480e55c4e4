// RUN: remat-opt %s --remat-linalg-to-ptx | %python %S/Inputs/ptx.py | FileCheck %s
// RUN: remat-opt %s --remat-linalg-to-ptx | %python %S/Inputs/ptx.py | FileCheck %s --check-prefix=NEVER --implicit-check-not=approx --implicit-check-not=.extern --implicit-check-not=.local

// NEVER: .target sm_80

// CHECK:       .version 8.1
// CHECK:       .target sm_80
// CHECK:       .global .align 4 .b8 table[16]

// f32 functions are polynomials of fused multiply-adds.
// CHECK-LABEL: .visible .entry elementwise(
// CHECK:       .maxntid 128, 1, 1
// CHECK:       ld.global.b32
// CHECK-COUNT-4: fma.rn.f32
// CHECK:       div.rn.f32
// CHECK:       st.global.b32

// CHECK-LABEL: .visible .entry copy(
// CHECK:       table;

// bf16 is bits in memory; each of its sums is rounded. A depth of 16 is a sum of its own.
// CHECK-LABEL: .visible .entry contraction(
// CHECK:       .shared .align 4
// CHECK:       bar.sync
// CHECK:       ld.global.b16
// CHECK:       st.shared.b32
// CHECK:       bar.sync
// CHECK:       fma.rn.f32
// CHECK:       add.rn.f32
// CHECK:       st.global.b32

// CHECK-LABEL: .visible .entry lane_reduction(
// CHECK:       bar.sync

// Launches stay, without what they launch.
// CHECK-LABEL: func.func @f
// CHECK:       gpu.launch_func  @remat_kernels::@elementwise
#id = affine_map<(i) -> (i)>
memref.global "private" constant @table : memref<4xf32> = dense<[1.0, 2.0, 3.0, 4.0]>
func.func @f(%x: memref<300xf32>, %y: memref<4xf32>, %a: memref<17x16xbf16>, %b: memref<16x33xbf16>, %c: memref<17x33xf32>, %d: memref<17xbf16>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<300xf32>) outs(%x : memref<300xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = math.tanh %in : f32
    linalg.yield %0 : f32
  }
  %table = memref.get_global @table : memref<4xf32>
  memref.copy %table, %y : memref<4xf32> to memref<4xf32>
  linalg.matmul ins(%a, %b : memref<17x16xbf16>, memref<16x33xbf16>) outs(%c : memref<17x33xf32>)
  linalg.reduce {arith.addf} ins(%a : memref<17x16xbf16>) outs(%d : memref<17xbf16>) dimensions = [1]
  return
}
