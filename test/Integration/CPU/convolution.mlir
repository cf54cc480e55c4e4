// RUN: %sweep %s --steps 0 1 2 3 7 37

// A convolutional state: padding, a product whose map is no projected permutation, pooling by
// maximum and by sum, and the upsampling back.
!inputs = tensor<1000x1x4x4x2xf32>
!image = tensor<1x4x4x2xf32>
!padded = tensor<1x6x6x2xf32>
!small = tensor<1x2x2x2xf32>
!filter = tensor<3x3x2x2xf32>
!window = tensor<2x2xf32>
!border = tensor<f32>
!scalar = tensor<f32>
#small = affine_map<(n, y, x, c) -> (n, y floordiv 2, x floordiv 2, c)>
#image = affine_map<(n, y, x, c) -> (n, y, x, c)>

func.func private @loss(%xs: !inputs, %h0: !image, %filter: !filter, %border: !border) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %zeros = arith.constant dense<0.0> : !small
  %lowest = arith.constant dense<0xFF800000> : !small
  %window = tensor.empty() : !window
  %empty = tensor.empty() : !small
  %empty_image = tensor.empty() : !image
  %h_last = remat.recurrence count(%steps) at(%t) carry(%h = %h0 : !image) scan(%x = %xs : !inputs) {
    %value = tensor.extract %border[] : !border
    %padded = tensor.pad %h low[0, 1, 1, 0] high[0, 1, 1, 0] {
    ^bb0(%n: index, %i: index, %j: index, %c: index):
      tensor.yield %value : f32
    } : !image to !padded
    %product = linalg.conv_2d_nhwc_hwcf ins(%padded, %filter : !padded, !filter) outs(%x : !image) -> !image
    %a = math.tanh %product : !image
    %top = linalg.pooling_nhwc_max {strides = dense<2> : tensor<2xi64>}
        ins(%a, %window : !image, !window) outs(%lowest : !small) -> !small
    %all = linalg.pooling_nhwc_sum {strides = dense<2> : tensor<2xi64>}
        ins(%a, %window : !image, !window) outs(%zeros : !small) -> !small
    %quarter = arith.constant dense<0.25> : !small
    %mean = arith.mulf %all, %quarter : !small
    %coarse = arith.subf %top, %mean : !small
    %h_next = linalg.generic {indexing_maps = [#image, #small, #image],
        iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
        ins(%a, %coarse : !image, !small) outs(%empty_image : !image) {
    ^bb0(%fine: f32, %mixed: f32, %out: f32):
      %sum = arith.addf %fine, %mixed : f32
      linalg.yield %sum : f32
    } -> !image
    remat.yield carry(%h_next : !image)
  }
  %squares = arith.mulf %h_last, %h_last : !image
  %total = linalg.reduce { arith.addf } ins(%squares : !image) outs(%zero : !scalar) dimensions = [0, 1, 2, 3]
  return %total : !scalar
}

func.func @convolution(%xs: !inputs, %h0: !image, %filter: !filter, %border: !border)
    -> (!scalar, !inputs, !image, !filter, !border) {
  %loss, %d_xs, %d_h0, %d_filter, %d_border =
      remat.value_and_gradient @loss(%xs, %h0, %filter, %border) wrt [0, 1, 2, 3]
      : (!inputs, !image, !filter, !border) -> (!scalar, !inputs, !image, !filter, !border)
  return %loss, %d_xs, %d_h0, %d_filter, %d_border : !scalar, !inputs, !image, !filter, !border
}
