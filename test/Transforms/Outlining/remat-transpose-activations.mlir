// RUN: remat-opt %s --linalg-generalize-named-ops --remat-transpose-activations | FileCheck %s

// Functions that are no steps stay as they are, and so do forward products.
// CHECK-DAG:     #[[KM:.*]] = affine_map<(d0, d1, d2) -> (d2, d0)>
// CHECK-DAG:     #[[NK:.*]] = affine_map<(d0, d1, d2) -> (d1, d2)>
// CHECK-DAG:     #[[MN:.*]] = affine_map<(d0, d1, d2) -> (d0, d1)>
#mk = affine_map<(m, n, k) -> (m, k)>
#nk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>

// CHECK-LABEL: func @entry
// CHECK-NOT:     linalg.transpose
func.func @entry(%h: tensor<16x64xf32>, %w: tensor<64x64xf32>, %v: tensor<40x64xf32>, %count: index)
    -> tensor<16x64xf32> {
  %z = linalg.contract indexing_maps = [#mk, #nk, #mn] ins(%h, %w : tensor<16x64xf32>, tensor<64x64xf32>)
      outs(%h : tensor<16x64xf32>) -> tensor<16x64xf32>
  %e = tensor.empty() : tensor<16x64xf32>
  %final = remat.forward_sweep @loop count(%count) init(%z : tensor<16x64xf32>)
      capture(%w, %v : tensor<64x64xf32>, tensor<40x64xf32>) final(%e : tensor<16x64xf32>) -> tensor<16x64xf32>
  return %final : tensor<16x64xf32>
}

// CHECK-LABEL: func private @advance
// CHECK-SAME:    %[[H:[a-z0-9]+]]: tensor<16x64xf32>, %[[W:[a-z0-9]+]]: tensor<64x64xf32>, %[[V:[a-z0-9]+]]: tensor<40x64xf32>
// CHECK:         %[[EMPTY:.*]] = tensor.empty() : tensor<64x16xf32>
// CHECK:         %[[T:.*]] = linalg.transpose ins(%[[H]] : tensor<16x64xf32>) outs(%[[EMPTY]] : tensor<64x16xf32>) permutation = [1, 0]
// CHECK:         %[[Z:.*]] = linalg.generic {indexing_maps = [#[[KM]], #[[NK]], #[[MN]]]
// CHECK-SAME:      ins(%[[T]], %[[W]] : tensor<64x16xf32>, tensor<64x64xf32>) outs(%[[H]] : tensor<16x64xf32>)
// The columns of this one are no whole squares.
// CHECK-NOT:     linalg.transpose
// CHECK:         ins(%[[Z]], %[[V]] : tensor<16x64xf32>, tensor<40x64xf32>)
// This one reads its weight as it lies.
// CHECK-NOT:     linalg.transpose
// CHECK:         ins(%[[Z]], %[[W]] : tensor<16x64xf32>, tensor<64x64xf32>)
// CHECK-NOT:     linalg.transpose
func.func private @advance(%t: index, %pos: index, %h: tensor<16x64xf32>, %w: tensor<64x64xf32>,
                           %v: tensor<40x64xf32>) -> tensor<16x64xf32> {
  %z = linalg.contract indexing_maps = [#mk, #nk, #mn] ins(%h, %w : tensor<16x64xf32>, tensor<64x64xf32>)
      outs(%h : tensor<16x64xf32>) -> tensor<16x64xf32>
  %e = tensor.empty() : tensor<16x40xf32>
  %y = linalg.contract indexing_maps = [#mk, #nk, #mn] ins(%z, %v : tensor<16x64xf32>, tensor<40x64xf32>)
      outs(%e : tensor<16x40xf32>) -> tensor<16x40xf32>
  %first = tensor.extract %y[%t, %t] : tensor<16x40xf32>
  %fill = linalg.fill ins(%first : f32) outs(%h : tensor<16x64xf32>) -> tensor<16x64xf32>
  %next = linalg.matmul ins(%z, %w : tensor<16x64xf32>, tensor<64x64xf32>) outs(%fill : tensor<16x64xf32>)
      -> tensor<16x64xf32>
  return %next : tensor<16x64xf32>
}
remat.chain "private" @loop advance(@advance) carry [tensor<16x64xf32>]
