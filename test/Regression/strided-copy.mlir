// RUN: remat-opt %s --remat-to-cpu=isa=generic | FileCheck %s
// RUN: remat-run %s --input x=3 --output %t && %python %S/show.py %t/y.npy | FileCheck %s --check-prefix=RESULT

// A copy between strided memrefs becomes a call of the function memrefCopy of MLIR's
// runner library, which nothing that is compiled ahead of time is linked to.

// CHECK-NOT: memrefCopy
// RESULT: y 3 3 3 3 3 3
func.func @entry(%x: tensor<4x6xf32>) -> tensor<2x3xf32> {
  %y = tensor.extract_slice %x[0, 1] [2, 3] [2, 2] : tensor<4x6xf32> to tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}
