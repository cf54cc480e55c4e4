// RUN: remat-opt %s --split-input-file --remat-expand-operations --verify-diagnostics

func.func @scatter(%x: tensor<3x1x6xf32>, %y: tensor<5x6xf32>, %i: tensor<3x1xindex>) -> tensor<5x6xf32> {
  // expected-error @+1 {{'tensor.scatter' op has no form in memory: expects each slice to be put in its place with 'tensor.insert_slice', in a loop over them}}
  %r = tensor.scatter %x into %y[%i] scatter_dims([0]) unique : (tensor<3x1x6xf32>, tensor<5x6xf32>, tensor<3x1xindex>) -> tensor<5x6xf32>
  return %r : tensor<5x6xf32>
}

// -----

func.func @winograd_filter(%x: tensor<2x3x3x5xf32>, %out: tensor<6x6x5x2xf32>) -> tensor<6x6x5x2xf32> {
  // expected-error @+1 {{'linalg.winograd_filter_transform' op has no form in memory: expects the convolution that is transformed, such as 'linalg.conv_2d_nhwc_fhwc'}}
  %r = linalg.winograd_filter_transform fmr(F_4_3) ins(%x : tensor<2x3x3x5xf32>) outs(%out : tensor<6x6x5x2xf32>) -> tensor<6x6x5x2xf32>
  return %r : tensor<6x6x5x2xf32>
}

// -----

func.func @winograd_input(%x: tensor<2x10x10x5xf32>, %out: tensor<6x6x2x2x2x5xf32>) -> tensor<6x6x2x2x2x5xf32> {
  // expected-error @+1 {{'linalg.winograd_input_transform' op has no form in memory: expects the convolution that is transformed, such as 'linalg.conv_2d_nhwc_fhwc'}}
  %r = linalg.winograd_input_transform fmr(F_4_3) ins(%x : tensor<2x10x10x5xf32>) outs(%out : tensor<6x6x2x2x2x5xf32>) -> tensor<6x6x2x2x2x5xf32>
  return %r : tensor<6x6x2x2x2x5xf32>
}

// -----

func.func @winograd_output(%x: tensor<6x6x2x2x2x2xf32>, %out: tensor<2x8x8x2xf32>) -> tensor<2x8x8x2xf32> {
  // expected-error @+1 {{'linalg.winograd_output_transform' op has no form in memory: expects the convolution that is transformed, such as 'linalg.conv_2d_nhwc_fhwc'}}
  %r = linalg.winograd_output_transform fmr(F_4_3) ins(%x : tensor<6x6x2x2x2x2xf32>) outs(%out : tensor<2x8x8x2xf32>) -> tensor<2x8x8x2xf32>
  return %r : tensor<2x8x8x2xf32>
}

// -----

func.func @bits_without_rank(%x: tensor<*xf32>) -> tensor<*xi32> {
  // expected-error @+1 {{'tensor.bitcast' op has no form in memory: expects tensors of a rank}}
  %r = tensor.bitcast %x : tensor<*xf32> to tensor<*xi32>
  return %r : tensor<*xi32>
}
