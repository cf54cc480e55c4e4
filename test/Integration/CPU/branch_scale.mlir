// RUN: %sweep %s --steps 0 1 2 3 7 37

// Element-wise uses of captured values inside branches, one branch within another, and after
// them: the cotangents accumulate in the branches. With inputs of scale 1 the loop is chaotic and
// central differences say nothing: branch_scale_duals.test has the gradient in another way.
// INPUT flags: int 0 2
!inputs = tensor<1000x3x5xf32>
!flags = tensor<1000xi32>
!flag = tensor<i32>
!table = tensor<3x5xf32>
!state = tensor<3x5xf32>
!scalar = tensor<f32>
#row = affine_map<(row, column) -> (row)>
#entry = affine_map<(row, column) -> (row, column)>

func.func private @loss(%xs: !inputs, %flags: !flags, %h0: !state, %a: !state, %k: !scalar) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %factor = tensor.extract %k[] : !scalar
  %h_last = remat.recurrence count(%steps) at(%t)
      carry(%h = %h0 : !state) scan(%x = %xs : !inputs, %flag = %flags : !flags) {
    %value = tensor.extract %flag[] : !flag
    %none = arith.constant 0 : i32
    %one = arith.constant 1 : i32
    %scales = arith.cmpi ne, %value, %none : i32
    %shifts = arith.cmpi eq, %value, %one : i32
    %z = scf.if %scales -> (!state) {
      %scaled = arith.mulf %h, %a : !state
      %inner = scf.if %shifts -> (!state) {
        %shifted = arith.addf %scaled, %a : !state
        scf.yield %shifted : !state
      } else {
        %f = tensor.splat %factor : !state
        %other = arith.mulf %scaled, %f : !state
        scf.yield %other : !state
      }
      scf.yield %inner : !state
    } else {
      %moved = arith.addf %h, %x : !state
      scf.yield %moved : !state
    }
    %u = arith.mulf %z, %a : !state
    %v = arith.addf %u, %x : !state
    %h_next = math.sin %v : !state
    remat.yield carry(%h_next : !state)
  }
  %squares = arith.mulf %h_last, %h_last : !state
  %total = linalg.reduce { arith.addf } ins(%squares : !state) outs(%zero : !scalar) dimensions = [0, 1]
  return %total : !scalar
}

func.func @branch_scale(%xs: !inputs, %flags: !flags, %h0: !state, %a: !state, %k: !scalar)
    -> (!scalar, !inputs, !state, !state, !scalar) {
  %loss, %d_xs, %d_h0, %d_a, %d_k = remat.value_and_gradient @loss(%xs, %flags, %h0, %a, %k) wrt [0, 2, 3, 4]
      : (!inputs, !flags, !state, !state, !scalar) -> (!scalar, !inputs, !state, !state, !scalar)
  return %loss, %d_xs, %d_h0, %d_a, %d_k : !scalar, !inputs, !state, !state, !scalar
}
