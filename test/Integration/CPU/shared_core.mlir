// RUN: %sweep %s

// Loops that share core state 0 with the core tape in different ways: one whose tape has
// some of its carries, of different sizes and types, and other values; one whose tape is
// its carry and nothing else; and one without a tape.
!inputs = tensor<1000x5xf32>
!small = tensor<5xf32>
!large = tensor<3x17xf32>
!wide = tensor<33xf64>
!count = tensor<3xi64>
!scalar = tensor<f32>
!wide_scalar = tensor<f64>

func.func private @loss(%xs: !inputs, %a0: !small, %b0: !large, %d0: !wide, %w: !small) -> !wide_scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %wide_zero = arith.constant dense<0.0> : !wide_scalar
  %one = arith.constant dense<1> : !count
  %three = arith.constant dense<3> : !count
  %decay = arith.constant dense<0.9> : !wide
  %factor = arith.constant dense<0.6> : !large
  %most = arith.constant dense<0.9> : !small
  %empty = tensor.empty() : !wide
  %first = arith.constant 0 : index
  %a, %b, %n, %d = remat.recurrence count(%steps) at(%t)
      carry(%a = %a0 : !small, %b = %b0 : !large, %n = %one : !count, %d = %d0 : !wide) scan(%x = %xs : !inputs) {
    %m = tensor.extract %n[%first] : !count
    %f = arith.sitofp %m : i64 to f32
    %s = tensor.splat %f : !large
    %bs = arith.mulf %b, %s : !large
    %scaled = arith.mulf %bs, %factor : !large
    %b_next = math.cos %scaled : !large
    %sum = linalg.reduce { arith.addf } ins(%b_next : !large) outs(%zero : !scalar) dimensions = [0, 1]
    %wide_sum = arith.extf %sum : !scalar to !wide_scalar
    %spread = linalg.broadcast ins(%wide_sum : !wide_scalar) outs(%empty : !wide) dimensions = [0]
    %kept = arith.mulf %d, %decay : !wide
    %d_next = arith.addf %kept, %spread : !wide
    %aw = arith.mulf %a, %w : !small
    %aa = arith.mulf %aw, %a : !small
    %ax = arith.addf %aa, %x : !small
    %sum_a = arith.addf %ax, %a : !small
    %a_next = math.tanh %sum_a : !small
    %n_next = arith.subi %three, %n : !count
    remat.yield carry(%a_next, %b_next, %n_next, %d_next : !small, !large, !count, !wide)
  }
  %g = remat.recurrence count(%steps) at(%t) carry(%g = %a : !small) {
    %g_next = math.cos %g : !small
    remat.yield carry(%g_next : !small)
  }
  %e = remat.recurrence count(%steps) at(%t) carry(%e = %g : !small) scan(%x = %xs : !inputs) {
    %part = arith.mulf %e, %most : !small
    %e_next = arith.addf %part, %x : !small
    remat.yield carry(%e_next : !small)
  }
  %ea = arith.mulf %e, %a : !small
  %sum = linalg.reduce { arith.addf } ins(%ea : !small) outs(%zero : !scalar) dimensions = [0]
  %first_part = arith.extf %sum : !scalar to !wide_scalar
  %dd = arith.mulf %d, %d : !wide
  %total = linalg.reduce { arith.addf } ins(%dd : !wide) outs(%wide_zero : !wide_scalar) dimensions = [0]
  %loss = arith.addf %total, %first_part : !wide_scalar
  return %loss : !wide_scalar
}

func.func @shared_core(%xs: !inputs, %a0: !small, %b0: !large, %d0: !wide, %w: !small)
    -> (!wide_scalar, !inputs, !small, !large, !wide, !small) {
  %loss, %d_xs, %d_a0, %d_b0, %d_d0, %d_w = remat.value_and_gradient @loss(%xs, %a0, %b0, %d0, %w)
      wrt [0, 1, 2, 3, 4]
      : (!inputs, !small, !large, !wide, !small) -> (!wide_scalar, !inputs, !small, !large, !wide, !small)
  return %loss, %d_xs, %d_a0, %d_b0, %d_d0, %d_w : !wide_scalar, !inputs, !small, !large, !wide, !small
}
