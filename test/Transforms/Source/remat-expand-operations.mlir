// RUN: remat-opt %s --remat-expand-operations | FileCheck %s

// CHECK-LABEL: func.func @classes
// CHECK-DAG: arith.cmpf uno, %[[X:.*]], %[[X]]
// CHECK-DAG: %[[INFINITY:.*]] = arith.constant dense<0x7F800000> : tensor<3xf32>
// CHECK-DAG: arith.cmpf oeq, %{{.*}}, %[[INFINITY]]
// CHECK-DAG: %[[SMALLEST:.*]] = arith.constant dense<1.17549435E-38> : tensor<3xf32>
// CHECK-DAG: arith.cmpf oge, %{{.*}}, %[[SMALLEST]]
// CHECK-NOT: math.is
func.func @classes(%x: tensor<3xf32>) -> (tensor<3xi1>, tensor<3xi1>, tensor<3xi1>, tensor<3xi1>) {
  %nan = math.isnan %x : tensor<3xf32>
  %inf = math.isinf %x : tensor<3xf32>
  %finite = math.isfinite %x : tensor<3xf32>
  %normal = math.isnormal %x : tensor<3xf32>
  return %nan, %inf, %finite, %normal : tensor<3xi1>, tensor<3xi1>, tensor<3xi1>, tensor<3xi1>
}

// No constant has a shape that only run time knows: element by element.

// CHECK-LABEL: func.func @dynamic_class
// CHECK: linalg.generic
// CHECK: arith.cmpf olt, %{{.*}}, %{{.*}} : f64
func.func @dynamic_class(%x: tensor<?xf64>) -> tensor<?xi1> {
  %finite = math.isfinite %x : tensor<?xf64>
  return %finite : tensor<?xi1>
}

// CHECK-LABEL: func.func @power
// CHECK: linalg.generic
// CHECK: scf.while
// CHECK-NOT: math.ipowi
func.func @power(%x: tensor<3xi32>, %y: tensor<3xi32>) -> tensor<3xi32> {
  %r = math.ipowi %x, %y : tensor<3xi32>
  return %r : tensor<3xi32>
}

// CHECK-LABEL: func.func @extended
// CHECK-NOT: _extended
// CHECK: return
func.func @extended(%x: tensor<3xi64>, %y: tensor<3xi64>)
    -> (tensor<3xi64>, tensor<3xi1>, tensor<3xi64>, tensor<3xi64>, tensor<3xi64>, tensor<3xi64>) {
  %sum, %overflow = arith.addui_extended %x, %y : tensor<3xi64>, tensor<3xi1>
  %low, %high = arith.mulsi_extended %x, %y : tensor<3xi64>
  %ulow, %uhigh = arith.mului_extended %x, %y : tensor<3xi64>
  return %sum, %overflow, %low, %high, %ulow, %uhigh
      : tensor<3xi64>, tensor<3xi1>, tensor<3xi64>, tensor<3xi64>, tensor<3xi64>, tensor<3xi64>
}

// Types of which only one knows an extent.

// CHECK-LABEL: func.func @bitcast_extents
// CHECK: %[[FOUR:.*]] = tensor.cast %{{.*}} : tensor<?xf32> to tensor<4xf32>
// CHECK: %[[OPEN:.*]] = tensor.cast %{{.*}} : tensor<?xf32> to tensor<4xf32>
// CHECK: arith.bitcast %[[OPEN]] : tensor<4xf32> to tensor<4xi32>
// CHECK: return %[[FOUR]]
func.func @bitcast_extents(%x: tensor<?xf32>) -> (tensor<4xf32>, tensor<4xi32>) {
  %r = tensor.bitcast %x : tensor<?xf32> to tensor<4xf32>
  %s = tensor.bitcast %x : tensor<?xf32> to tensor<4xi32>
  return %r, %s : tensor<4xf32>, tensor<4xi32>
}

// CHECK-LABEL: func.func @bitcast
// CHECK: arith.bitcast %{{.*}} : tensor<5xf32> to tensor<5xi32>
func.func @bitcast(%x: tensor<5xf32>) -> tensor<5xi32> {
  %r = tensor.bitcast %x : tensor<5xf32> to tensor<5xi32>
  return %r : tensor<5xi32>
}

// CHECK-LABEL: func.func @pad
// CHECK: %[[CUT:.*]] = tensor.extract_slice %{{.*}}[1, 0] [4, 1] [1, 1]
// CHECK: tensor.pad %[[CUT]] low[0, 3] high[2, 0]
func.func @pad(%x: tensor<5x4xf32>) -> tensor<6x4xf32> {
  %c = arith.constant 0.0 : f32
  %r = tensor.pad %x low[-1, 3] high[2, -3] {
  ^bb0(%i: index, %j: index):
    tensor.yield %c : f32
  } : tensor<5x4xf32> to tensor<6x4xf32>
  return %r : tensor<6x4xf32>
}

// CHECK-LABEL: func.func @nothing_left
// CHECK: linalg.fill
// CHECK-NOT: tensor.pad
func.func @nothing_left(%x: tensor<2xf32>) -> tensor<3xf32> {
  %c = arith.constant 0.0 : f32
  %r = tensor.pad %x low[-4] high[5] {
  ^bb0(%i: index):
    tensor.yield %c : f32
  } : tensor<2xf32> to tensor<3xf32>
  return %r : tensor<3xf32>
}

// What depends on the position is a tensor into which the source is put.
// CHECK-LABEL: func.func @computed_pad
// CHECK: %[[PADDING:.*]] = linalg.generic
// CHECK: tensor.extract
// CHECK: tensor.insert_slice %{{.*}} into %[[PADDING]][1, 1] [2, 3] [1, 1]
func.func @computed_pad(%x: tensor<4x6xf32>, %s: tensor<2x3xf32>) -> tensor<4x6xf32> {
  %r = tensor.pad %s low[1, 1] high[1, 2] {
  ^bb0(%i: index, %j: index):
    %v = tensor.extract %x[%i, %j] : tensor<4x6xf32>
    tensor.yield %v : f32
  } : tensor<2x3xf32> to tensor<4x6xf32>
  return %r : tensor<4x6xf32>
}

// CHECK-LABEL: func.func @generate
// CHECK: linalg.generic
// CHECK: %[[I:.*]] = linalg.index 0
// CHECK: tensor.extract %{{.*}}[%[[I]]]
func.func @generate(%x: tensor<4xf32>) -> tensor<4xf32> {
  %r = tensor.generate {
  ^bb0(%i: index):
    %v = tensor.extract %x[%i] : tensor<4xf32>
    tensor.yield %v : f32
  } : tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @gather
// CHECK: linalg.generic {{.*}} outs(%{{.*}} : tensor<3x1x6xf32>)
// CHECK: tensor.extract %{{.*}}[%{{.*}}, %{{.*}}] : tensor<3x1xi32>
// CHECK: tensor.extract %{{.*}}[%{{.*}}, %{{.*}}] : tensor<5x6xf32>
func.func @gather(%x: tensor<5x6xf32>, %i: tensor<3x1xi32>) -> tensor<3x1x6xf32> {
  %r = tensor.gather %x[%i] gather_dims([0]) : (tensor<5x6xf32>, tensor<3x1xi32>) -> tensor<3x1x6xf32>
  return %r : tensor<3x1x6xf32>
}

// CHECK-LABEL: func.func @pack
// CHECK-NOT: linalg.pack
// CHECK-NOT: linalg.unpack
// CHECK: return
func.func @pack(%x: tensor<8x6xf32>) -> tensor<8x6xf32> {
  %e = tensor.empty() : tensor<2x3x4x2xf32>
  %p = linalg.pack %x inner_dims_pos = [0, 1] inner_tiles = [4, 2] into %e : tensor<8x6xf32> -> tensor<2x3x4x2xf32>
  %f = tensor.empty() : tensor<8x6xf32>
  %r = linalg.unpack %p inner_dims_pos = [0, 1] inner_tiles = [4, 2] into %f : tensor<2x3x4x2xf32> -> tensor<8x6xf32>
  return %r : tensor<8x6xf32>
}
