// RUN: remat-opt %s --remat-expand-operations --verify-diagnostics

func.func @scatter(%x: tensor<3x1x6xf32>, %y: tensor<5x6xf32>, %i: tensor<3x1xindex>) -> tensor<5x6xf32> {
  // expected-error @+1 {{'tensor.scatter' op has no form in memory: expects each slice to be put in its place with 'tensor.insert_slice', in a loop over them}}
  %r = tensor.scatter %x into %y[%i] scatter_dims([0]) unique : (tensor<3x1x6xf32>, tensor<5x6xf32>, tensor<3x1xindex>) -> tensor<5x6xf32>
  return %r : tensor<5x6xf32>
}
