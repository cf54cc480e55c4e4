// RUN: remat-opt %s --split-input-file --verify-diagnostics

// check_indices_c1

func.func @floats(%x: tensor<4xf32>, %limit: index) {
  // expected-error @+1 {{expects a tensor or contiguous memref of rank at least 1 with i8, i16, i32, i64 or index elements, but got 'tensor<4xf32>'}}
  remat.check_indices %x below %limit : tensor<4xf32>
  return
}

// -----

func.func @rank_zero(%x: tensor<i32>, %limit: index) {
  // expected-error @+1 {{but got 'tensor<i32>'}}
  remat.check_indices %x below %limit : tensor<i32>
  return
}

// -----

func.func @strided(%x: memref<4xi32, strided<[2]>>, %limit: index) {
  // expected-error @+1 {{but got 'memref<4xi32, strided<[2]>>'}}
  remat.check_indices %x below %limit : memref<4xi32, strided<[2]>>
  return
}
