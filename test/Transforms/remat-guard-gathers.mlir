// RUN: remat-opt %s --remat-guard-gathers --split-input-file | FileCheck %s

// Indices from a scan are checked once, before the loop, over the whole array; the
// column runs along the table and needs nothing.

// CHECK-LABEL: func.func @scanned(
// CHECK-SAME:    %[[TOKENS:[^:]*]]: tensor<?x3xi32>, %[[TABLE:[^:]*]]: tensor<7x5xf32>
// CHECK:         %[[ROWS:.*]] = arith.constant 7 : index
// CHECK-NEXT:    remat.check_indices %[[TOKENS]] below %[[ROWS]] : tensor<?x3xi32>
// CHECK-NEXT:    remat.recurrence
// CHECK-NOT:     remat.check_indices
// CHECK-NOT:     arith.minsi
func.func @scanned(%tokens: tensor<?x3xi32>, %table: tensor<7x5xf32>, %h0: tensor<3x5xf32>, %count: index) -> tensor<3x5xf32> {
  %empty = tensor.empty() : tensor<3x5xf32>
  %h = remat.recurrence count(%count) at(%t) carry(%c = %h0 : tensor<3x5xf32>) scan(%token = %tokens : tensor<?x3xi32>) {
    %x = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>],
                         iterator_types = ["parallel", "parallel"]}
        ins(%token : tensor<3xi32>) outs(%empty : tensor<3x5xf32>) {
    ^bb0(%index: i32, %out: f32):
      %row = arith.index_cast %index : i32 to index
      %column = linalg.index 1 : index
      %value = tensor.extract %table[%row, %column] : tensor<7x5xf32>
      %again = tensor.extract %table[%row, %column] : tensor<7x5xf32>
      %sum = arith.addf %value, %again : f32
      linalg.yield %sum : f32
    } -> tensor<3x5xf32>
    %next = arith.addf %c, %x : tensor<3x5xf32>
    remat.yield carry(%next : tensor<3x5xf32>)
  }
  return %h : tensor<3x5xf32>
}

// -----

// An index that is computed inside the step is clamped.

// CHECK-LABEL: func.func @computed(
// CHECK:         remat.recurrence
// CHECK:           %[[INDEX:.*]] = arith.index_cast %{{.*}} : i32 to index
// CHECK:           %[[LOWER:.*]] = arith.maxsi %[[INDEX]], %{{.*}} : index
// CHECK:           %[[INSIDE:.*]] = arith.minsi %[[LOWER]], %[[LAST:.*]] : index
// CHECK:           tensor.extract %{{.*}}[%[[INSIDE]]]
func.func @computed(%table: tensor<7xf32>, %state: tensor<3xi32>, %h0: tensor<3xf32>) -> tensor<3xf32> {
  %count = arith.constant 4 : index
  %n, %h = remat.recurrence count(%count) at(%t) carry(%i = %state : tensor<3xi32>, %c = %h0 : tensor<3xf32>) {
    %x = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
        ins(%i : tensor<3xi32>) outs(%c : tensor<3xf32>) {
    ^bb0(%index: i32, %out: f32):
      %row = arith.index_cast %index : i32 to index
      %value = tensor.extract %table[%row] : tensor<7xf32>
      linalg.yield %value : f32
    } -> tensor<3xf32>
    %next = arith.addi %i, %i : tensor<3xi32>
    remat.yield carry(%next, %x : tensor<3xi32>, tensor<3xf32>)
  }
  return %h : tensor<3xf32>
}

// -----

// Unsigned indices and tables of dynamic size are clamped, too; so are the offsets
// of slices, to where the slice still fits.

// CHECK-LABEL: func.func @clamped(
// CHECK-SAME:    %[[INDICES:[^:]*]]: tensor<3xi8>, %[[TABLE:[^:]*]]: tensor<7xf32>, %[[DYNAMIC:[^:]*]]: tensor<?xf32>, %[[AT:[^:]*]]: index
// CHECK:         %[[UNSIGNED:.*]] = arith.index_castui
// CHECK:         arith.maxsi %[[UNSIGNED]]
// CHECK:         tensor.dim %[[DYNAMIC]]
// CHECK:         arith.minsi
// CHECK:         %[[FOUR:.*]] = arith.constant 4 : index
// CHECK:         %[[LOWER:.*]] = arith.maxsi %[[AT]]
// CHECK:         %[[INSIDE:.*]] = arith.minsi %[[LOWER]], %[[FOUR]]
// CHECK:         tensor.extract_slice %[[TABLE]][%[[INSIDE]]] [2] [2]
func.func @clamped(%indices: tensor<3xi8>, %table: tensor<7xf32>, %dynamic: tensor<?xf32>, %at: index)
    -> (tensor<3xf32>, tensor<2xf32>) {
  %empty = tensor.empty() : tensor<3xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%indices : tensor<3xi8>) outs(%empty : tensor<3xf32>) {
  ^bb0(%index: i8, %out: f32):
    %row = arith.index_castui %index : i8 to index
    %value = tensor.extract %table[%row] : tensor<7xf32>
    %signed = arith.index_cast %index : i8 to index
    %other = tensor.extract %dynamic[%signed] : tensor<?xf32>
    %sum = arith.addf %value, %other : f32
    linalg.yield %sum : f32
  } -> tensor<3xf32>
  %slice = tensor.extract_slice %table[%at] [2] [2] : tensor<7xf32> to tensor<2xf32>
  return %x, %slice : tensor<3xf32>, tensor<2xf32>
}

// -----

// What can not leave the table is left alone, and a second run adds nothing.

// CHECK-LABEL: func.func @inside(
// CHECK-NOT:     arith.maxsi
// CHECK-NOT:     remat.check_indices
func.func @inside(%table: tensor<7xf32>) -> (tensor<5xf32>, tensor<2xf32>) {
  %empty = tensor.empty() : tensor<5xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      outs(%empty : tensor<5xf32>) {
  ^bb0(%out: f32):
    %i = linalg.index 0 : index
    %value = tensor.extract %table[%i] : tensor<7xf32>
    linalg.yield %value : f32
  } -> tensor<5xf32>
  %slice = tensor.extract_slice %table[5] [2] [1] : tensor<7xf32> to tensor<2xf32>
  return %x, %slice : tensor<5xf32>, tensor<2xf32>
}
