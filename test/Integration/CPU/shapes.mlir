// RUN: %sweep %s --steps 0 1 2 3 7 37

// The operations that move elements, all in one step.
!inputs = tensor<1000x3x4xf32>
!input = tensor<3x4xf32>
!state = tensor<3x6xf32>
!half = tensor<3x3xf32>
!strip = tensor<3x2xf32>
!flat = tensor<18xf32>
!both = tensor<3x10xf32>
!square = tensor<2x2xf32>
!element = tensor<1xf32>
!four = tensor<4xf32>
!shape = tensor<2xindex>
!bias = tensor<4xf32>
!scalar = tensor<f32>

func.func private @loss(%xs: !inputs, %h0: !state, %b: !bias) -> !scalar {
  %steps = arith.constant 1000 : index
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %zero = arith.constant dense<0.0> : !scalar
  %shape = arith.constant dense<[9, 2]> : !shape
  %h_last = remat.recurrence count(%steps) at(%t) carry(%h = %h0 : !state) scan(%x = %xs : !inputs) {
    %both = tensor.concat dim(1) %h, %x : (!state, !input) -> !both
    %mixed = tensor.extract_slice %both[0, 1] [3, 3] [1, 3] : !both to !half
    %right = tensor.extract_slice %both[0, 7] [3, 3] [1, 1] : !both to !half
    %product = arith.mulf %mixed, %right : !half
    %written = tensor.insert_slice %product into %h[0, 2] [3, 3] [1, 1] : !half into !state
    %flat = tensor.collapse_shape %written [[0, 1]] : !state into !flat
    %tall = tensor.reshape %flat(%shape) : (!flat, !shape) -> tensor<9x2xf32>
    %cube = tensor.expand_shape %tall [[0, 1], [2]] output_shape [3, 3, 2] : tensor<9x2xf32> into tensor<3x3x2xf32>
    %loose = tensor.cast %cube : tensor<3x3x2xf32> to tensor<?x3x2xf32>
    %part = tensor.extract_slice %loose[0, 2, 0] [3, 1, 2] [1, 1, 1] : tensor<?x3x2xf32> to !strip
    %b0 = tensor.extract %b[%c0] : !bias
    %b1 = tensor.extract %b[%c1] : !bias
    %b3 = tensor.extract %b[%c3] : !bias
    %padded = tensor.pad %part low[0, 1] high[0, 3] {
    ^bb0(%i: index, %j: index):
      tensor.yield %b0 : f32
    } : !strip to !state
    %s = arith.mulf %b0, %b1 : f32
    %corner = tensor.from_elements %s, %b1, %b3, %s : !square
    %placed = tensor.insert_slice %corner into %padded[1, 4] [2, 2] [1, 1] : !square into !state
    %spread = tensor.splat %b3 : !state
    %one = tensor.extract %h[%c1, %c3] : !state
    %poked = tensor.insert %one into %placed[%c1, %c0] : !state
    %sum = arith.addf %poked, %spread : !state
    %all = arith.addf %sum, %written : !state
    %h_next = math.sin %all : !state
    remat.yield carry(%h_next : !state)
  }
  %squares = arith.mulf %h_last, %h_last : !state
  %total = linalg.reduce { arith.addf } ins(%squares : !state) outs(%zero : !scalar) dimensions = [0, 1]
  return %total : !scalar
}

func.func @shapes(%xs: !inputs, %h0: !state, %b: !bias) -> (!scalar, !inputs, !state, !bias) {
  %loss, %d_xs, %d_h0, %d_b = remat.value_and_gradient @loss(%xs, %h0, %b) wrt [0, 1, 2]
      : (!inputs, !state, !bias) -> (!scalar, !inputs, !state, !bias)
  return %loss, %d_xs, %d_h0, %d_b : !scalar, !inputs, !state, !bias
}
