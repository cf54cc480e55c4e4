// RUN: remat-opt %s -split-input-file -remat-prepare-views | FileCheck %s
// RUN: remat-opt %s -split-input-file -remat-differentiate -remat-outline-steps -remat-prepare-views | FileCheck %s --check-prefix=SWEEP

// The stride of one element is one.
// CHECK-LABEL: func.func private @unit_stride
// CHECK:         tensor.extract_slice %{{.*}}[1, 0] [1, 4] [1, 3] : tensor<2x16xf32> to tensor<4xf32>
// CHECK:         tensor.insert_slice %{{.*}} into %{{.*}}[0, 5] [1, 4] [1, 1] : tensor<4xf32> into tensor<2x16xf32>
func.func private @unit_stride(%x: tensor<2x16xf32>, %k: index) -> tensor<2x16xf32> {
  %a = tensor.extract_slice %x[1, 0] [1, 4] [2, 3] : tensor<2x16xf32> to tensor<4xf32>
  %b = tensor.insert_slice %a into %x[0, 5] [1, 4] [%k, 1] : tensor<4xf32> into tensor<2x16xf32>
  return %b : tensor<2x16xf32>
}

// -----

// Of two extents of one the second is dropped, and the first stride is not the array's.
// CHECK-LABEL: func.func private @dropped
// CHECK-SAME:    %[[X:.*]]: tensor<4x1x6xf32>
// CHECK:         %[[SLICE:.*]] = tensor.extract_slice %[[X]][0, 0, 2] [2, 1, 1] [2, 1, 1] : tensor<4x1x6xf32> to tensor<2x1x1xf32>
// CHECK:         %[[PART:.*]] = tensor.collapse_shape %[[SLICE]] {{\[\[}}0, 1], [2]] : tensor<2x1x1xf32> into tensor<2x1xf32>
// CHECK:         %[[FULL:.*]] = tensor.expand_shape %[[PART]] {{\[\[}}0, 1], [2]] output_shape [2, 1, 1]
// CHECK:         tensor.insert_slice %[[FULL]] into %[[X]][1, 0, 3] [2, 1, 1] [2, 1, 1] : tensor<2x1x1xf32> into tensor<4x1x6xf32>
func.func private @dropped(%x: tensor<4x1x6xf32>) -> tensor<4x1x6xf32> {
  %a = tensor.extract_slice %x[0, 0, 2] [2, 1, 1] [2, 1, 1] : tensor<4x1x6xf32> to tensor<2x1xf32>
  %b = tensor.insert_slice %a into %x[1, 0, 3] [2, 1, 1] [2, 1, 1] : tensor<2x1xf32> into tensor<4x1x6xf32>
  return %b : tensor<4x1x6xf32>
}

// -----

// No extent of one is left, or no stride is changed: nothing to do.
// CHECK-LABEL: func.func private @plain
// CHECK-NOT:     shape
// CHECK:         tensor.extract_slice %{{.*}} [2, 1, 3] [2, 1, 2] : tensor<4x1x6xf32> to tensor<2x3xf32>
// CHECK:         tensor.extract_slice %{{.*}} [2, 1, 1] [1, 1, 1] : tensor<4x1x6xf32> to tensor<2x1xf32>
func.func private @plain(%x: tensor<4x1x6xf32>) -> (tensor<2x3xf32>, tensor<2x1xf32>) {
  %a = tensor.extract_slice %x[0, 0, 0] [2, 1, 3] [2, 1, 2] : tensor<4x1x6xf32> to tensor<2x3xf32>
  %b = tensor.extract_slice %x[0, 0, 2] [2, 1, 1] [1, 1, 1] : tensor<4x1x6xf32> to tensor<2x1xf32>
  return %a, %b : tensor<2x3xf32>, tensor<2x1xf32>
}

// -----

// An initial carry and a captured column are copied; the row that is captured and the
// rows that are scanned are taken in the step, and the function's argument is passed.
// SWEEP-LABEL: func.func @views
// SWEEP-SAME:    %[[X:.*]]: tensor<9x4xf32>, %[[W:.*]]: tensor<4x4xf32>
// SWEEP:         %[[INIT:.*]] = tensor.extract_slice %[[X]][8, 0] [1, 4] [1, 1]
// SWEEP:         %[[COLUMN:.*]] = tensor.extract_slice %[[W]][0, 2] [4, 1] [1, 1]
// SWEEP-DAG:     %[[INIT_COPY:.*]] = bufferization.alloc_tensor() copy(%[[INIT]]) : tensor<4xf32>
// SWEEP-DAG:     %[[COLUMN_COPY:.*]] = bufferization.alloc_tensor() copy(%[[COLUMN]]) : tensor<4xf32>
// SWEEP-NOT:     alloc_tensor
// SWEEP:         remat.forward_sweep @views_loop count(%{{.*}}) init(%[[INIT_COPY]] : tensor<4xf32>)
// SWEEP-SAME:      capture(%[[W]], %[[COLUMN_COPY]], %[[X]] : tensor<4x4xf32>, tensor<4xf32>, tensor<9x4xf32>)
// SWEEP:       func.func private @views_loop_advance(%{{.*}}: index, %[[POSITION:.*]]: index, %{{.*}}: tensor<4xf32>, %[[W_IN:.*]]: tensor<4x4xf32>, %{{.*}}: tensor<4xf32>, %[[X_IN:.*]]: tensor<9x4xf32>)
// SWEEP-DAG:     %[[DISTANCE:.*]] = arith.muli %[[POSITION]], %{{.*}} : index
// SWEEP-DAG:     %[[OFFSET:.*]] = arith.addi %{{.*}}, %[[DISTANCE]] : index
// SWEEP-DAG:     tensor.extract_slice %[[X_IN]][%[[OFFSET]], 0] [1, 4] [1, 1] : tensor<9x4xf32> to tensor<4xf32>
// SWEEP-DAG:     tensor.extract_slice %[[W_IN]][1, 0] [1, 4] [1, 1] : tensor<4x4xf32> to tensor<4xf32>
func.func @views(%x: tensor<9x4xf32>, %w: tensor<4x4xf32>) -> tensor<4xf32> {
  %n = arith.constant 4 : index
  %h0 = tensor.extract_slice %x[8, 0] [1, 4] [1, 1] : tensor<9x4xf32> to tensor<4xf32>
  %xs = tensor.extract_slice %x[1, 0] [4, 4] [2, 1] : tensor<9x4xf32> to tensor<4x4xf32>
  %row = tensor.extract_slice %w[1, 0] [1, 4] [1, 1] : tensor<4x4xf32> to tensor<4xf32>
  %column = tensor.extract_slice %w[0, 2] [4, 1] [1, 1] : tensor<4x4xf32> to tensor<4xf32>
  %h = remat.recurrence count(%n) at(%t) carry(%h = %h0 : tensor<4xf32>) scan(%x0 = %xs : tensor<4x4xf32>) {
    %a = arith.mulf %h, %column : tensor<4xf32>
    %b = arith.addf %a, %x0 : tensor<4xf32>
    %c = arith.mulf %b, %row : tensor<4xf32>
    remat.yield carry(%c : tensor<4xf32>)
  }
  return %h : tensor<4xf32>
}
