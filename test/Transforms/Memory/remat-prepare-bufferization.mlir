// RUN: remat-opt %s --remat-prepare-bufferization | FileCheck %s

// Bufferization takes an init that no body reads as overwritten. Where a part of it
// stays, the body reads it.

#id = affine_map<(i) -> (i)>

// CHECK-LABEL: func.func @diagonal
// CHECK:       ^bb0(%[[NEW:.*]]: f32, %[[OLD:.*]]: f32):
// CHECK:         %[[TRUE:.*]] = arith.constant true
// CHECK:         %[[VALUE:.*]] = arith.select %[[TRUE]], %[[NEW]], %[[OLD]] : f32
// CHECK:         linalg.yield %[[VALUE]]
func.func @diagonal(%x: tensor<4xf32>, %y: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %v = linalg.generic {indexing_maps = [#id, affine_map<(i) -> (i, i)>], iterator_types = ["parallel"]}
      ins(%x : tensor<4xf32>) outs(%y : tensor<4x4xf32>) {
  ^bb0(%new: f32, %old: f32):
    linalg.yield %new : f32
  } -> tensor<4x4xf32>
  return %v : tensor<4x4xf32>
}

// CHECK-LABEL: func.func @row
// CHECK:         arith.select
func.func @row(%x: tensor<4xf32>, %y: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %v = linalg.generic {indexing_maps = [#id, affine_map<(i) -> (1, i)>], iterator_types = ["parallel"]}
      ins(%x : tensor<4xf32>) outs(%y : tensor<2x4xf32>) {
  ^bb0(%new: f32, %old: f32):
    linalg.yield %new : f32
  } -> tensor<2x4xf32>
  return %v : tensor<2x4xf32>
}

// The last column, if there is one.
// CHECK-LABEL: func.func @no_columns
// CHECK:         arith.select
func.func @no_columns(%x: tensor<4x?xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %v = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>],
                       iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x?xf32>) outs(%y : tensor<4xf32>) {
  ^bb0(%new: f32, %old: f32):
    linalg.yield %new : f32
  } -> tensor<4xf32>
  return %v : tensor<4xf32>
}

// Nothing is kept of these, or it is read already.
// CHECK-LABEL: func.func @negative_everything
// CHECK-NOT:     arith.select
// CHECK:         return
func.func @negative_everything(%x: tensor<4xf32>, %y: tensor<1x4xf32>, %z: tensor<4x4xf32>, %w: tensor<4x2xf32>)
    -> (tensor<1x4xf32>, tensor<4x4xf32>, tensor<4x2xf32>) {
  %v:2 = linalg.generic {indexing_maps = [#id, affine_map<(i) -> (0, i)>, affine_map<(i) -> (i, i)>], iterator_types = ["parallel"]}
      ins(%x : tensor<4xf32>) outs(%y, %z : tensor<1x4xf32>, tensor<4x4xf32>) {
  ^bb0(%new: f32, %first: f32, %second: f32):
    %sum = arith.addf %new, %second : f32
    linalg.yield %new, %sum : f32, f32
  } -> (tensor<1x4xf32>, tensor<4x4xf32>)
  %turned = linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i)>, affine_map<(i, j, k) -> (j, i)>, affine_map<(i, j, k) -> (i, k)>],
                            iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%x, %z : tensor<4xf32>, tensor<4x4xf32>) outs(%w : tensor<4x2xf32>) {
  ^bb0(%a: f32, %b: f32, %old: f32):
    linalg.yield %a : f32
  } -> tensor<4x2xf32>
  return %v#0, %v#1, %turned : tensor<1x4xf32>, tensor<4x4xf32>, tensor<4x2xf32>
}

// An initial carry that is one number everywhere becomes that number, in both sweeps; what else reads
// the array still does. One that is computed is what it was.
func.func private @step(%t: index, %pos: index, %h: tensor<4xf32>, %n: tensor<2x3xi1>, %c: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<2x3xi1>, tensor<4xf32>) {
  return %h, %n, %c : tensor<4xf32>, tensor<2x3xi1>, tensor<4xf32>
}
func.func private @record(%t: index, %pos: index, %h: tensor<4xf32>, %n: tensor<2x3xi1>, %c: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<2x3xi1>, tensor<4xf32>, tensor<4xf32>) {
  return %h, %n, %c, %h : tensor<4xf32>, tensor<2x3xi1>, tensor<4xf32>, tensor<4xf32>
}
func.func private @linearize(%t: index, %pos: index, %h: tensor<4xf32>, %n: tensor<2x3xi1>, %c: tensor<4xf32>)
    -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
func.func private @reverse(%t: index, %pos: index, %tape: tensor<4xf32>, %d: tensor<4xf32>) -> tensor<4xf32> {
  return %d : tensor<4xf32>
}
remat.chain "private" @walk advance(@step) record(@record) linearize(@linearize) reverse(@reverse)
  carry [tensor<4xf32>, tensor<2x3xi1>, tensor<4xf32>] tape [tensor<4xf32>] gradient [tensor<4xf32>]

// CHECK-LABEL: func.func @initial_numbers
// CHECK-SAME:    (%[[NUMBER:[a-z0-9]+]]: i1, %[[D:[a-z0-9]+]]: tensor<4xf32>, %{{.*}}: index)
// CHECK:         %[[ZERO:.*]] = arith.constant -0.000000e+00 : f32
// CHECK:         %[[ARRAY:.*]] = linalg.fill ins(%[[ZERO]] : f32)
// CHECK-NOT:     tensor.splat
// CHECK:         %[[COMPUTED:.*]] = linalg.exp
// CHECK:         remat.forward_sweep @walk count(%{{.*}}) init(%[[ZERO]], %[[NUMBER]], %[[COMPUTED]] : f32, i1, tensor<4xf32>)
// CHECK:         remat.backward_sweep @walk history(%{{.*}}) count(%{{.*}}) init(%[[ZERO]], %[[NUMBER]], %[[COMPUTED]] : f32, i1, tensor<4xf32>)
// CHECK:         return %[[ARRAY]]
func.func @initial_numbers(%number: i1, %d: tensor<4xf32>, %count: index) -> (tensor<4xf32>, tensor<4xf32>) {
  %h0 = arith.constant dense<-0.0> : tensor<4xf32>
  %flat = tensor.splat %number : tensor<6xi1>
  %n0 = tensor.expand_shape %flat [[0, 1]] output_shape [2, 3] : tensor<6xi1> into tensor<2x3xi1>
  %e0 = tensor.empty() : tensor<4xf32>
  %c0 = linalg.exp ins(%d : tensor<4xf32>) outs(%e0 : tensor<4xf32>) -> tensor<4xf32>
  %e1 = tensor.empty() : tensor<2x3xi1>
  %r:3, %history = remat.forward_sweep @walk count(%count) init(%h0, %n0, %c0 : tensor<4xf32>, tensor<2x3xi1>, tensor<4xf32>)
    final(%e0, %e1, %e0 : tensor<4xf32>, tensor<2x3xi1>, tensor<4xf32>) -> tensor<4xf32>, tensor<2x3xi1>, tensor<4xf32>
    history !remat.history
  %d0 = remat.backward_sweep @walk history(%history) count(%count)
    init(%h0, %n0, %c0 : tensor<4xf32>, tensor<2x3xi1>, tensor<4xf32>)
    final_cotangent(%d : tensor<4xf32>) init_gradient(%e0 : tensor<4xf32>) -> tensor<4xf32>
  return %h0, %d0 : tensor<4xf32>, tensor<4xf32>
}

// Each product starts from a fill of its own, directly in front of it; what reads the fill
// shares it.
// CHECK-LABEL: func.func @shared_fill
// CHECK-SAME: (%[[A:.*]]: tensor<4x4xf32>, %[[B:.*]]: tensor<4x4xf32>)
// CHECK: %[[FIRST:.*]] = linalg.fill
// CHECK-NEXT: linalg.matmul ins(%[[A]], %[[B]] : {{.*}}) outs(%[[FIRST]] :
// CHECK: %[[SECOND:.*]] = linalg.fill ins(%{{.*}} : f32) outs(%{{.*}} : tensor<2x2x4xf32>)
// CHECK-NEXT: linalg.add ins(%{{.*}}, %{{.*}}) outs(%[[SECOND]] :
// CHECK-NOT: linalg.fill
// CHECK: return
func.func @shared_fill(%a: tensor<4x4xf32>, %b: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<2x2x4xf32>) {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<4x4xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<4x4xf32>) -> tensor<4x4xf32>
  %product = linalg.matmul ins(%a, %b : tensor<4x4xf32>, tensor<4x4xf32>) outs(%fill : tensor<4x4xf32>) -> tensor<4x4xf32>
  %wide = tensor.expand_shape %empty [[0, 1], [2]] output_shape [2, 2, 4] : tensor<4x4xf32> into tensor<2x2x4xf32>
  %wide_fill = linalg.fill ins(%zero : f32) outs(%wide : tensor<2x2x4xf32>) -> tensor<2x2x4xf32>
  %wide_a = tensor.expand_shape %a [[0, 1], [2]] output_shape [2, 2, 4] : tensor<4x4xf32> into tensor<2x2x4xf32>
  %sum = linalg.add ins(%wide_a, %wide_a : tensor<2x2x4xf32>, tensor<2x2x4xf32>) outs(%wide_fill : tensor<2x2x4xf32>) -> tensor<2x2x4xf32>
  return %product, %sum : tensor<4x4xf32>, tensor<2x2x4xf32>
}

// The extent of an argument is known in front of the branch.
// CHECK-LABEL: func.func @extent_in_branch
// CHECK:         %[[C0:.*]] = arith.constant 0 : index
// CHECK-NEXT:    %[[EXTENT:.*]] = tensor.dim %{{.*}}, %[[C0]] : tensor<?xf32>
// CHECK:         scf.if
// CHECK-NOT:     tensor.dim
// CHECK:         tensor.empty(%[[EXTENT]])
func.func @extent_in_branch(%x: tensor<?xf32>, %b: i1) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %r = scf.if %b -> tensor<?xf32> {
    %n = tensor.dim %x, %c0 : tensor<?xf32>
    %e = tensor.empty(%n) : tensor<?xf32>
    %y = math.sin %x : tensor<?xf32>
    %z = linalg.add ins(%x, %y : tensor<?xf32>, tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
    scf.yield %z : tensor<?xf32>
  } else {
    scf.yield %x : tensor<?xf32>
  }
  return %r : tensor<?xf32>
}
