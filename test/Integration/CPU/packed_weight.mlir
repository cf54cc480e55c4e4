// RUN: %sweep %s --steps 0 1 2 3 7 37

// Parts of captured weights: slices, a transpose, a mask made in the step, one element, and a
// weight that is used element-wise and in a product.
!inputs = tensor<1000x3x5xf32>
!state = tensor<3x5xf32>
!packed = tensor<5x11xf32>
!weight = tensor<5x5xf32>
!scalar = tensor<f32>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#nk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>

func.func private @loss(%xs: !inputs, %h0: !state, %w: !packed, %m: !weight) -> !scalar {
  %steps = arith.constant 1000 : index
  %c2 = arith.constant 2 : index
  %c10 = arith.constant 10 : index
  %zero = arith.constant dense<0.0> : !scalar
  %zeros = arith.constant dense<0.0> : !state
  %empty = tensor.empty() : !weight
  %h_last = remat.recurrence count(%steps) at(%t) carry(%h = %h0 : !state) scan(%x = %xs : !inputs) {
    %left = tensor.extract_slice %w[0, 0] [5, 5] [1, 1] : !packed to !weight
    %right = tensor.extract_slice %w[0, 5] [5, 5] [1, 1] : !packed to !weight
    %k = tensor.extract %w[%c2, %c10] : !packed
    %masked = arith.mulf %left, %m : !weight
    %turned = linalg.transpose ins(%m : !weight) outs(%empty : !weight) permutation = [1, 0]
    %a = linalg.matmul ins(%h, %masked : !state, !weight) outs(%x : !state) -> !state
    %b = linalg.contract indexing_maps = [#mk, #nk, #mn]
        ins(%a, %right : !state, !weight) outs(%zeros : !state) -> !state
    %c = linalg.matmul ins(%b, %turned : !state, !weight) outs(%a : !state) -> !state
    %scale = tensor.splat %k : !state
    %d = arith.mulf %c, %scale : !state
    %h_next = math.tanh %d : !state
    remat.yield carry(%h_next : !state)
  }
  %squares = arith.mulf %h_last, %h_last : !state
  %total = linalg.reduce { arith.addf } ins(%squares : !state) outs(%zero : !scalar) dimensions = [0, 1]
  return %total : !scalar
}

func.func @packed_weight(%xs: !inputs, %h0: !state, %w: !packed, %m: !weight) -> (!scalar, !state, !packed, !weight) {
  %loss, %d_h0, %d_w, %d_m = remat.value_and_gradient @loss(%xs, %h0, %w, %m) wrt [1, 2, 3]
      : (!inputs, !state, !packed, !weight) -> (!scalar, !state, !packed, !weight)
  return %loss, %d_h0, %d_w, %d_m : !scalar, !state, !packed, !weight
}
