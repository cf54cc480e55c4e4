// Two arguments, one of them with dynamic extents; no loop.
func.func @add(%x: tensor<2x3xf32>, %y: tensor<?x3xf32>, %n: tensor<2xi8>) -> (tensor<2x3xf32>, tensor<?x3xf32>, tensor<2xi8>) {
  %sum = arith.addf %x, %x : tensor<2x3xf32>
  return %sum, %y, %n : tensor<2x3xf32>, tensor<?x3xf32>, tensor<2xi8>
}
