// RUN: remat-opt %s --remat-guard-extents --split-input-file | FileCheck %s

// Types do not say that two arrays are equally long.

// CHECK-LABEL: func.func @elementwise(
// CHECK-SAME:    %[[X:.*]]: tensor<?xf32>, %[[Y:.*]]: tensor<?xf32>)
// CHECK-DAG:     %[[EXPECTED:.*]] = tensor.dim %[[X]], %{{.*}}
// CHECK-DAG:     %[[GOT:.*]] = tensor.dim %[[Y]], %{{.*}}
// CHECK:         remat.check_range %[[GOT]] in %[[EXPECTED]] to %[[EXPECTED]], "extent 0 of operand #1 of 'arith.addf'"
// CHECK-NEXT:    %[[SUM:.*]] = arith.addf
// What is computed from one array is not compared with it.
// CHECK-NOT:     remat.check_range
// CHECK:         arith.mulf
func.func @elementwise(%x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<?xf32> {
  %sum = arith.addf %x, %y : tensor<?xf32>
  %product = arith.mulf %sum, %x : tensor<?xf32>
  return %product : tensor<?xf32>
}

// -----

// CHECK-LABEL: func.func @structured(
// CHECK:         remat.check_range %{{.*}} in %{{.*}} to %{{.*}}, "extent 0 of operand #1 of 'linalg.matmul'"
// CHECK:         remat.check_range %{{.*}} in %{{.*}} to %{{.*}}, "extent 0 of operand #2 of 'linalg.matmul'"
// CHECK-NOT:     remat.check_range
// CHECK:         linalg.matmul
func.func @structured(%x: tensor<?x?xf32>, %w: tensor<?x4xf32>, %z: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %y = linalg.matmul ins(%x, %w : tensor<?x?xf32>, tensor<?x4xf32>) outs(%z : tensor<?x4xf32>) -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

// A window of three along an array of any length.
// CHECK-LABEL: func.func @window(
// CHECK:         remat.check_range {{.*}} "place along axis 0 of operand #0 of 'linalg.conv_1d'"
// CHECK:         linalg.conv_1d
func.func @window(%x: tensor<?xf32>, %w: tensor<3xf32>, %z: tensor<?xf32>) -> tensor<?xf32> {
  %y = linalg.conv_1d ins(%x, %w : tensor<?xf32>, tensor<3xf32>) outs(%z : tensor<?xf32>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

// CHECK-LABEL: func.func @slices(
// CHECK:         remat.check_range %{{.*}} in %{{.*}} to %{{.*}}, "size 0 of 'tensor.extract_slice'"
// CHECK:         remat.check_range %{{.*}} in %{{.*}} to %{{.*}}, "stride 0 of 'tensor.extract_slice'"
// CHECK:         remat.check_range %{{.*}} in %{{.*}} to %{{.*}}, "offset 0 of 'tensor.extract_slice'"
// CHECK:         tensor.extract_slice
// CHECK:         remat.check_range %{{.*}} in %{{.*}} to %{{.*}}, "extent 0 of the source of 'tensor.insert_slice'"
// CHECK:         tensor.insert_slice
func.func @slices(%x: tensor<9xf32>, %y: tensor<?xf32>, %at: index, %n: index, %s: index) -> (tensor<?xf32>, tensor<9xf32>) {
  %part = tensor.extract_slice %x[%at] [%n] [%s] : tensor<9xf32> to tensor<?xf32>
  %whole = tensor.insert_slice %y into %x[0] [%n] [1] : tensor<?xf32> into tensor<9xf32>
  return %part, %whole : tensor<?xf32>, tensor<9xf32>
}

// -----

// CHECK-LABEL: func.func @shapes(
// CHECK:         remat.check_range {{.*}}, "extent 0 of the operand of 'tensor.cast'"
// CHECK:         tensor.cast
// CHECK:         remat.check_range {{.*}}, "extent 0 of the shape of 'tensor.expand_shape'"
// CHECK:         remat.check_range {{.*}}, "number of elements that 'tensor.expand_shape' makes of axis 0"
// CHECK:         tensor.expand_shape
// CHECK:         remat.check_range {{.*}}, "extent #0 of 'tensor.empty'"
func.func @shapes(%x: tensor<?xf32>, %n: index) -> (tensor<4xf32>, tensor<?x4xf32>, tensor<?xf32>) {
  %four = tensor.cast %x : tensor<?xf32> to tensor<4xf32>
  %rows = tensor.expand_shape %x [[0, 1]] output_shape [%n, 4] : tensor<?xf32> into tensor<?x4xf32>
  %new = tensor.empty(%n) : tensor<?xf32>
  return %four, %rows, %new : tensor<4xf32>, tensor<?x4xf32>, tensor<?xf32>
}

// -----

// Everything is known, or comes from one place.
// CHECK-LABEL: func.func @negative(
// CHECK-NOT:     remat.check_range
// CHECK:         return
func.func @negative(%x: tensor<4xf32>, %y: tensor<?x3xf32>) -> (tensor<4xf32>, tensor<?x3xf32>) {
  %zero = arith.constant 0 : index
  %n = tensor.dim %y, %zero : tensor<?x3xf32>
  %sum = arith.addf %x, %x : tensor<4xf32>
  %empty = tensor.empty(%n) : tensor<?x3xf32>
  %part = tensor.extract_slice %y[0, 0] [%n, 3] [1, 1] : tensor<?x3xf32> to tensor<?x3xf32>
  %copy = linalg.copy ins(%part : tensor<?x3xf32>) outs(%empty : tensor<?x3xf32>) -> tensor<?x3xf32>
  %product = arith.mulf %copy, %y : tensor<?x3xf32>
  return %sum, %product : tensor<4xf32>, tensor<?x3xf32>
}
