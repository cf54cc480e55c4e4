// RUN: remat-opt %s --remat-differentiate --symbol-dce --canonicalize --cse --split-input-file | FileCheck %s

// All three products of a matmul are contractions; the init passes the cotangent on.

func.func private @matmul(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>, %c: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %d = linalg.matmul ins(%a, %b : tensor<2x3xf32>, tensor<3x4xf32>) outs(%c : tensor<2x4xf32>) -> tensor<2x4xf32>
  return %d : tensor<2x4xf32>
}

// CHECK-DAG:   #[[MN:.*]] = affine_map<(d0, d1, d2) -> (d0, d1)>
// CHECK-DAG:   #[[KN:.*]] = affine_map<(d0, d1, d2) -> (d2, d1)>
// CHECK-DAG:   #[[MK:.*]] = affine_map<(d0, d1, d2) -> (d0, d2)>
// CHECK-LABEL: func.func @matmul_gradient(
// CHECK-SAME:    %[[A:.*]]: tensor<2x3xf32>, %[[B:.*]]: tensor<3x4xf32>, %[[C:.*]]: tensor<2x4xf32>, %[[DD:.*]]: tensor<2x4xf32>)
// CHECK:         %[[DA:.*]] = linalg.contract indexing_maps = [#[[MN]], #[[KN]], #[[MK]]]
// CHECK-SAME:      ins(%[[DD]], %[[B]]
// CHECK:         %[[DB:.*]] = linalg.contract indexing_maps = [#[[MN]], #[[MK]], #[[KN]]]
// CHECK-SAME:      ins(%[[DD]], %[[A]]
// CHECK:         return %[[DA]], %[[DB]], %[[DD]]
func.func @matmul_gradient(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>, %c: tensor<2x4xf32>, %dd: tensor<2x4xf32>)
    -> (tensor<2x3xf32>, tensor<3x4xf32>, tensor<2x4xf32>) {
  %d, %da, %db, %dc = remat.value_and_gradient @matmul(%a, %b, %c) wrt [0, 1, 2] seed(%dd : tensor<2x4xf32>)
      : (tensor<2x3xf32>, tensor<3x4xf32>, tensor<2x4xf32>)
      -> (tensor<2x4xf32>, tensor<2x3xf32>, tensor<3x4xf32>, tensor<2x4xf32>)
  return %da, %db, %dc : tensor<2x3xf32>, tensor<3x4xf32>, tensor<2x4xf32>
}

// -----

// The gradient of a convolution's input writes to d0 + d1: both loops may meet at
// one element, so both are reductions.

func.func private @convolution(%x: tensor<6xf32>, %w: tensor<3xf32>) -> tensor<4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %y = linalg.conv_1d ins(%x, %w : tensor<6xf32>, tensor<3xf32>) outs(%zero : tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-DAG:   #[[FILTER:.*]] = affine_map<(d0, d1) -> (d1)>
// CHECK-DAG:   #[[OUTPUT:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-DAG:   #[[INPUT:.*]] = affine_map<(d0, d1) -> (d0 + d1)>
// CHECK-LABEL: func.func @convolution_gradient(
// CHECK:         linalg.generic
// CHECK-SAME:      indexing_maps = [#[[FILTER]], #[[OUTPUT]], #[[INPUT]]]
// CHECK-SAME:      iterator_types = ["reduction", "reduction"]
// CHECK:         linalg.generic
// CHECK-SAME:      indexing_maps = [#[[INPUT]], #[[OUTPUT]], #[[FILTER]]]
// CHECK-SAME:      iterator_types = ["reduction", "parallel"]
func.func @convolution_gradient(%x: tensor<6xf32>, %w: tensor<3xf32>, %dy: tensor<4xf32>)
    -> (tensor<6xf32>, tensor<3xf32>) {
  %y, %dx, %dw = remat.value_and_gradient @convolution(%x, %w) wrt [0, 1] seed(%dy : tensor<4xf32>)
      : (tensor<6xf32>, tensor<3xf32>) -> (tensor<4xf32>, tensor<6xf32>, tensor<3xf32>)
  return %dx, %dw : tensor<6xf32>, tensor<3xf32>
}

// -----

// A broadcast sums; a sum broadcasts.

func.func private @broadcast_and_sum(%x: tensor<3xf32>, %y: tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<3xf32>) {
  %empty = tensor.empty() : tensor<3x2xf32>
  %zero = arith.constant dense<0.0> : tensor<3xf32>
  %wide = linalg.broadcast ins(%x : tensor<3xf32>) outs(%empty : tensor<3x2xf32>) dimensions = [1]
  %sum = linalg.reduce { arith.addf } ins(%y : tensor<3x2xf32>) outs(%zero : tensor<3xf32>) dimensions = [1]
  return %wide, %sum : tensor<3x2xf32>, tensor<3xf32>
}

// CHECK-LABEL: func.func @broadcast_and_sum_gradient(
// CHECK-SAME:    %[[DWIDE:[^:]*]]: tensor<3x2xf32>, %[[DSUM:[^:]*]]: tensor<3xf32>)
// CHECK:         %[[DY:.*]] = linalg.generic
// CHECK-SAME:      iterator_types = ["parallel", "parallel"]
// CHECK-SAME:      ins(%[[DSUM]] : tensor<3xf32>)
// CHECK:           linalg.yield %{{.*}} : f32
// CHECK:         %[[DX:.*]] = linalg.generic
// CHECK-SAME:      iterator_types = ["parallel", "reduction"]
// CHECK-SAME:      ins(%[[DWIDE]] : tensor<3x2xf32>)
// CHECK:           arith.addf
// CHECK:         return %[[DX]], %[[DY]]
func.func @broadcast_and_sum_gradient(%x: tensor<3xf32>, %y: tensor<3x2xf32>, %dwide: tensor<3x2xf32>, %dsum: tensor<3xf32>)
    -> (tensor<3xf32>, tensor<3x2xf32>) {
  %z:4 = remat.value_and_gradient @broadcast_and_sum(%x, %y) wrt [0, 1] of [0, 1]
      seed(%dwide, %dsum : tensor<3x2xf32>, tensor<3xf32>)
      : (tensor<3xf32>, tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3x2xf32>)
  return %z#2, %z#3 : tensor<3xf32>, tensor<3x2xf32>
}

// -----

// A maximum counts the elements that attain it and shares the cotangent.

func.func private @maximum(%x: tensor<3x2xf32>) -> tensor<3xf32> {
  %lowest = arith.constant dense<0xFF800000> : tensor<3xf32>
  %y = linalg.reduce { arith.maximumf } ins(%x : tensor<3x2xf32>) outs(%lowest : tensor<3xf32>) dimensions = [1]
  return %y : tensor<3xf32>
}

// CHECK-LABEL: func.func @maximum_gradient(
// CHECK-SAME:    %[[X:.*]]: tensor<3x2xf32>, %[[DY:.*]]: tensor<3xf32>)
// CHECK:         %[[Y:.*]] = linalg.reduce { arith.maximumf } ins(%[[X]]
// CHECK:         %[[COUNT:.*]] = linalg.generic
// CHECK-SAME:      ins(%[[X]], %[[Y]]
// CHECK:           arith.cmpf oeq
// CHECK:         %[[SHARE:.*]] = arith.divf %[[DY]], %[[COUNT]]
// CHECK:         %[[DX:.*]] = linalg.generic
// CHECK-SAME:      ins(%[[X]], %[[Y]], %[[SHARE]]
// CHECK:           %[[TIES:.*]] = arith.cmpf oeq
// CHECK:           arith.select %[[TIES]]
// CHECK:         return %[[DX]]
func.func @maximum_gradient(%x: tensor<3x2xf32>, %dy: tensor<3xf32>) -> tensor<3x2xf32> {
  %y, %dx = remat.value_and_gradient @maximum(%x) wrt [0] seed(%dy : tensor<3xf32>)
      : (tensor<3x2xf32>) -> (tensor<3xf32>, tensor<3x2xf32>)
  return %dx : tensor<3x2xf32>
}

// -----

// A gather of rows scatters rows, in the order of the points.

func.func private @rows(%table: tensor<5x4xf32>, %rows: tensor<3xi32>) -> tensor<3x4xf32> {
  %empty = tensor.empty() : tensor<3x4xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%rows : tensor<3xi32>) outs(%empty : tensor<3x4xf32>) {
  ^bb0(%row: i32, %out: f32):
    %i = arith.index_cast %row : i32 to index
    %j = linalg.index 1 : index
    %value = tensor.extract %table[%i, %j] : tensor<5x4xf32>
    linalg.yield %value : f32
  } -> tensor<3x4xf32>
  return %y : tensor<3x4xf32>
}

// CHECK-LABEL: func.func @rows_gradient(
// CHECK-SAME:    %[[TABLE:.*]]: tensor<5x4xf32>, %[[ROWS:.*]]: tensor<3xi32>, %[[DY:.*]]: tensor<3x4xf32>)
// CHECK:         %[[ZEROS:.*]] = linalg.fill
// CHECK:         %[[DTABLE:.*]] = scf.for %[[I:.*]] = {{.*}} iter_args(%[[ACC:.*]] = %[[ZEROS]])
// CHECK:           %[[ROW32:.*]] = tensor.extract %[[ROWS]][%[[I]]]
// CHECK:           %[[ROW:.*]] = arith.index_cast %[[ROW32]]
// CHECK:           %[[OLD:.*]] = tensor.extract_slice %[[ACC]][%[[ROW]], 0] [1, 4]
// CHECK:           %[[D:.*]] = tensor.extract_slice %[[DY]][%[[I]], 0] [1, 4]
// CHECK:           %[[NEW:.*]] = arith.addf %[[OLD]], %[[D]]
// CHECK:           tensor.insert_slice %[[NEW]] into %[[ACC]][%[[ROW]], 0]
// CHECK:         return %[[DTABLE]]
func.func @rows_gradient(%table: tensor<5x4xf32>, %rows: tensor<3xi32>, %dy: tensor<3x4xf32>) -> tensor<5x4xf32> {
  %y, %dtable = remat.value_and_gradient @rows(%table, %rows) wrt [0] seed(%dy : tensor<3x4xf32>)
      : (tensor<5x4xf32>, tensor<3xi32>) -> (tensor<3x4xf32>, tensor<5x4xf32>)
  return %dtable : tensor<5x4xf32>
}
