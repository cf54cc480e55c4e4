// No author writes this cast, and no phase of remat knows it.
func.func @cast(%x: tensor<4xf32>) -> tensor<2x2xf32> {
  %y = builtin.unrealized_conversion_cast %x : tensor<4xf32> to tensor<2x2xf32>
  %z = arith.addf %y, %y : tensor<2x2xf32>
  return %z : tensor<2x2xf32>
}
