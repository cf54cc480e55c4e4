// RUN: %sweep %s --steps 0 1 2 3 7 37

// One step of all that arith and math have for floats.
!inputs = tensor<1000x4xf32>
!state = tensor<4xf32>
!wide = tensor<4xf64>
!flags = tensor<4xi1>
!powers = tensor<4xi32>
!scalar = tensor<f32>

func.func private @bounded(%x: !state) -> !state {
  %half = arith.constant dense<0.5> : !state
  %one = arith.constant dense<1.5> : !state
  %s = math.sin %x : !state
  %p = arith.mulf %s, %half : !state
  %y = arith.addf %p, %one : !state
  return %y : !state
}

func.func private @powers(%x: !state, %y: !state) -> !state {
  %two = arith.constant dense<2> : !powers
  %a = math.sqrt %x : !state
  %b = math.rsqrt %x : !state
  %c = math.cbrt %x : !state
  %d = math.powf %x, %y : !state
  %e = math.fpowi %x, %two : !state, !powers
  %f = math.absf %y : !state
  %g = math.copysign %x, %y : !state
  %ab = arith.mulf %a, %b : !state
  %cd = arith.mulf %c, %d : !state
  %ef = arith.mulf %e, %f : !state
  %s = arith.addf %ab, %cd : !state
  %t = math.fma %ef, %g, %s : !state
  return %t : !state
}

func.func private @exponentials(%x: !state) -> !state {
  %a = math.exp %x : !state
  %b = math.exp2 %x : !state
  %c = math.expm1 %x : !state
  %d = math.log %x : !state
  %e = math.log2 %x : !state
  %f = math.log10 %x : !state
  %g = math.log1p %x : !state
  %h = math.erf %x : !state
  %i = math.erfc %x : !state
  %ab = arith.divf %a, %b : !state
  %cd = arith.mulf %c, %d : !state
  %ef = arith.mulf %e, %f : !state
  %gh = arith.mulf %g, %h : !state
  %s0 = arith.addf %ab, %cd : !state
  %s1 = arith.subf %ef, %gh : !state
  %s2 = arith.addf %s0, %s1 : !state
  %s = arith.addf %s2, %i : !state
  return %s : !state
}

func.func private @circles(%x: !state, %y: !state) -> !state {
  %third = arith.constant dense<0.3> : !state
  %inside = arith.mulf %x, %third : !state
  %a, %b = math.sincos %x : !state
  %c = math.tan %inside : !state
  %d = math.asin %inside : !state
  %e = math.acos %inside : !state
  %f = math.atan %x : !state
  %g = math.atan2 %x, %y : !state
  %h = math.sinh %x : !state
  %i = math.cosh %x : !state
  %j = math.tanh %x : !state
  %k = math.asinh %x : !state
  %above = arith.addf %i, %third : !state
  %l = math.acosh %above : !state
  %m = math.atanh %inside : !state
  %ab = arith.mulf %a, %b : !state
  %cd = arith.mulf %c, %d : !state
  %ef = arith.mulf %e, %f : !state
  %gh = arith.mulf %g, %h : !state
  %ij = arith.mulf %i, %j : !state
  %kl = arith.mulf %k, %l : !state
  %s0 = arith.addf %ab, %cd : !state
  %s1 = arith.addf %ef, %gh : !state
  %s2 = arith.addf %ij, %kl : !state
  %s3 = arith.addf %s0, %s1 : !state
  %s4 = arith.addf %s2, %m : !state
  %s = arith.addf %s3, %s4 : !state
  return %s : !state
}

func.func private @choices(%x: !state, %y: !state) -> !state {
  %low = arith.constant dense<1.2> : !state
  %high = arith.constant dense<1.9> : !state
  %a = arith.maximumf %x, %y : !state
  %b = arith.minimumf %x, %low : !state
  %c = arith.maxnumf %y, %low : !state
  %d = arith.minnumf %x, %high : !state
  %e = math.clampf %x to [%high, %low] : !state
  %less = arith.cmpf olt, %x, %y : !state
  %f = arith.select %less, %x, %high : !flags, !state
  %n = arith.negf %a : !state
  %r = arith.remf %x, %low : !state
  %w = arith.extf %b : !state to !wide
  %ww = arith.mulf %w, %w : !wide
  %g = arith.truncf %ww : !wide to !state
  %down = math.floor %x : !state
  %i = arith.fptosi %down : !state to !powers
  %j = arith.sitofp %i : !powers to !state
  %s0 = arith.mulf %n, %c : !state
  %s1 = arith.mulf %d, %e : !state
  %s2 = arith.mulf %f, %g : !state
  %s3 = arith.mulf %r, %j : !state
  %s4 = arith.addf %s0, %s1 : !state
  %s5 = arith.addf %s2, %s3 : !state
  %s = arith.addf %s4, %s5 : !state
  return %s : !state
}

func.func private @loss(%xs: !inputs, %h0: !state, %k: !state) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %h_last = remat.recurrence count(%steps) at(%t) carry(%h = %h0 : !state) scan(%x = %xs : !inputs) {
    %u = arith.addf %h, %x : !state
    %p = func.call @bounded(%u) : (!state) -> !state
    %v = arith.mulf %h, %k : !state
    %q = func.call @bounded(%v) : (!state) -> !state
    %a = func.call @powers(%p, %q) : (!state, !state) -> !state
    %b = func.call @exponentials(%p) : (!state) -> !state
    %c = func.call @circles(%p, %q) : (!state, !state) -> !state
    %d = func.call @choices(%p, %q) : (!state, !state) -> !state
    %ab = arith.addf %a, %b : !state
    %cd = arith.addf %c, %d : !state
    %all = arith.addf %ab, %cd : !state
    %tenth = arith.constant dense<0.1> : !state
    %small = arith.mulf %all, %tenth : !state
    %h_next = math.sin %small : !state
    remat.yield carry(%h_next : !state)
  }
  %sum = linalg.reduce { arith.addf } ins(%h_last : !state) outs(%zero : !scalar) dimensions = [0]
  return %sum : !scalar
}

func.func @elementwise(%xs: !inputs, %h0: !state, %k: !state) -> (!scalar, !inputs, !state, !state) {
  %loss, %d_xs, %d_h0, %d_k = remat.value_and_gradient @loss(%xs, %h0, %k) wrt [0, 1, 2]
      : (!inputs, !state, !state) -> (!scalar, !inputs, !state, !state)
  return %loss, %d_xs, %d_h0, %d_k : !scalar, !inputs, !state, !state
}
