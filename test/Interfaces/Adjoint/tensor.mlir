// RUN: remat-opt %s --remat-differentiate --symbol-dce --canonicalize --cse --split-input-file | FileCheck %s

// Slices of one tensor add into one cotangent.

func.func private @slices(%x: tensor<2x6xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %a = tensor.extract_slice %x[0, 0] [2, 3] [1, 1] : tensor<2x6xf32> to tensor<2x3xf32>
  %b = tensor.extract_slice %x[0, 2] [2, 3] [1, 1] : tensor<2x6xf32> to tensor<2x3xf32>
  return %a, %b : tensor<2x3xf32>, tensor<2x3xf32>
}

// CHECK-LABEL: func.func @slices_gradient(
// CHECK-SAME:    %[[DA:[^:]*]]: tensor<2x3xf32>, %[[DB:[^:]*]]: tensor<2x3xf32>)
// CHECK:         %[[ZEROS:.*]] = linalg.fill
// CHECK:         %[[FIRST:.*]] = tensor.insert_slice %[[DB]] into %[[ZEROS]][0, 2] [2, 3] [1, 1]
// CHECK:         %[[OLD:.*]] = tensor.extract_slice %[[FIRST]][0, 0] [2, 3] [1, 1]
// CHECK:         %[[SUM:.*]] = arith.addf %[[OLD]], %[[DA]]
// CHECK:         %[[DX:.*]] = tensor.insert_slice %[[SUM]] into %[[FIRST]][0, 0] [2, 3] [1, 1]
// CHECK:         return %[[DX]]
func.func @slices_gradient(%x: tensor<2x6xf32>, %da: tensor<2x3xf32>, %db: tensor<2x3xf32>) -> tensor<2x6xf32> {
  %y:3 = remat.value_and_gradient @slices(%x) wrt [0] of [0, 1] seed(%da, %db : tensor<2x3xf32>, tensor<2x3xf32>)
      : (tensor<2x6xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x6xf32>)
  return %y#2 : tensor<2x6xf32>
}

// -----

// Padding keeps the inner part.

func.func private @pad(%x: tensor<2x3xf32>) -> tensor<4x4xf32> {
  %zero = arith.constant 0.0 : f32
  %y = tensor.pad %x low[1, 0] high[1, 1] {
  ^bb0(%i: index, %j: index):
    tensor.yield %zero : f32
  } : tensor<2x3xf32> to tensor<4x4xf32>
  return %y : tensor<4x4xf32>
}

// CHECK-LABEL: func.func @pad_gradient(
// CHECK-SAME:    %[[DY:[^:]*]]: tensor<4x4xf32>)
// CHECK-NEXT:    %[[DX:.*]] = tensor.extract_slice %[[DY]][1, 0] [2, 3] [1, 1]
// CHECK-NEXT:    return %[[DX]]
func.func @pad_gradient(%x: tensor<2x3xf32>, %dy: tensor<4x4xf32>) -> tensor<2x3xf32> {
  %y, %dx = remat.value_and_gradient @pad(%x) wrt [0] seed(%dy : tensor<4x4xf32>)
      : (tensor<2x3xf32>) -> (tensor<4x4xf32>, tensor<2x3xf32>)
  return %dx : tensor<2x3xf32>
}

// -----

// The overwritten part of an insertion's destination has no cotangent.

func.func private @insert(%x: tensor<2xf32>, %y: tensor<5xf32>) -> tensor<5xf32> {
  %z = tensor.insert_slice %x into %y[1] [2] [1] : tensor<2xf32> into tensor<5xf32>
  return %z : tensor<5xf32>
}

// CHECK-LABEL: func.func @insert_gradient(
// CHECK-SAME:    %[[DZ:[^:]*]]: tensor<5xf32>)
// CHECK:         %[[DX:.*]] = tensor.extract_slice %[[DZ]][1] [2] [1]
// CHECK:         %[[ZEROS:.*]] = linalg.fill
// CHECK:         %[[DY:.*]] = tensor.insert_slice %[[ZEROS]] into %[[DZ]][1] [2] [1]
// CHECK:         return %[[DX]], %[[DY]]
func.func @insert_gradient(%x: tensor<2xf32>, %y: tensor<5xf32>, %dz: tensor<5xf32>) -> (tensor<2xf32>, tensor<5xf32>) {
  %z, %dx, %dy = remat.value_and_gradient @insert(%x, %y) wrt [0, 1] seed(%dz : tensor<5xf32>)
      : (tensor<2xf32>, tensor<5xf32>) -> (tensor<5xf32>, tensor<2xf32>, tensor<5xf32>)
  return %dx, %dy : tensor<2xf32>, tensor<5xf32>
}

// A sum of no terms is not added to.

func.func private @parts(%x: tensor<6xf32>) -> tensor<3xf32> {
  %a = tensor.extract_slice %x[0] [3] [1] : tensor<6xf32> to tensor<3xf32>
  %b = tensor.extract_slice %x[3] [3] [1] : tensor<6xf32> to tensor<3xf32>
  %y = arith.mulf %a, %b : tensor<3xf32>
  return %y : tensor<3xf32>
}

// CHECK-LABEL: func.func @parts_gradient(
// CHECK-NOT:     arith.addf
// CHECK:         return
func.func @parts_gradient(%x: tensor<6xf32>, %dy: tensor<3xf32>) -> tensor<6xf32> {
  %y, %dx = remat.value_and_gradient @parts(%x) wrt [0] seed(%dy : tensor<3xf32>)
      : (tensor<6xf32>) -> (tensor<3xf32>, tensor<6xf32>)
  return %dx : tensor<6xf32>
}
