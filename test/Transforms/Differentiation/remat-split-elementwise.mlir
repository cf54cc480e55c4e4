// RUN: remat-opt %s --remat-split-elementwise --split-input-file | FileCheck %s

// A fused body becomes one operation per value; a vector is broadcast first.

// CHECK-DAG:   #[[COLUMN:.*]] = affine_map<(d0, d1) -> (d1)>
// CHECK-DAG:   #[[POINT:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-LABEL: func.func @fused(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK:         %[[ROWS:.*]] = linalg.generic {indexing_maps = [#[[COLUMN]], #[[POINT]]]
// CHECK-SAME:      ins(%[[B]] : tensor<8xf32>)
// CHECK:         %[[SUM:.*]] = arith.addf %[[X]], %[[ROWS]] : tensor<4x8xf32>
// CHECK:         %[[TANH:.*]] = math.tanh %[[SUM]] : tensor<4x8xf32>
// CHECK:         %[[HALF:.*]] = arith.mulf %[[TANH]], %{{.*}} fastmath<contract> : tensor<4x8xf32>
// CHECK:         return %[[HALF]]
func.func @fused(%x: tensor<4x8xf32>, %b: tensor<8xf32>) -> tensor<4x8xf32> {
  %empty = tensor.empty() : tensor<4x8xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%x, %b : tensor<4x8xf32>, tensor<8xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%xe: f32, %be: f32, %out: f32):
    %half = arith.constant 0.5 : f32
    %sum = arith.addf %xe, %be : f32
    %tanh = math.tanh %sum : f32
    %result = arith.mulf %tanh, %half fastmath<contract> : f32
    linalg.yield %result : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

// A result that is written transposed: the operand is transposed, the result is not.

// CHECK-DAG:   #[[SWAP:.*]] = affine_map<(d0, d1) -> (d1, d0)>
// CHECK-DAG:   #[[POINT:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-LABEL: func.func @transposed(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[OLD:.*]]: tensor<8x4xf32>)
// CHECK:         %[[XT:.*]] = linalg.generic {indexing_maps = [#[[SWAP]], #[[POINT]]]
// CHECK-SAME:      ins(%[[X]] : tensor<4x8xf32>) outs(%{{.*}} : tensor<8x4xf32>)
// CHECK:         %[[Y:.*]] = arith.mulf %[[XT]], %[[OLD]] : tensor<8x4xf32>
// CHECK:         return %[[Y]]
func.func @transposed(%x: tensor<4x8xf32>, %old: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %y = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j, i)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<4x8xf32>) outs(%old : tensor<8x4xf32>) {
  ^bb0(%xe: f32, %o: f32):
    %result = arith.mulf %xe, %o : f32
    linalg.yield %result : f32
  } -> tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}

// -----

// Named operations, comparisons and scalars from outside.

// CHECK-LABEL: func.func @named(
// CHECK-SAME:    %[[X:.*]]: tensor<?xf32>, %[[S:.*]]: f32)
// CHECK:         %[[EXP:.*]] = math.exp %[[X]] : tensor<?xf32>
// CHECK:         %[[SPLAT:.*]] = tensor.splat %[[S]]{{.*}} : tensor<?xf32>
// CHECK:         %[[GREATER:.*]] = arith.cmpf ogt, %[[EXP]], %[[SPLAT]] : tensor<?xf32>
// CHECK:         arith.select %[[GREATER]], %[[EXP]], %[[X]] : tensor<?xi1>, tensor<?xf32>
func.func @named(%x: tensor<?xf32>, %s: f32) -> tensor<?xf32> {
  %exp = linalg.exp ins(%x : tensor<?xf32>) outs(%x : tensor<?xf32>) -> tensor<?xf32>
  %y = linalg.map ins(%exp, %x : tensor<?xf32>, tensor<?xf32>) outs(%x : tensor<?xf32>)
    (%e: f32, %xe: f32, %out: f32) {
      %greater = arith.cmpf ogt, %e, %s : f32
      %chosen = arith.select %greater, %e, %xe : f32
      linalg.yield %chosen : f32
    }
  return %y : tensor<?xf32>
}

// -----

// Reductions, plain broadcasts and bodies with more than elementwise operations stay.

// CHECK-LABEL: func.func @negative(
// CHECK:         linalg.broadcast
// CHECK:         linalg.index
// CHECK:         linalg.reduce
func.func @negative(%x: tensor<4xf32>) -> tensor<4xf32> {
  %empty = tensor.empty() : tensor<4x2xf32>
  %wide = linalg.broadcast ins(%x : tensor<4xf32>) outs(%empty : tensor<4x2xf32>) dimensions = [1]
  %scaled = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
                            iterator_types = ["parallel", "parallel"]}
      ins(%wide : tensor<4x2xf32>) outs(%empty : tensor<4x2xf32>) {
  ^bb0(%e: f32, %out: f32):
    %i = linalg.index 0 : index
    %n = arith.index_cast %i : index to i32
    %f = arith.sitofp %n : i32 to f32
    %r = arith.mulf %e, %f : f32
    linalg.yield %r : f32
  } -> tensor<4x2xf32>
  %sum = linalg.reduce { arith.addf } ins(%scaled : tensor<4x2xf32>) outs(%x : tensor<4xf32>) dimensions = [1]
  return %sum : tensor<4xf32>
}

// A copy of a diagonal is none of everything: that it is taken for if all maps are equal.
// CHECK-LABEL: func.func @partial_copy
// CHECK:         %[[UNUSED:.*]] = arith.constant true
// CHECK:         linalg.generic {{.*}} ins(%{{.*}}, %[[UNUSED]] : tensor<4x4xf32>, i1) outs(
func.func @partial_copy(%x: tensor<4x4xf32>, %y: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %v = linalg.generic {indexing_maps = [affine_map<(i) -> (i, i)>, affine_map<(i) -> (i, i)>], iterator_types = ["parallel"]}
      ins(%x : tensor<4x4xf32>) outs(%y : tensor<4x4xf32>) {
  ^bb0(%a: f32, %old: f32):
    linalg.yield %a : f32
  } -> tensor<4x4xf32>
  return %v : tensor<4x4xf32>
}
