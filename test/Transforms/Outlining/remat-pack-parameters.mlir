// RUN: remat-opt %s -split-input-file --remat-pack-parameters --canonicalize | FileCheck %s
// RUN: remat-opt %s -split-input-file --remat-pack-parameters=parameter-budget=64KiB --canonicalize | FileCheck %s --check-prefix=TWO
// RUN: remat-opt %s -split-input-file --remat-pack-parameters=parameter-budget=65535 --canonicalize | FileCheck %s --check-prefix=ONE
// RUN: remat-opt %s -split-input-file --remat-pack-parameters=parameter-budget=0 --canonicalize | FileCheck %s --check-prefix=NONE
// RUN: not remat-opt %s -split-input-file --remat-pack-parameters=parameter-budget=5% 2>&1 | FileCheck %s --check-prefix=WRONG

// WRONG: parameter-budget option: expects bytes ('4915200', '64MiB') or 'unlimited', but got '5%'

// Each copy takes 32 KiB: first the weight as it is, then its transpose, then the
// accumulator.
// TWO-LABEL: func @entry
// TWO:         remat.forward_sweep {{.*}} packed_captures [1, 2]
// TWO:         remat.backward_sweep
// TWO-NOT:     packed_accumulators
// ONE-LABEL: func @entry
// ONE:         remat.forward_sweep {{.*}} : tensor<128x64xf32>, tensor<2x128x32xf32>) {{.*}} packed_captures [1]
// ONE:         remat.backward_sweep
// ONE-NOT:     packed_accumulators
// NONE-LABEL: func @entry
// NONE-NOT:   packed

// The weight is copied twice, once for the product of the step and once transposed
// for the product with its transpose; its gradient is accumulated in panels.

// CHECK-LABEL: func @entry
// CHECK-SAME:    %[[W:[a-z0-9]*]]: tensor<128x64xf32>
// CHECK-DAG:     %[[COLUMNS:.*]] = tensor.expand_shape %[[W]] {{\[\[}}0], [1, 2]] output_shape [128, 2, 32]
// CHECK-DAG:     %[[PANELS:.*]] = linalg.transpose ins(%[[COLUMNS]] {{.*}} outs(%{{.*}} : tensor<2x128x32xf32>) permutation = [1, 0, 2]
// CHECK-DAG:     %[[ROWS:.*]] = tensor.expand_shape %[[W]] {{\[\[}}0, 1], [2]] output_shape [4, 32, 64]
// CHECK-DAG:     %[[TRANSPOSED:.*]] = linalg.transpose ins(%[[ROWS]] {{.*}} outs(%{{.*}} : tensor<4x64x32xf32>) permutation = [0, 2, 1]
// CHECK:         remat.forward_sweep @loop {{.*}} capture(%[[W]], %[[PANELS]], %[[TRANSPOSED]]
// CHECK-SAME:      packed_captures [1, 2]
// CHECK:         %[[ZERO:.*]] = linalg.fill {{.*}} -> tensor<2x128x32xf32>
// CHECK:         %[[SWEEP:.*]]:2 = remat.backward_sweep @loop {{.*}} capture(%[[W]], %[[PANELS]], %[[TRANSPOSED]]
// CHECK-SAME:      accumulator(%[[ZERO]] : tensor<2x128x32xf32>) packed_accumulators [0]
// CHECK:         %[[UNPACKED:.*]] = linalg.transpose ins(%[[SWEEP]]#1 {{.*}} permutation = [1, 0, 2]
// CHECK:         %[[GRADIENT:.*]] = tensor.collapse_shape %[[UNPACKED]] {{.*}} into tensor<128x64xf32>
// CHECK:         return %{{.*}}, %[[GRADIENT]]
func.func @entry(%h: tensor<16x128xf32>, %w: tensor<128x64xf32>, %count: index, %d: tensor<16x128xf32>)
    -> (tensor<16x128xf32>, tensor<128x64xf32>) {
  %e = tensor.empty() : tensor<16x128xf32>
  %final, %history = remat.forward_sweep @loop count(%count) init(%h : tensor<16x128xf32>)
      capture(%w : tensor<128x64xf32>) final(%e : tensor<16x128xf32>) -> tensor<16x128xf32> history !remat.history
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<128x64xf32>
  %acc = linalg.fill ins(%zero : f32) outs(%empty : tensor<128x64xf32>) -> tensor<128x64xf32>
  %e2 = tensor.empty() : tensor<16x128xf32>
  %dh, %dw = remat.backward_sweep @loop history(%history) count(%count) init(%h : tensor<16x128xf32>)
      capture(%w : tensor<128x64xf32>) final_cotangent(%d : tensor<16x128xf32>)
      init_gradient(%e2 : tensor<16x128xf32>) accumulator(%acc : tensor<128x64xf32>)
      -> tensor<16x128xf32>, tensor<128x64xf32>
  return %dh, %dw : tensor<16x128xf32>, tensor<128x64xf32>
}
// CHECK-LABEL: func private @advance
// CHECK-SAME:    %[[PANELS:[a-z0-9]*]]: tensor<2x128x32xf32>, %{{.*}}: tensor<4x64x32xf32>)
// CHECK:         linalg.generic {{.*}} ins(%{{.*}}, %[[PANELS]] : tensor<16x128xf32>, tensor<2x128x32xf32>) outs({{.*}} : tensor<16x2x32xf32>)
func.func private @advance(%t: index, %pos: index, %h: tensor<16x128xf32>, %w: tensor<128x64xf32>)
    -> tensor<16x128xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<16x64xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<16x64xf32>) -> tensor<16x64xf32>
  %z = linalg.matmul ins(%h, %w : tensor<16x128xf32>, tensor<128x64xf32>) outs(%fill : tensor<16x64xf32>)
      -> tensor<16x64xf32>
  %next = tensor.concat dim(1) %z, %z : (tensor<16x64xf32>, tensor<16x64xf32>) -> tensor<16x128xf32>
  return %next : tensor<16x128xf32>
}
// CHECK-LABEL: func private @record
func.func private @record(%t: index, %pos: index, %h: tensor<16x128xf32>, %w: tensor<128x64xf32>)
    -> (tensor<16x128xf32>, tensor<16x128xf32>) {
  return %h, %h : tensor<16x128xf32>, tensor<16x128xf32>
}
// The function that runs a step for its tape takes the copies as well, read or not.
// CHECK-LABEL: func private @linearize
// CHECK-SAME:    tensor<2x128x32xf32>
func.func private @linearize(%t: index, %pos: index, %h: tensor<16x128xf32>, %w: tensor<128x64xf32>)
    -> tensor<16x128xf32> {
  return %h : tensor<16x128xf32>
}
// CHECK-LABEL: func private @reverse
// CHECK-SAME:    %[[TRANSPOSED:[a-z0-9]*]]: tensor<4x64x32xf32>, %{{.*}}: tensor<16x128xf32>, %[[ACC:[a-z0-9]*]]: tensor<2x128x32xf32>) -> (tensor<16x128xf32>, tensor<2x128x32xf32>)
// CHECK:         linalg.generic {{.*}} ins(%{{.*}}, %[[TRANSPOSED]] : tensor<16x64xf32>, tensor<4x64x32xf32>)
// CHECK:         linalg.generic {{.*}} outs(%[[ACC]] : tensor<2x128x32xf32>)
func.func private @reverse(%t: index, %pos: index, %tape: tensor<16x128xf32>, %w: tensor<128x64xf32>,
                           %d: tensor<16x128xf32>, %acc: tensor<128x64xf32>)
    -> (tensor<16x128xf32>, tensor<128x64xf32>) {
  %dz = tensor.extract_slice %d[0, 0] [16, 64] [1, 1] : tensor<16x128xf32> to tensor<16x64xf32>
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<16x128xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<16x128xf32>) -> tensor<16x128xf32>
  %dh = linalg.contract indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>,
                                         affine_map<(m, n, k) -> (m, n)>]
      ins(%dz, %w : tensor<16x64xf32>, tensor<128x64xf32>) outs(%fill : tensor<16x128xf32>) -> tensor<16x128xf32>
  %dw = linalg.contract indexing_maps = [affine_map<(m, n, k) -> (k, m)>, affine_map<(m, n, k) -> (k, n)>,
                                         affine_map<(m, n, k) -> (m, n)>]
      ins(%tape, %dz : tensor<16x128xf32>, tensor<16x64xf32>) outs(%acc : tensor<128x64xf32>) -> tensor<128x64xf32>
  return %dh, %dw : tensor<16x128xf32>, tensor<128x64xf32>
}
remat.chain "private" @loop advance(@advance) record(@record) linearize(@linearize) reverse(@reverse)
  carry [tensor<16x128xf32>]
  tape [tensor<16x128xf32>] gradient [tensor<16x128xf32>]

// -----

// Too small, and columns that do not fill panels: nothing changes.
// CHECK-LABEL: func @not_worth_it
// CHECK:         capture(%{{.*}}, %{{.*}} : tensor<32x32xf32>, tensor<32x65xf32>) final
func.func @not_worth_it(%h: tensor<16x32xf32>, %w: tensor<32x32xf32>, %v: tensor<32x65xf32>, %count: index)
    -> tensor<16x32xf32> {
  %e = tensor.empty() : tensor<16x32xf32>
  %final = remat.forward_sweep @loop count(%count) init(%h : tensor<16x32xf32>)
      capture(%w, %v : tensor<32x32xf32>, tensor<32x65xf32>) final(%e : tensor<16x32xf32>) -> tensor<16x32xf32>
  return %final : tensor<16x32xf32>
}
func.func private @advance(%t: index, %pos: index, %h: tensor<16x32xf32>, %w: tensor<32x32xf32>,
                           %v: tensor<32x65xf32>) -> tensor<16x32xf32> {
  %z = linalg.matmul ins(%h, %w : tensor<16x32xf32>, tensor<32x32xf32>) outs(%h : tensor<16x32xf32>)
      -> tensor<16x32xf32>
  return %z : tensor<16x32xf32>
}
remat.chain "private" @loop advance(@advance) carry [tensor<16x32xf32>]
