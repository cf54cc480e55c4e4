// Half of %x, unless %flag is 0 or %k lies outside of a table.
func.func @halve(%x: tensor<19xf32>, %y: tensor<19xf64>, %table: tensor<4xf32>, %k: index, %flag: index)
    -> (tensor<19xf32>, tensor<19xf64>) {
  %zero = arith.constant 0 : index
  %is_set = arith.cmpi ne, %flag, %zero : index
  cf.assert %is_set, "the flag is 0"
  %scale = tensor.extract %table[%k] : tensor<4xf32>
  %wide = arith.extf %scale : f32 to f64
  %scales = tensor.splat %scale : tensor<19xf32>
  %wides = tensor.splat %wide : tensor<19xf64>
  %a = arith.mulf %x, %scales : tensor<19xf32>
  %b = arith.mulf %y, %wides : tensor<19xf64>
  return %a, %b : tensor<19xf32>, tensor<19xf64>
}
