// RUN: remat-run %s --input rows=1 --output %t && %python %S/show.py %t/all.npy | FileCheck %s

// Vectorization of MLIR 22.1.8 turns an insertion that drops a unit dimension in the
// middle into a write along that dimension: one row survives. The pipeline copies
// slices on memrefs instead, with their strides.

// CHECK: all 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1{{$}}
func.func @entry(%rows: tensor<4x16xf32>) -> tensor<4x1x16xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<4x1x16xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<4x1x16xf32>) -> tensor<4x1x16xf32>
  %all = tensor.insert_slice %rows into %zeros[0, 0, 0] [4, 1, 16] [1, 1, 1]
      : tensor<4x16xf32> into tensor<4x1x16xf32>
  return %all : tensor<4x1x16xf32>
}
