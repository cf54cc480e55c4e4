// RUN: %sweep %s

// Initial carries of every kind beside each other: numbers (a constant, a fill, one that only a run
// knows), an argument, and one that is computed for this loop. The numbers have no memory.
!inputs = tensor<1000x3x5xf32>
!state = tensor<3x5xf32>
!weight = tensor<5x5xf32>
!count = tensor<17xi32>
!scalar = tensor<f32>

func.func private @loss(%xs: !inputs, %a0: !state, %code: !state, %w0: !weight, %w: !weight, %start: !scalar) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %zeros = arith.constant dense<0.0> : !state
  %half = arith.constant dense<0.5> : !state
  %three = arith.constant dense<3> : !count
  %one = arith.constant dense<1> : !count
  %empty = tensor.empty() : !state
  %number = tensor.extract %start[] : !scalar
  %c0 = linalg.fill ins(%number : f32) outs(%empty : !state) -> !state
  %b0 = linalg.matmul ins(%code, %w0 : !state, !weight) outs(%zeros : !state) -> !state
  %last:6 = remat.recurrence count(%steps) at(%t)
      carry(%h = %half : !state, %a = %a0 : !state, %b = %b0 : !state, %c = %c0 : !state, %n = %three : !count,
            %sum = %zero : !scalar) scan(%x = %xs : !inputs) {
    %z = linalg.matmul ins(%h, %w : !state, !weight) outs(%x : !state) -> !state
    %f = arith.sitofp %n : !count to tensor<17xf32>
    %wave = math.sin %f : tensor<17xf32>
    %part = tensor.extract_slice %wave[0] [3] [1] : tensor<17xf32> to tensor<3xf32>
    %gate = linalg.broadcast ins(%part : tensor<3xf32>) outs(%empty : !state) dimensions = [1]
    %gated = arith.mulf %b, %gate : !state
    %shifted = arith.addf %gated, %c : !state
    %inside = arith.addf %z, %shifted : !state
    %h_next = math.tanh %inside : !state
    %product = arith.mulf %a, %h_next : !state
    %a_next = math.sin %product : !state
    %mean = arith.addf %a, %b : !state
    %b_next = arith.mulf %mean, %half : !state
    %c_next = arith.mulf %c, %h_next : !state
    %n_next = arith.addi %n, %one : !count
    %sum_next = linalg.reduce { arith.addf } ins(%product : !state) outs(%sum : !scalar) dimensions = [0, 1]
    remat.yield carry(%h_next, %a_next, %b_next, %c_next, %n_next, %sum_next
      : !state, !state, !state, !state, !count, !scalar)
  }
  %ab = arith.mulf %last#0, %last#2 : !state
  %abc = arith.addf %ab, %last#3 : !state
  %total = linalg.reduce { arith.addf } ins(%abc : !state) outs(%last#5 : !scalar) dimensions = [0, 1]
  return %total : !scalar
}

func.func @splat_initial(%xs: !inputs, %a0: !state, %code: !state, %w0: !weight, %w: !weight, %start: !scalar)
    -> (!scalar, !state, !state, !weight, !weight, !scalar) {
  %loss, %d_a0, %d_code, %d_w0, %d_w, %d_start =
      remat.value_and_gradient @loss(%xs, %a0, %code, %w0, %w, %start) wrt [1, 2, 3, 4, 5]
      : (!inputs, !state, !state, !weight, !weight, !scalar) -> (!scalar, !state, !state, !weight, !weight, !scalar)
  return %loss, %d_a0, %d_code, %d_w0, %d_w, %d_start : !scalar, !state, !state, !weight, !weight, !scalar
}
