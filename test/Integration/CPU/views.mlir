// RUN: remat-run %s --entry two_loops --budget min --check-identical on --output %t/two_loops && %python %S/../../Regression/show.py %t/two_loops/*.npy | FileCheck %s --check-prefix=LOOPS
// RUN: remat-run %s --entry initial --budget min --check-identical on --output %t/initial && %python %S/../../Regression/show.py %t/initial/*.npy | FileCheck %s --check-prefix=INIT
// RUN: remat-run %s --entry concatenated --budget min --check-identical on --output %t/concatenated && %python %S/../../Regression/show.py %t/concatenated/*.npy | FileCheck %s --check-prefix=CONCAT
// RUN: remat-run %s --entry transposed --budget min --check-identical on --output %t/transposed && %python %S/../../Regression/show.py %t/transposed/*.npy | FileCheck %s --check-prefix=TRANS
// RUN: remat-run %s --entry branches --budget min --check-identical on --output %t/branches && %python %S/../../Regression/show.py %t/branches/*.npy | FileCheck %s --check-prefix=BRANCH

// Slices wherever a loop takes an array. The numbers are those of JAX in f64.

// The second loop scans every other output of the first, a column and a row of each,
// and starts from slices of them.
// LOOPS: {{^}}loss 11.8554{{$}}
// LOOPS: {{^}}s0 1.38695{{$}}
// LOOPS: {{^}}s1 17.2568{{$}}
func.func private @two_loops_loss(%h0: tensor<3x17xf64>, %xs: tensor<8x3x17xf64>) -> tensor<f64> {
  %z0 = arith.constant dense<0.0> : tensor<f64>
  %n2 = arith.constant 8 : index
  %n = arith.constant 4 : index
  %h, %ys = remat.recurrence count(%n2) at(%t) carry(%h = %h0 : tensor<3x17xf64>) scan(%x = %xs : tensor<8x3x17xf64>) -> tensor<8x3x17xf64> {
    %a = arith.addf %h, %x : tensor<3x17xf64>
    %b = math.tanh %a : tensor<3x17xf64>
    remat.yield carry(%b : tensor<3x17xf64>) emit(%b : tensor<3x17xf64>)
  }
  %y1 = tensor.extract_slice %ys[1, 0, 0] [4, 3, 17] [2, 1, 1] : tensor<8x3x17xf64> to tensor<4x3x17xf64>
  %y2 = tensor.extract_slice %ys[0, 0, 16] [4, 3, 1] [1, 1, 1] : tensor<8x3x17xf64> to tensor<4x3x1xf64>
  %y3 = tensor.extract_slice %ys[4, 2, 0] [4, 1, 17] [1, 1, 1] : tensor<8x3x17xf64> to tensor<4x17xf64>
  %v0 = tensor.extract_slice %ys[4, 0, 0] [1, 1, 17] [1, 1, 1] : tensor<8x3x17xf64> to tensor<17xf64>
  %i0 = tensor.extract_slice %ys[7, 0, 0] [1, 3, 17] [1, 1, 1] : tensor<8x3x17xf64> to tensor<3x17xf64>
  %g, %v = remat.recurrence count(%n) at(%t) carry(%g = %i0 : tensor<3x17xf64>, %v = %v0 : tensor<17xf64>) scan(%p = %y1 : tensor<4x3x17xf64>, %c = %y2 : tensor<4x3x1xf64>, %r = %y3 : tensor<4x17xf64>) {
    %c1 = tensor.collapse_shape %c [[0, 1]] : tensor<3x1xf64> into tensor<3xf64>
    %e = tensor.empty() : tensor<3x17xf64>
    %cb = linalg.broadcast ins(%c1 : tensor<3xf64>) outs(%e : tensor<3x17xf64>) dimensions = [1]
    %rb = linalg.broadcast ins(%r : tensor<17xf64>) outs(%e : tensor<3x17xf64>) dimensions = [0]
    %a = arith.mulf %g, %p : tensor<3x17xf64>
    %a2 = arith.addf %a, %cb : tensor<3x17xf64>
    %a3 = arith.mulf %a2, %rb : tensor<3x17xf64>
    %o = math.sin %a3 : tensor<3x17xf64>
    %w = arith.addf %v, %r : tensor<17xf64>
    %w2 = math.tanh %w : tensor<17xf64>
    remat.yield carry(%o, %w2 : tensor<3x17xf64>, tensor<17xf64>)
  }
  %q1 = arith.mulf %g, %g : tensor<3x17xf64>
  %l1 = linalg.reduce { arith.addf } ins(%q1 : tensor<3x17xf64>) outs(%z0 : tensor<f64>) dimensions = [0, 1]
  %q2 = arith.mulf %v, %v : tensor<17xf64>
  %l2 = linalg.reduce { arith.addf } ins(%q2 : tensor<17xf64>) outs(%l1 : tensor<f64>) dimensions = [0]
  return %l2 : tensor<f64>
}
func.func private @pattern_3x17(%first: f64) -> tensor<3x17xf64> {
  %e = tensor.empty() : tensor<3x17xf64>
  %p = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%e : tensor<3x17xf64>) {
  ^bb0(%o: f64):
    %i0 = linalg.index 0 : index
    %n0 = arith.index_cast %i0 : index to i64
    %f0 = arith.sitofp %n0 : i64 to f64
    %c0 = arith.constant 0.7 : f64
    %m0 = arith.mulf %f0, %c0 : f64
    %a0 = arith.addf %first, %m0 : f64
    %i1 = linalg.index 1 : index
    %n1 = arith.index_cast %i1 : index to i64
    %f1 = arith.sitofp %n1 : i64 to f64
    %c1 = arith.constant 1.3 : f64
    %m1 = arith.mulf %f1, %c1 : f64
    %a1 = arith.addf %a0, %m1 : f64
    %s = math.sin %a1 : f64
    %half = arith.constant 0.5 : f64
    %v = arith.mulf %s, %half : f64
    linalg.yield %v : f64
  } -> tensor<3x17xf64>
  return %p : tensor<3x17xf64>
}
func.func private @pattern_8x3x17(%first: f64) -> tensor<8x3x17xf64> {
  %e = tensor.empty() : tensor<8x3x17xf64>
  %p = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} outs(%e : tensor<8x3x17xf64>) {
  ^bb0(%o: f64):
    %i0 = linalg.index 0 : index
    %n0 = arith.index_cast %i0 : index to i64
    %f0 = arith.sitofp %n0 : i64 to f64
    %c0 = arith.constant 0.7 : f64
    %m0 = arith.mulf %f0, %c0 : f64
    %a0 = arith.addf %first, %m0 : f64
    %i1 = linalg.index 1 : index
    %n1 = arith.index_cast %i1 : index to i64
    %f1 = arith.sitofp %n1 : i64 to f64
    %c1 = arith.constant 1.3 : f64
    %m1 = arith.mulf %f1, %c1 : f64
    %a1 = arith.addf %a0, %m1 : f64
    %i2 = linalg.index 2 : index
    %n2 = arith.index_cast %i2 : index to i64
    %f2 = arith.sitofp %n2 : i64 to f64
    %c2 = arith.constant 1.9 : f64
    %m2 = arith.mulf %f2, %c2 : f64
    %a2 = arith.addf %a1, %m2 : f64
    %s = math.sin %a2 : f64
    %half = arith.constant 0.5 : f64
    %v = arith.mulf %s, %half : f64
    linalg.yield %v : f64
  } -> tensor<8x3x17xf64>
  return %p : tensor<8x3x17xf64>
}
func.func @two_loops() -> (tensor<f64>, tensor<f64>, tensor<f64>) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %nine = arith.constant 9.0 : f64
  %c1 = arith.constant 1.0 : f64
  %h0 = call @pattern_3x17(%c1) : (f64) -> tensor<3x17xf64>
  %c2 = arith.constant 2.0 : f64
  %xs = call @pattern_8x3x17(%c2) : (f64) -> tensor<8x3x17xf64>
  %loss, %g0, %g1 = remat.value_and_gradient @two_loops_loss(%h0, %xs) wrt [0, 1]
      : (tensor<3x17xf64>, tensor<8x3x17xf64>) -> (tensor<f64>, tensor<3x17xf64>, tensor<8x3x17xf64>)
  %w0 = call @pattern_3x17(%nine) : (f64) -> tensor<3x17xf64>
  %p0 = arith.mulf %g0, %w0 : tensor<3x17xf64>
  %s0 = linalg.reduce { arith.addf } ins(%p0 : tensor<3x17xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1]
  %w1 = call @pattern_8x3x17(%nine) : (f64) -> tensor<8x3x17xf64>
  %p1 = arith.mulf %g1, %w1 : tensor<8x3x17xf64>
  %s1 = linalg.reduce { arith.addf } ins(%p1 : tensor<8x3x17xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2]
  return %loss, %s0, %s1 : tensor<f64>, tensor<f64>, tensor<f64>
}

// Initial carries that are slices, and a loss that reads slices of the final ones.
// INIT: {{^}}loss 9.08144{{$}}
// INIT: {{^}}s0 -9.86383{{$}}
// INIT: {{^}}s1 -0.798386{{$}}
func.func private @initial_loss(%m: tensor<6x34xf64>, %m3: tensor<2x3x17xf64>) -> tensor<f64> {
  %z0 = arith.constant dense<0.0> : tensor<f64>
  %n = arith.constant 4 : index
  %i0 = tensor.extract_slice %m[0, 1] [3, 17] [2, 1] : tensor<6x34xf64> to tensor<3x17xf64>
  %i1 = tensor.extract_slice %m[1, 33] [3, 1] [2, 1] : tensor<6x34xf64> to tensor<3x1xf64>
  %i2 = tensor.extract_slice %m[3, 0] [1, 17] [1, 2] : tensor<6x34xf64> to tensor<17xf64>
  %i3s = tensor.extract_slice %m3[1, 0, 0] [1, 3, 17] [1, 1, 1] : tensor<2x3x17xf64> to tensor<3x17xf64>
  %i3 = tensor.collapse_shape %i3s [[0, 1]] : tensor<3x17xf64> into tensor<51xf64>
  %i4 = tensor.expand_shape %i0 [[0, 1], [2]] output_shape [3, 1, 17] : tensor<3x17xf64> into tensor<3x1x17xf64>
  %a, %b, %c, %d, %e = remat.recurrence count(%n) at(%t) carry(%a = %i0 : tensor<3x17xf64>, %b = %i1 : tensor<3x1xf64>, %c = %i2 : tensor<17xf64>, %d = %i3 : tensor<51xf64>, %e = %i4 : tensor<3x1x17xf64>) {
    %b1 = tensor.collapse_shape %b [[0, 1]] : tensor<3x1xf64> into tensor<3xf64>
    %em = tensor.empty() : tensor<3x17xf64>
    %bb = linalg.broadcast ins(%b1 : tensor<3xf64>) outs(%em : tensor<3x17xf64>) dimensions = [1]
    %cb = linalg.broadcast ins(%c : tensor<17xf64>) outs(%em : tensor<3x17xf64>) dimensions = [0]
    %dd = tensor.expand_shape %d [[0, 1]] output_shape [3, 17] : tensor<51xf64> into tensor<3x17xf64>
    %ee = tensor.collapse_shape %e [[0, 1], [2]] : tensor<3x1x17xf64> into tensor<3x17xf64>
    %p = arith.mulf %a, %bb : tensor<3x17xf64>
    %q = arith.addf %p, %cb : tensor<3x17xf64>
    %r = arith.mulf %q, %dd : tensor<3x17xf64>
    %s = arith.addf %r, %ee : tensor<3x17xf64>
    %u = math.tanh %s : tensor<3x17xf64>
    %bn = tensor.extract_slice %u[0, 0] [3, 1] [1, 1] : tensor<3x17xf64> to tensor<3x1xf64>
    %cn = tensor.extract_slice %u[2, 0] [1, 17] [1, 1] : tensor<3x17xf64> to tensor<17xf64>
    %dn = tensor.collapse_shape %s [[0, 1]] : tensor<3x17xf64> into tensor<51xf64>
    %en = tensor.expand_shape %q [[0, 1], [2]] output_shape [3, 1, 17] : tensor<3x17xf64> into tensor<3x1x17xf64>
    remat.yield carry(%u, %bn, %cn, %dn, %en : tensor<3x17xf64>, tensor<3x1xf64>, tensor<17xf64>, tensor<51xf64>, tensor<3x1x17xf64>)
  }
  %f1 = tensor.extract_slice %a[0, 0] [3, 1] [1, 1] : tensor<3x17xf64> to tensor<3x1xf64>
  %f2 = tensor.extract_slice %e[0, 0, 0] [1, 1, 17] [1, 1, 1] : tensor<3x1x17xf64> to tensor<17xf64>
  %q1 = arith.mulf %f1, %f1 : tensor<3x1xf64>
  %l1 = linalg.reduce { arith.addf } ins(%q1 : tensor<3x1xf64>) outs(%z0 : tensor<f64>) dimensions = [0, 1]
  %q2 = arith.mulf %f2, %f2 : tensor<17xf64>
  %l2 = linalg.reduce { arith.addf } ins(%q2 : tensor<17xf64>) outs(%l1 : tensor<f64>) dimensions = [0]
  %q3 = arith.mulf %d, %d : tensor<51xf64>
  %l3 = linalg.reduce { arith.addf } ins(%q3 : tensor<51xf64>) outs(%l2 : tensor<f64>) dimensions = [0]
  return %l3 : tensor<f64>
}
func.func private @pattern_6x34(%first: f64) -> tensor<6x34xf64> {
  %e = tensor.empty() : tensor<6x34xf64>
  %p = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%e : tensor<6x34xf64>) {
  ^bb0(%o: f64):
    %i0 = linalg.index 0 : index
    %n0 = arith.index_cast %i0 : index to i64
    %f0 = arith.sitofp %n0 : i64 to f64
    %c0 = arith.constant 0.7 : f64
    %m0 = arith.mulf %f0, %c0 : f64
    %a0 = arith.addf %first, %m0 : f64
    %i1 = linalg.index 1 : index
    %n1 = arith.index_cast %i1 : index to i64
    %f1 = arith.sitofp %n1 : i64 to f64
    %c1 = arith.constant 1.3 : f64
    %m1 = arith.mulf %f1, %c1 : f64
    %a1 = arith.addf %a0, %m1 : f64
    %s = math.sin %a1 : f64
    %half = arith.constant 0.5 : f64
    %v = arith.mulf %s, %half : f64
    linalg.yield %v : f64
  } -> tensor<6x34xf64>
  return %p : tensor<6x34xf64>
}
func.func private @pattern_2x3x17(%first: f64) -> tensor<2x3x17xf64> {
  %e = tensor.empty() : tensor<2x3x17xf64>
  %p = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} outs(%e : tensor<2x3x17xf64>) {
  ^bb0(%o: f64):
    %i0 = linalg.index 0 : index
    %n0 = arith.index_cast %i0 : index to i64
    %f0 = arith.sitofp %n0 : i64 to f64
    %c0 = arith.constant 0.7 : f64
    %m0 = arith.mulf %f0, %c0 : f64
    %a0 = arith.addf %first, %m0 : f64
    %i1 = linalg.index 1 : index
    %n1 = arith.index_cast %i1 : index to i64
    %f1 = arith.sitofp %n1 : i64 to f64
    %c1 = arith.constant 1.3 : f64
    %m1 = arith.mulf %f1, %c1 : f64
    %a1 = arith.addf %a0, %m1 : f64
    %i2 = linalg.index 2 : index
    %n2 = arith.index_cast %i2 : index to i64
    %f2 = arith.sitofp %n2 : i64 to f64
    %c2 = arith.constant 1.9 : f64
    %m2 = arith.mulf %f2, %c2 : f64
    %a2 = arith.addf %a1, %m2 : f64
    %s = math.sin %a2 : f64
    %half = arith.constant 0.5 : f64
    %v = arith.mulf %s, %half : f64
    linalg.yield %v : f64
  } -> tensor<2x3x17xf64>
  return %p : tensor<2x3x17xf64>
}
func.func @initial() -> (tensor<f64>, tensor<f64>, tensor<f64>) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %nine = arith.constant 9.0 : f64
  %c1 = arith.constant 1.0 : f64
  %m = call @pattern_6x34(%c1) : (f64) -> tensor<6x34xf64>
  %c2 = arith.constant 2.0 : f64
  %m3 = call @pattern_2x3x17(%c2) : (f64) -> tensor<2x3x17xf64>
  %loss, %g0, %g1 = remat.value_and_gradient @initial_loss(%m, %m3) wrt [0, 1]
      : (tensor<6x34xf64>, tensor<2x3x17xf64>) -> (tensor<f64>, tensor<6x34xf64>, tensor<2x3x17xf64>)
  %w0 = call @pattern_6x34(%nine) : (f64) -> tensor<6x34xf64>
  %p0 = arith.mulf %g0, %w0 : tensor<6x34xf64>
  %s0 = linalg.reduce { arith.addf } ins(%p0 : tensor<6x34xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1]
  %w1 = call @pattern_2x3x17(%nine) : (f64) -> tensor<2x3x17xf64>
  %p1 = arith.mulf %g1, %w1 : tensor<2x3x17xf64>
  %s1 = linalg.reduce { arith.addf } ins(%p1 : tensor<2x3x17xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2]
  return %loss, %s0, %s1 : tensor<f64>, tensor<f64>, tensor<f64>
}

// Cotangents that are slices of those of concatenations: of a weight, of outputs and of
// a final carry.
// CONCAT: {{^}}loss 151.784{{$}}
// CONCAT: {{^}}s0 6.57696{{$}}
// CONCAT: {{^}}s1 83.0714{{$}}
// CONCAT: {{^}}s2 115.677{{$}}
// CONCAT: {{^}}s3 31.2488{{$}}
func.func private @concatenated_loss(%h0: tensor<3x17xf64>, %xs: tensor<3x3x34xf64>, %wi: tensor<17x17xf64>, %wg: tensor<17x17xf64>) -> tensor<f64> {
  %z0 = arith.constant dense<0.0> : tensor<f64>
  %n = arith.constant 3 : index
  %w = tensor.concat dim(1) %wi, %wg : (tensor<17x17xf64>, tensor<17x17xf64>) -> tensor<17x34xf64>
  %h, %ys = remat.recurrence count(%n) at(%t) carry(%h = %h0 : tensor<3x17xf64>) scan(%x = %xs : tensor<3x3x34xf64>) -> tensor<3x3x17xf64> {
    %g = linalg.matmul ins(%h, %w : tensor<3x17xf64>, tensor<17x34xf64>) outs(%x : tensor<3x34xf64>) -> tensor<3x34xf64>
    %a = tensor.extract_slice %g[0, 0] [3, 17] [1, 1] : tensor<3x34xf64> to tensor<3x17xf64>
    %b = tensor.extract_slice %g[0, 17] [3, 17] [1, 1] : tensor<3x34xf64> to tensor<3x17xf64>
    %a1 = math.tanh %a : tensor<3x17xf64>
    %m = linalg.matmul ins(%a1, %wi : tensor<3x17xf64>, tensor<17x17xf64>) outs(%b : tensor<3x17xf64>) -> tensor<3x17xf64>
    %o = math.sin %m : tensor<3x17xf64>
    remat.yield carry(%o : tensor<3x17xf64>) emit(%a1 : tensor<3x17xf64>)
  }
  %all = tensor.concat dim(2) %xs, %ys : (tensor<3x3x34xf64>, tensor<3x3x17xf64>) -> tensor<3x3x51xf64>
  %hh = tensor.concat dim(1) %h, %h0 : (tensor<3x17xf64>, tensor<3x17xf64>) -> tensor<3x34xf64>
  %ww = tensor.concat dim(0) %wg, %wi : (tensor<17x17xf64>, tensor<17x17xf64>) -> tensor<34x17xf64>
  %q1 = arith.mulf %all, %all : tensor<3x3x51xf64>
  %l1 = linalg.reduce { arith.addf } ins(%q1 : tensor<3x3x51xf64>) outs(%z0 : tensor<f64>) dimensions = [0, 1, 2]
  %q2 = arith.mulf %hh, %hh : tensor<3x34xf64>
  %l2 = linalg.reduce { arith.addf } ins(%q2 : tensor<3x34xf64>) outs(%l1 : tensor<f64>) dimensions = [0, 1]
  %q3 = arith.mulf %ww, %ww : tensor<34x17xf64>
  %l3 = linalg.reduce { arith.addf } ins(%q3 : tensor<34x17xf64>) outs(%l2 : tensor<f64>) dimensions = [0, 1]
  return %l3 : tensor<f64>
}
func.func private @pattern_3x3x34(%first: f64) -> tensor<3x3x34xf64> {
  %e = tensor.empty() : tensor<3x3x34xf64>
  %p = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} outs(%e : tensor<3x3x34xf64>) {
  ^bb0(%o: f64):
    %i0 = linalg.index 0 : index
    %n0 = arith.index_cast %i0 : index to i64
    %f0 = arith.sitofp %n0 : i64 to f64
    %c0 = arith.constant 0.7 : f64
    %m0 = arith.mulf %f0, %c0 : f64
    %a0 = arith.addf %first, %m0 : f64
    %i1 = linalg.index 1 : index
    %n1 = arith.index_cast %i1 : index to i64
    %f1 = arith.sitofp %n1 : i64 to f64
    %c1 = arith.constant 1.3 : f64
    %m1 = arith.mulf %f1, %c1 : f64
    %a1 = arith.addf %a0, %m1 : f64
    %i2 = linalg.index 2 : index
    %n2 = arith.index_cast %i2 : index to i64
    %f2 = arith.sitofp %n2 : i64 to f64
    %c2 = arith.constant 1.9 : f64
    %m2 = arith.mulf %f2, %c2 : f64
    %a2 = arith.addf %a1, %m2 : f64
    %s = math.sin %a2 : f64
    %half = arith.constant 0.5 : f64
    %v = arith.mulf %s, %half : f64
    linalg.yield %v : f64
  } -> tensor<3x3x34xf64>
  return %p : tensor<3x3x34xf64>
}
func.func private @pattern_17x17(%first: f64) -> tensor<17x17xf64> {
  %e = tensor.empty() : tensor<17x17xf64>
  %p = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%e : tensor<17x17xf64>) {
  ^bb0(%o: f64):
    %i0 = linalg.index 0 : index
    %n0 = arith.index_cast %i0 : index to i64
    %f0 = arith.sitofp %n0 : i64 to f64
    %c0 = arith.constant 0.7 : f64
    %m0 = arith.mulf %f0, %c0 : f64
    %a0 = arith.addf %first, %m0 : f64
    %i1 = linalg.index 1 : index
    %n1 = arith.index_cast %i1 : index to i64
    %f1 = arith.sitofp %n1 : i64 to f64
    %c1 = arith.constant 1.3 : f64
    %m1 = arith.mulf %f1, %c1 : f64
    %a1 = arith.addf %a0, %m1 : f64
    %s = math.sin %a1 : f64
    %half = arith.constant 0.5 : f64
    %v = arith.mulf %s, %half : f64
    linalg.yield %v : f64
  } -> tensor<17x17xf64>
  return %p : tensor<17x17xf64>
}
func.func @concatenated() -> (tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %nine = arith.constant 9.0 : f64
  %c1 = arith.constant 1.0 : f64
  %h0 = call @pattern_3x17(%c1) : (f64) -> tensor<3x17xf64>
  %c2 = arith.constant 2.0 : f64
  %xs = call @pattern_3x3x34(%c2) : (f64) -> tensor<3x3x34xf64>
  %c3 = arith.constant 3.0 : f64
  %wi = call @pattern_17x17(%c3) : (f64) -> tensor<17x17xf64>
  %c4 = arith.constant 4.0 : f64
  %wg = call @pattern_17x17(%c4) : (f64) -> tensor<17x17xf64>
  %loss, %g0, %g1, %g2, %g3 = remat.value_and_gradient @concatenated_loss(%h0, %xs, %wi, %wg) wrt [0, 1, 2, 3]
      : (tensor<3x17xf64>, tensor<3x3x34xf64>, tensor<17x17xf64>, tensor<17x17xf64>) -> (tensor<f64>, tensor<3x17xf64>, tensor<3x3x34xf64>, tensor<17x17xf64>, tensor<17x17xf64>)
  %w0 = call @pattern_3x17(%nine) : (f64) -> tensor<3x17xf64>
  %p0 = arith.mulf %g0, %w0 : tensor<3x17xf64>
  %s0 = linalg.reduce { arith.addf } ins(%p0 : tensor<3x17xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1]
  %w1 = call @pattern_3x3x34(%nine) : (f64) -> tensor<3x3x34xf64>
  %p1 = arith.mulf %g1, %w1 : tensor<3x3x34xf64>
  %s1 = linalg.reduce { arith.addf } ins(%p1 : tensor<3x3x34xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2]
  %w2 = call @pattern_17x17(%nine) : (f64) -> tensor<17x17xf64>
  %p2 = arith.mulf %g2, %w2 : tensor<17x17xf64>
  %s2 = linalg.reduce { arith.addf } ins(%p2 : tensor<17x17xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1]
  %w3 = call @pattern_17x17(%nine) : (f64) -> tensor<17x17xf64>
  %p3 = arith.mulf %g3, %w3 : tensor<17x17xf64>
  %s3 = linalg.reduce { arith.addf } ins(%p3 : tensor<17x17xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1]
  return %loss, %s0, %s1, %s2, %s3 : tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>
}

// Weights that are transposed slices and slices of transposes.
// TRANS: {{^}}loss 49.5993{{$}}
// TRANS: {{^}}s0 -5.62432{{$}}
// TRANS: {{^}}s1 13.4071{{$}}
// TRANS: {{^}}s2 134.966{{$}}
func.func private @transposed_loss(%h0: tensor<17x3xf64>, %xs: tensor<4x3x17xf64>, %w: tensor<6x3xf64>) -> tensor<f64> {
  %z0 = arith.constant dense<0.0> : tensor<f64>
  %n = arith.constant 4 : index
  %e = tensor.empty() : tensor<3x6xf64>
  %wt = linalg.transpose ins(%w : tensor<6x3xf64>) outs(%e : tensor<3x6xf64>) permutation = [1, 0]
  %q1 = tensor.extract_slice %wt[0, 0] [3, 3] [1, 2] : tensor<3x6xf64> to tensor<3x3xf64>
  %q2 = tensor.extract_slice %w[3, 0] [3, 3] [1, 1] : tensor<6x3xf64> to tensor<3x3xf64>
  %e2 = tensor.empty() : tensor<3x3xf64>
  %q3 = linalg.transpose ins(%q2 : tensor<3x3xf64>) outs(%e2 : tensor<3x3xf64>) permutation = [1, 0]
  %e3 = tensor.empty() : tensor<4x17x3xf64>
  %xb = linalg.transpose ins(%xs : tensor<4x3x17xf64>) outs(%e3 : tensor<4x17x3xf64>) permutation = [0, 2, 1]
  %h = remat.recurrence count(%n) at(%t) carry(%h = %h0 : tensor<17x3xf64>) scan(%x = %xb : tensor<4x17x3xf64>) {
    %m = linalg.matmul ins(%h, %q1 : tensor<17x3xf64>, tensor<3x3xf64>) outs(%x : tensor<17x3xf64>) -> tensor<17x3xf64>
    %m2 = math.tanh %m : tensor<17x3xf64>
    %m3 = linalg.matmul ins(%m2, %q3 : tensor<17x3xf64>, tensor<3x3xf64>) outs(%h : tensor<17x3xf64>) -> tensor<17x3xf64>
    remat.yield carry(%m3 : tensor<17x3xf64>)
  }
  %q = arith.mulf %h, %h : tensor<17x3xf64>
  %l = linalg.reduce { arith.addf } ins(%q : tensor<17x3xf64>) outs(%z0 : tensor<f64>) dimensions = [0, 1]
  return %l : tensor<f64>
}
func.func private @pattern_17x3(%first: f64) -> tensor<17x3xf64> {
  %e = tensor.empty() : tensor<17x3xf64>
  %p = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%e : tensor<17x3xf64>) {
  ^bb0(%o: f64):
    %i0 = linalg.index 0 : index
    %n0 = arith.index_cast %i0 : index to i64
    %f0 = arith.sitofp %n0 : i64 to f64
    %c0 = arith.constant 0.7 : f64
    %m0 = arith.mulf %f0, %c0 : f64
    %a0 = arith.addf %first, %m0 : f64
    %i1 = linalg.index 1 : index
    %n1 = arith.index_cast %i1 : index to i64
    %f1 = arith.sitofp %n1 : i64 to f64
    %c1 = arith.constant 1.3 : f64
    %m1 = arith.mulf %f1, %c1 : f64
    %a1 = arith.addf %a0, %m1 : f64
    %s = math.sin %a1 : f64
    %half = arith.constant 0.5 : f64
    %v = arith.mulf %s, %half : f64
    linalg.yield %v : f64
  } -> tensor<17x3xf64>
  return %p : tensor<17x3xf64>
}
func.func private @pattern_4x3x17(%first: f64) -> tensor<4x3x17xf64> {
  %e = tensor.empty() : tensor<4x3x17xf64>
  %p = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} outs(%e : tensor<4x3x17xf64>) {
  ^bb0(%o: f64):
    %i0 = linalg.index 0 : index
    %n0 = arith.index_cast %i0 : index to i64
    %f0 = arith.sitofp %n0 : i64 to f64
    %c0 = arith.constant 0.7 : f64
    %m0 = arith.mulf %f0, %c0 : f64
    %a0 = arith.addf %first, %m0 : f64
    %i1 = linalg.index 1 : index
    %n1 = arith.index_cast %i1 : index to i64
    %f1 = arith.sitofp %n1 : i64 to f64
    %c1 = arith.constant 1.3 : f64
    %m1 = arith.mulf %f1, %c1 : f64
    %a1 = arith.addf %a0, %m1 : f64
    %i2 = linalg.index 2 : index
    %n2 = arith.index_cast %i2 : index to i64
    %f2 = arith.sitofp %n2 : i64 to f64
    %c2 = arith.constant 1.9 : f64
    %m2 = arith.mulf %f2, %c2 : f64
    %a2 = arith.addf %a1, %m2 : f64
    %s = math.sin %a2 : f64
    %half = arith.constant 0.5 : f64
    %v = arith.mulf %s, %half : f64
    linalg.yield %v : f64
  } -> tensor<4x3x17xf64>
  return %p : tensor<4x3x17xf64>
}
func.func private @pattern_6x3(%first: f64) -> tensor<6x3xf64> {
  %e = tensor.empty() : tensor<6x3xf64>
  %p = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%e : tensor<6x3xf64>) {
  ^bb0(%o: f64):
    %i0 = linalg.index 0 : index
    %n0 = arith.index_cast %i0 : index to i64
    %f0 = arith.sitofp %n0 : i64 to f64
    %c0 = arith.constant 0.7 : f64
    %m0 = arith.mulf %f0, %c0 : f64
    %a0 = arith.addf %first, %m0 : f64
    %i1 = linalg.index 1 : index
    %n1 = arith.index_cast %i1 : index to i64
    %f1 = arith.sitofp %n1 : i64 to f64
    %c1 = arith.constant 1.3 : f64
    %m1 = arith.mulf %f1, %c1 : f64
    %a1 = arith.addf %a0, %m1 : f64
    %s = math.sin %a1 : f64
    %half = arith.constant 0.5 : f64
    %v = arith.mulf %s, %half : f64
    linalg.yield %v : f64
  } -> tensor<6x3xf64>
  return %p : tensor<6x3xf64>
}
func.func @transposed() -> (tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %nine = arith.constant 9.0 : f64
  %c1 = arith.constant 1.0 : f64
  %h0 = call @pattern_17x3(%c1) : (f64) -> tensor<17x3xf64>
  %c2 = arith.constant 2.0 : f64
  %xs = call @pattern_4x3x17(%c2) : (f64) -> tensor<4x3x17xf64>
  %c3 = arith.constant 3.0 : f64
  %w = call @pattern_6x3(%c3) : (f64) -> tensor<6x3xf64>
  %loss, %g0, %g1, %g2 = remat.value_and_gradient @transposed_loss(%h0, %xs, %w) wrt [0, 1, 2]
      : (tensor<17x3xf64>, tensor<4x3x17xf64>, tensor<6x3xf64>) -> (tensor<f64>, tensor<17x3xf64>, tensor<4x3x17xf64>, tensor<6x3xf64>)
  %w0 = call @pattern_17x3(%nine) : (f64) -> tensor<17x3xf64>
  %p0 = arith.mulf %g0, %w0 : tensor<17x3xf64>
  %s0 = linalg.reduce { arith.addf } ins(%p0 : tensor<17x3xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1]
  %w1 = call @pattern_4x3x17(%nine) : (f64) -> tensor<4x3x17xf64>
  %p1 = arith.mulf %g1, %w1 : tensor<4x3x17xf64>
  %s1 = linalg.reduce { arith.addf } ins(%p1 : tensor<4x3x17xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2]
  %w2 = call @pattern_6x3(%nine) : (f64) -> tensor<6x3xf64>
  %p2 = arith.mulf %g2, %w2 : tensor<6x3xf64>
  %s2 = linalg.reduce { arith.addf } ins(%p2 : tensor<6x3xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1]
  return %loss, %s0, %s1, %s2 : tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>
}

// Slices that a branch yields: an initial carry, a scan and a weight.
// BRANCH: {{^}}loss 5.95467{{$}}
// BRANCH: {{^}}s0 0.00109057{{$}}
// BRANCH: {{^}}s1 7.75893{{$}}
// BRANCH: {{^}}s2 0.516203{{$}}
func.func private @branches_loss(%m: tensor<6x34xf64>, %xs: tensor<8x3x17xf64>, %w: tensor<17x34xf64>) -> tensor<f64> {
  %z0 = arith.constant dense<0.0> : tensor<f64>
  %n = arith.constant 4 : index
  %k0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f64
  %e0 = tensor.extract %m[%k0, %k0] : tensor<6x34xf64>
  %c = arith.cmpf ogt, %e0, %zero : f64
  %i, %x0, %w0 = scf.if %c -> (tensor<3x17xf64>, tensor<4x3x17xf64>, tensor<17x17xf64>) {
    %a = tensor.extract_slice %m[0, 0] [3, 17] [2, 2] : tensor<6x34xf64> to tensor<3x17xf64>
    %b = tensor.extract_slice %xs[0, 0, 0] [4, 3, 17] [2, 1, 1] : tensor<8x3x17xf64> to tensor<4x3x17xf64>
    %d = tensor.extract_slice %w[0, 0] [17, 17] [1, 2] : tensor<17x34xf64> to tensor<17x17xf64>
    scf.yield %a, %b, %d : tensor<3x17xf64>, tensor<4x3x17xf64>, tensor<17x17xf64>
  } else {
    %a = tensor.extract_slice %m[3, 17] [3, 17] [1, 1] : tensor<6x34xf64> to tensor<3x17xf64>
    %b = tensor.extract_slice %xs[4, 0, 0] [4, 3, 17] [1, 1, 1] : tensor<8x3x17xf64> to tensor<4x3x17xf64>
    %d0 = tensor.extract_slice %w[0, 17] [17, 17] [1, 1] : tensor<17x34xf64> to tensor<17x17xf64>
    %d = math.sin %d0 : tensor<17x17xf64>
    scf.yield %a, %b, %d : tensor<3x17xf64>, tensor<4x3x17xf64>, tensor<17x17xf64>
  }
  %h = remat.recurrence count(%n) at(%t) carry(%h = %i : tensor<3x17xf64>) scan(%x = %x0 : tensor<4x3x17xf64>) {
    %m1 = linalg.matmul ins(%h, %w0 : tensor<3x17xf64>, tensor<17x17xf64>) outs(%x : tensor<3x17xf64>) -> tensor<3x17xf64>
    %m2 = math.tanh %m1 : tensor<3x17xf64>
    remat.yield carry(%m2 : tensor<3x17xf64>)
  }
  %q = arith.mulf %h, %h : tensor<3x17xf64>
  %l = linalg.reduce { arith.addf } ins(%q : tensor<3x17xf64>) outs(%z0 : tensor<f64>) dimensions = [0, 1]
  return %l : tensor<f64>
}
func.func private @pattern_17x34(%first: f64) -> tensor<17x34xf64> {
  %e = tensor.empty() : tensor<17x34xf64>
  %p = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%e : tensor<17x34xf64>) {
  ^bb0(%o: f64):
    %i0 = linalg.index 0 : index
    %n0 = arith.index_cast %i0 : index to i64
    %f0 = arith.sitofp %n0 : i64 to f64
    %c0 = arith.constant 0.7 : f64
    %m0 = arith.mulf %f0, %c0 : f64
    %a0 = arith.addf %first, %m0 : f64
    %i1 = linalg.index 1 : index
    %n1 = arith.index_cast %i1 : index to i64
    %f1 = arith.sitofp %n1 : i64 to f64
    %c1 = arith.constant 1.3 : f64
    %m1 = arith.mulf %f1, %c1 : f64
    %a1 = arith.addf %a0, %m1 : f64
    %s = math.sin %a1 : f64
    %half = arith.constant 0.5 : f64
    %v = arith.mulf %s, %half : f64
    linalg.yield %v : f64
  } -> tensor<17x34xf64>
  return %p : tensor<17x34xf64>
}
func.func @branches() -> (tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %nine = arith.constant 9.0 : f64
  %c1 = arith.constant 1.0 : f64
  %m = call @pattern_6x34(%c1) : (f64) -> tensor<6x34xf64>
  %c2 = arith.constant 2.0 : f64
  %xs = call @pattern_8x3x17(%c2) : (f64) -> tensor<8x3x17xf64>
  %c3 = arith.constant 3.0 : f64
  %w = call @pattern_17x34(%c3) : (f64) -> tensor<17x34xf64>
  %loss, %g0, %g1, %g2 = remat.value_and_gradient @branches_loss(%m, %xs, %w) wrt [0, 1, 2]
      : (tensor<6x34xf64>, tensor<8x3x17xf64>, tensor<17x34xf64>) -> (tensor<f64>, tensor<6x34xf64>, tensor<8x3x17xf64>, tensor<17x34xf64>)
  %w0 = call @pattern_6x34(%nine) : (f64) -> tensor<6x34xf64>
  %p0 = arith.mulf %g0, %w0 : tensor<6x34xf64>
  %s0 = linalg.reduce { arith.addf } ins(%p0 : tensor<6x34xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1]
  %w1 = call @pattern_8x3x17(%nine) : (f64) -> tensor<8x3x17xf64>
  %p1 = arith.mulf %g1, %w1 : tensor<8x3x17xf64>
  %s1 = linalg.reduce { arith.addf } ins(%p1 : tensor<8x3x17xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2]
  %w2 = call @pattern_17x34(%nine) : (f64) -> tensor<17x34xf64>
  %p2 = arith.mulf %g2, %w2 : tensor<17x34xf64>
  %s2 = linalg.reduce { arith.addf } ins(%p2 : tensor<17x34xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1]
  return %loss, %s0, %s1, %s2 : tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>
}
