// RUN: remat-run %s --entry read --input x=%S/Inputs/count.npy --output %t.1 && %python %S/show.py %t.1/r.npy | FileCheck %s --check-prefix=READ
// RUN: remat-run %s --entry written --input x=%S/Inputs/count.npy --output %t.2 && %python %S/show.py %t.2/r.npy | FileCheck %s --check-prefix=WRITTEN
// RUN: remat-run %s --entry gradient --input x=%S/Inputs/count.npy --check-gradient --output %t.3 && %python %S/show.py %t.3/d.npy | FileCheck %s --check-prefix=GRADIENT
// RUN: remat-opt %s --remat-expand-operations | FileCheck %s --check-prefix=EXPANDED

// A slice of [1, 1, 2, 1] as 1 x 2, at an offset that becomes a constant by folding:
// MLIR's canonical form would read the first two extents of one as dropped and take
// 2 x 1. x[0, 2, 0:2, 0] of 0, 1, ..., 26 is 18 and 21.

// READ: 18 21
// WRITTEN: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 100 19 20 200 22 23 24 25 26
// GRADIENT: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 36 0 0 42 0 0 0 0 0

// EXPANDED-LABEL: func.func @read
// EXPANDED:         tensor.extract_slice {{.*}} to tensor<1x1x2x1xf32>
// EXPANDED:         tensor.collapse_shape {{.*}} into tensor<1x2xf32>
// EXPANDED-LABEL: func.func @written
// EXPANDED:         tensor.expand_shape {{.*}} into tensor<1x1x2x1xf32>
// EXPANDED:         tensor.insert_slice {{.*}} tensor<1x1x2x1xf32> into
// EXPANDED-LABEL: func.func @as_guessed
// EXPANDED-NOT:     collapse_shape

func.func @read(%x: tensor<1x3x3x3xf32>) -> (tensor<1x2xf32> {remat.name = "r"}) {
  %c1 = arith.constant 1 : index
  %o = arith.subi %c1, %c1 : index
  %r = tensor.extract_slice %x[0, 2, %o, 0] [1, 1, 2, 1] [1, 1, 1, 1] : tensor<1x3x3x3xf32> to tensor<1x2xf32>
  return %r : tensor<1x2xf32>
}

func.func @written(%x: tensor<1x3x3x3xf32>) -> (tensor<1x3x3x3xf32> {remat.name = "r"}) {
  %c1 = arith.constant 1 : index
  %o = arith.subi %c1, %c1 : index
  %v = arith.constant dense<[[100.0, 200.0]]> : tensor<1x2xf32>
  %r = tensor.insert_slice %v into %x[0, 2, %o, 0] [1, 1, 2, 1] [1, 1, 1, 1] : tensor<1x2xf32> into tensor<1x3x3x3xf32>
  return %r : tensor<1x3x3x3xf32>
}

func.func private @squares(%x: tensor<1x3x3x3xf32>) -> tensor<f32> {
  %zero = arith.constant dense<0.0> : tensor<f32>
  %c1 = arith.constant 1 : index
  %o = arith.subi %c1, %c1 : index
  %s = tensor.extract_slice %x[0, 2, %o, 0] [1, 1, 2, 1] [1, 1, 1, 1] : tensor<1x3x3x3xf32> to tensor<1x2xf32>
  %q = arith.mulf %s, %s : tensor<1x2xf32>
  %l = linalg.reduce { arith.addf } ins(%q : tensor<1x2xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1]
  return %l : tensor<f32>
}

func.func @gradient(%x: tensor<1x3x3x3xf32>) -> (tensor<f32> {remat.name = "l"}, tensor<1x3x3x3xf32> {remat.name = "d"}) {
  %l, %d = remat.value_and_gradient @squares(%x) wrt [0] : (tensor<1x3x3x3xf32>) -> (tensor<f32>, tensor<1x3x3x3xf32>)
  return %l, %d : tensor<f32>, tensor<1x3x3x3xf32>
}

func.func @as_guessed(%x: tensor<17x3xf32>, %i: index) -> tensor<3xf32> {
  %r = tensor.extract_slice %x[%i, 0] [1, 3] [1, 1] : tensor<17x3xf32> to tensor<3xf32>
  return %r : tensor<3xf32>
}
