// RUN: remat-opt %s --remat-guard-gathers -split-input-file -verify-diagnostics

// What depends on an accumulator cannot be computed apart from it.
func.func @accumulated(%x: tensor<3xi32>, %table: tensor<7xi32>, %start: tensor<i32>) -> tensor<i32> {
  %sum = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>], iterator_types = ["reduction"]}
      ins(%x : tensor<3xi32>) outs(%start : tensor<i32>) {
  ^bb0(%element: i32, %out: i32):
    %row = arith.index_cast %out : i32 to index
    // expected-error@+1 {{'tensor.extract' op expects an index of dimension 0 that can be computed in front of the operation it stands in, or that 'arith.maxsi' and 'arith.minsi' keep inside the table}}
    %value = tensor.extract %table[%row] : tensor<7xi32>
    %next = arith.addi %value, %element : i32
    linalg.yield %next : i32
  } -> tensor<i32>
  return %sum : tensor<i32>
}

// -----

// A bound on one side, or one that is too large, is not enough.
func.func @half_inside(%x: tensor<3xi32>, %table: tensor<7xi32>, %start: tensor<i32>) -> tensor<i32> {
  %zero = arith.constant 0 : i32
  %seven = arith.constant 7 : i32
  %sum = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>], iterator_types = ["reduction"]}
      ins(%x : tensor<3xi32>) outs(%start : tensor<i32>) {
  ^bb0(%element: i32, %out: i32):
    %not_negative = arith.maxsi %out, %zero : i32
    %most = arith.minsi %not_negative, %seven : i32
    %row = arith.index_cast %most : i32 to index
    // expected-error@+1 {{expects an index of dimension 0 that can be computed in front}}
    %value = tensor.extract %table[%row] : tensor<7xi32>
    %next = arith.addi %value, %element : i32
    linalg.yield %next : i32
  } -> tensor<i32>
  return %sum : tensor<i32>
}

// -----

// A body that is no structured operation has no place for a check either.
func.func @generated(%table: tensor<7xf32>, %shift: index) -> tensor<3xf32> {
  %x = tensor.generate {
  ^bb0(%i: index):
    %row = arith.addi %i, %shift : index
    // expected-error@+1 {{expects an index of dimension 0 that can be computed in front}}
    %value = tensor.extract %table[%row] : tensor<7xf32>
    tensor.yield %value : f32
  } : tensor<3xf32>
  return %x : tensor<3xf32>
}
