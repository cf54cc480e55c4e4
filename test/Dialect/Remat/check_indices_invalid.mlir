// RUN: remat-opt %s --split-input-file --verify-diagnostics

// check_indices_c1

func.func @floats(%x: tensor<4xf32>, %limit: index) {
  // expected-error @+1 {{expects a tensor or contiguous memref with i8, i16, i32, i64 or index elements, but got 'tensor<4xf32>'}}
  remat.check_indices %x below %limit : tensor<4xf32>
  return
}

// -----

func.func @odd_width(%x: tensor<4xi5>, %limit: index) {
  // expected-error @+1 {{but got 'tensor<4xi5>'}}
  remat.check_indices %x below %limit : tensor<4xi5>
  return
}

// -----

func.func @strided(%x: memref<4xi32, strided<[2]>>, %limit: index) {
  // expected-error @+1 {{but got 'memref<4xi32, strided<[2]>>'}}
  remat.check_indices %x below %limit : memref<4xi32, strided<[2]>>
  return
}

// -----

// check_indices_c2

func.func @rank_zero(%x: tensor<i32>, %limit: index) {
  // expected-error @+1 {{expects 'per_step' with a rank of at least 1 and without 'at', but got rank 0}}
  remat.check_indices %x per_step below %limit : tensor<i32>
  return
}

// -----

func.func @two_steps(%x: tensor<4xi32>, %limit: index) {
  // expected-error @+1 {{but got both}}
  remat.check_indices %x per_step at(%limit) below %limit : tensor<4xi32>
  return
}

// -----

// check_indices_c3

func.func @reversed_nothing(%x: tensor<4xi32>, %limit: index) {
  // expected-error @+1 {{expects 'reversed' with 'per_step' only}}
  remat.check_indices %x reversed below %limit : tensor<4xi32>
  return
}
