// RUN: %sweep %s --steps 1 7

// Elements of captured tensors that are read in branches: an embedding with a mask, whose index lies
// outside of the table where the mask is false, and a queue whose boundary moves with the step.
// INPUT tokens: int -9 16
!tokens = tensor<1000x3xi32>
!token = tensor<3xi32>
!table = tensor<17x16xf32>
!state = tensor<3x16xf32>
!scalar = tensor<f32>
#row = affine_map<(d0, d1) -> (d0)>
#entry = affine_map<(d0, d1) -> (d0, d1)>

func.func private @loss(%tokens: !tokens, %table: !table, %h0: !state) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %nothing = arith.constant 0 : i32
  %half = arith.constant 0.5 : f32
  %empty = tensor.empty() : !state
  %c16 = arith.constant 16 : index
  %h_last, %total = remat.recurrence count(%steps) at(%t)
      carry(%h = %h0 : !state, %sum = %zero : !scalar) scan(%token = %tokens : !tokens) {
    %x = linalg.generic {indexing_maps = [#row, #entry], iterator_types = ["parallel", "parallel"]}
        ins(%token : !token) outs(%empty : !state) {
    ^bb0(%index: i32, %out: f32):
      %column = linalg.index 1 : index
      %valid = arith.cmpi sge, %index, %nothing : i32
      %value = scf.if %valid -> (f32) {
        %row = arith.index_cast %index : i32 to index
        %element = tensor.extract %table[%row, %column] : !table
        scf.yield %element : f32
      } else {
        scf.yield %half : f32
      }
      linalg.yield %value : f32
    } -> !state
    // The columns of h from t mod 16 on, then those of x.
    %boundary = arith.remui %t, %c16 : index
    %rest = arith.subi %c16, %boundary : index
    %queue = linalg.generic {indexing_maps = [#entry], iterator_types = ["parallel", "parallel"]} outs(%empty : !state) {
    ^bb0(%out: f32):
      %i = linalg.index 0 : index
      %j = linalg.index 1 : index
      %old = arith.cmpi ult, %j, %rest : index
      %value = scf.if %old -> (f32) {
        %k = arith.addi %j, %boundary : index
        %element = tensor.extract %h[%i, %k] : !state
        %third = arith.mulf %element, %half : f32
        scf.yield %third : f32
      } else {
        %k = arith.subi %j, %rest : index
        %element = tensor.extract %x[%i, %k] : !state
        %square = arith.mulf %element, %element : f32
        scf.yield %square : f32
      }
      linalg.yield %value : f32
    } -> !state
    %both = arith.addf %queue, %x : !state
    %h_next = math.tanh %both : !state
    %sum_next = linalg.reduce { arith.addf } ins(%h_next : !state) outs(%sum : !scalar) dimensions = [0, 1]
    remat.yield carry(%h_next, %sum_next : !state, !scalar)
  }
  return %total : !scalar
}

func.func @guarded_gathers(%tokens: !tokens, %table: !table, %h0: !state) -> (!scalar, !table, !state) {
  %loss, %d_table, %d_h0 = remat.value_and_gradient @loss(%tokens, %table, %h0) wrt [1, 2]
      : (!tokens, !table, !state) -> (!scalar, !table, !state)
  return %loss, %d_table, %d_h0 : !scalar, !table, !state
}
