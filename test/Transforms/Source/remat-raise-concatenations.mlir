// RUN: remat-opt %s --remat-raise-concatenations --canonicalize --split-input-file | FileCheck %s

#rows = affine_map<(d0, d1) -> (d0, d1)>
#id = affine_map<(d0) -> (d0)>

// Three tensors side by side, as StableHLO's concatenate is lowered.

// CHECK-LABEL: func.func @concatenation
// CHECK-SAME: (%[[X:.*]]: tensor<3x5xf32>, %[[Y:.*]]: tensor<3x1xf32>, %[[Z:.*]]: tensor<3x4xf32>)
// CHECK: %[[EMPTY:.*]] = tensor.empty() : tensor<3x10xf32>
// CHECK: %[[FIRST:.*]] = tensor.insert_slice %[[X]] into %[[EMPTY]][0, 0] [3, 5] [1, 1]
// CHECK: %[[SECOND:.*]] = tensor.insert_slice %[[Y]] into %[[FIRST]][0, 5] [3, 1] [1, 1]
// CHECK: %[[THIRD:.*]] = tensor.insert_slice %[[Z]] into %[[SECOND]][0, 6] [3, 4] [1, 1]
// CHECK: return %[[THIRD]]
func.func @concatenation(%x: tensor<3x5xf32>, %y: tensor<3x1xf32>, %z: tensor<3x4xf32>) -> tensor<3x10xf32> {
  %c5 = arith.constant 5 : index
  %c6 = arith.constant 6 : index
  %empty = tensor.empty() : tensor<3x10xf32>
  %all = linalg.generic {indexing_maps = [#rows], iterator_types = ["parallel", "parallel"]} outs(%empty : tensor<3x10xf32>) {
  ^bb0(%out: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %in_first = arith.cmpi ult, %j, %c5 : index
    %value = scf.if %in_first -> (f32) {
      %element = tensor.extract %x[%i, %j] : tensor<3x5xf32>
      scf.yield %element : f32
    } else {
      %in_second = arith.cmpi ult, %j, %c6 : index
      %other = scf.if %in_second -> (f32) {
        %k = arith.subi %j, %c5 : index
        %element = tensor.extract %y[%i, %k] : tensor<3x1xf32>
        scf.yield %element : f32
      } else {
        %k = arith.subi %j, %c6 : index
        %element = tensor.extract %z[%i, %k] : tensor<3x4xf32>
        scf.yield %element : f32
      }
      scf.yield %other : f32
    }
    linalg.yield %value : f32
  } -> tensor<3x10xf32>
  return %all : tensor<3x10xf32>
}

// -----

// A box inside of another tensor: around it the conjunction is no box, so the tensor is
// taken whole and the box is written over it. Comparisons on 32 bits, with the constant
// in front.

#rows = affine_map<(d0, d1) -> (d0, d1)>

// CHECK-LABEL: func.func @window
// CHECK-SAME: (%[[WHOLE:.*]]: tensor<4x6xf32>, %[[PART:.*]]: tensor<2x3xf32>)
// CHECK-NOT: linalg.generic
// CHECK: %[[RESULT:.*]] = tensor.insert_slice %[[PART]] into %[[WHOLE]][1, 2] [2, 3] [1, 1]
// CHECK: return %[[RESULT]]
func.func @window(%whole: tensor<4x6xf32>, %part: tensor<2x3xf32>) -> tensor<4x6xf32> {
  %r1 = arith.constant 1 : index
  %r3 = arith.constant 3 : index
  %k2 = arith.constant 2 : i32
  %k5 = arith.constant 5 : i32
  %c2 = arith.constant 2 : index
  %empty = tensor.empty() : tensor<4x6xf32>
  %all = linalg.generic {indexing_maps = [#rows, #rows], iterator_types = ["parallel", "parallel"]}
      ins(%whole : tensor<4x6xf32>) outs(%empty : tensor<4x6xf32>) {
  ^bb0(%old: f32, %out: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %j32 = arith.index_cast %j : index to i32
    %a = arith.cmpi sge, %i, %r1 : index
    %b = arith.cmpi ugt, %r3, %i : index
    %c = arith.cmpi sle, %k2, %j32 : i32
    %d = arith.cmpi slt, %j32, %k5 : i32
    %ab = arith.andi %a, %b : i1
    %cd = arith.andi %c, %d : i1
    %inside = arith.andi %ab, %cd : i1
    %value = scf.if %inside -> (f32) {
      %row = arith.subi %i, %r1 : index
      %column = arith.subi %j, %c2 : index
      %element = tensor.extract %part[%row, %column] : tensor<2x3xf32>
      scf.yield %element : f32
    } else {
      scf.yield %old : f32
    }
    linalg.yield %value : f32
  } -> tensor<4x6xf32>
  return %all : tensor<4x6xf32>
}

// -----

// Scalars, a transposed operand and a row of another tensor, by selects and by equality.

#rows = affine_map<(d0, d1) -> (d0, d1)>
#transposed = affine_map<(d0, d1) -> (d1, d0)>

// CHECK-DAG: #[[TRANSPOSED:.*]] = affine_map<(d0, d1) -> (d1, d0)>
// CHECK-DAG: #[[ROW:.*]] = affine_map<(d0, d1) -> (d1)>
// CHECK-LABEL: func.func @mixture
// CHECK-SAME: (%[[X:.*]]: tensor<5x4xf32>, %[[TABLE:.*]]: tensor<7x9xf32>, %[[PAD:.*]]: f32)
// CHECK: %[[TOP:.*]] = linalg.fill ins(%[[PAD]] : f32) outs(%{{.*}} : tensor<1x5xf32>)
// CHECK: %[[FIRST:.*]] = tensor.insert_slice %[[TOP]] into %{{.*}}[0, 0] [1, 5] [1, 1]
// CHECK: %[[PART:.*]] = tensor.extract_slice %[[X]][0, 1] [5, 2] [1, 1]
// CHECK: %[[MIDDLE:.*]] = linalg.generic {indexing_maps = [#[[TRANSPOSED]], #{{.*}}]{{.*}} ins(%[[PART]]
// CHECK: %[[SECOND:.*]] = tensor.insert_slice %[[MIDDLE]] into %[[FIRST]][1, 0] [2, 5] [1, 1]
// CHECK: %[[SLICE:.*]] = tensor.extract_slice %[[TABLE]][6, 3] [1, 5] [1, 1] : tensor<7x9xf32> to tensor<5xf32>
// CHECK: %[[BOTTOM:.*]] = linalg.generic {indexing_maps = [#[[ROW]], #{{.*}}]{{.*}} ins(%[[SLICE]]
// CHECK: tensor.insert_slice %[[BOTTOM]] into %[[SECOND]][3, 0] [1, 5] [1, 1]
func.func @mixture(%x: tensor<5x4xf32>, %table: tensor<7x9xf32>, %pad: f32) -> tensor<4x5xf32> {
  %c0 = arith.constant 0 : index
  %c3 = arith.constant 3 : index
  %c6 = arith.constant 6 : index
  %empty = tensor.empty() : tensor<4x5xf32>
  %all = linalg.generic {indexing_maps = [#transposed, #rows], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<5x4xf32>) outs(%empty : tensor<4x5xf32>) {
  ^bb0(%element: f32, %out: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %is_first = arith.cmpi eq, %i, %c0 : index
    %is_not_last = arith.cmpi ne, %i, %c3 : index
    %column = arith.addi %c3, %j : index
    %last = tensor.extract %table[%c6, %column] : tensor<7x9xf32>
    %rest = arith.select %is_not_last, %element, %last : f32
    %value = arith.select %is_first, %pad, %rest : f32
    linalg.yield %value : f32
  } -> tensor<4x5xf32>
  return %all : tensor<4x5xf32>
}

// -----

// What is no concatenation stays: a position that only run time knows, one of both
// dimensions, a read that might lie outside, a diagonal, a body that computes.

#id = affine_map<(d0) -> (d0)>
#rows = affine_map<(d0, d1) -> (d0, d1)>

// CHECK-LABEL: func.func @negative_others
// CHECK-COUNT-5: linalg.generic
// CHECK-NOT: insert_slice
func.func @negative_others(%x: tensor<4xf32>, %y: tensor<4x4xf32>, %n: index)
    -> (tensor<4xf32>, tensor<4x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<4xf32>
  %square = tensor.empty() : tensor<4x4xf32>
  %at_run_time = linalg.generic {indexing_maps = [#id], iterator_types = ["parallel"]} outs(%empty : tensor<4xf32>) {
  ^bb0(%out: f32):
    %i = linalg.index 0 : index
    %first = arith.cmpi ult, %i, %n : index
    %element = tensor.extract %x[%i] : tensor<4xf32>
    %value = arith.select %first, %element, %zero : f32
    linalg.yield %value : f32
  } -> tensor<4xf32>
  %triangle = linalg.generic {indexing_maps = [#rows, #rows], iterator_types = ["parallel", "parallel"]}
      ins(%y : tensor<4x4xf32>) outs(%square : tensor<4x4xf32>) {
  ^bb0(%element: f32, %out: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %below = arith.cmpi ult, %i, %j : index
    %value = arith.select %below, %element, %zero : f32
    linalg.yield %value : f32
  } -> tensor<4x4xf32>
  %outside = linalg.generic {indexing_maps = [#id], iterator_types = ["parallel"]} outs(%empty : tensor<4xf32>) {
  ^bb0(%out: f32):
    %i = linalg.index 0 : index
    %next = arith.addi %i, %c1 : index
    %first = arith.cmpi ult, %i, %c2 : index
    %value = scf.if %first -> (f32) {
      scf.yield %zero : f32
    } else {
      %element = tensor.extract %x[%next] : tensor<4xf32>
      scf.yield %element : f32
    }
    linalg.yield %value : f32
  } -> tensor<4xf32>
  %diagonal = linalg.generic {indexing_maps = [#id], iterator_types = ["parallel"]} outs(%empty : tensor<4xf32>) {
  ^bb0(%out: f32):
    %i = linalg.index 0 : index
    %element = tensor.extract %y[%i, %i] : tensor<4x4xf32>
    linalg.yield %element : f32
  } -> tensor<4xf32>
  %computes = linalg.generic {indexing_maps = [#id], iterator_types = ["parallel"]} outs(%empty : tensor<4xf32>) {
  ^bb0(%out: f32):
    %i = linalg.index 0 : index
    %first = arith.cmpi ult, %i, %c2 : index
    %element = tensor.extract %x[%i] : tensor<4xf32>
    %double = arith.addf %element, %element : f32
    %value = arith.select %first, %element, %double : f32
    linalg.yield %value : f32
  } -> tensor<4xf32>
  return %at_run_time, %triangle, %outside, %diagonal, %computes
      : tensor<4xf32>, tensor<4x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}
