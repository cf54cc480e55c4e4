// RUN: remat-run %s --entry shrinking --input x=1 --output %t/shrinking && %python %S/show.py %t/shrinking/r.npy | FileCheck %s --check-prefix=SHRINK
// RUN: remat-run %s --entry shrinking_gradient --check-gradient --budget min --check-identical on --input x=0.5 --output %t/gradient && %python %S/show.py %t/gradient/*.npy | FileCheck %s --check-prefix=GRADIENT
// RUN: remat-run %s --entry broadcast --steps 5 --check-gradient --input a=0.5 --output %t/broadcast && %python %S/show.py %t/broadcast/*.npy | FileCheck %s --check-prefix=BROADCAST
// RUN: remat-run %s --entry sum --steps 17 --check-gradient --budget min --check-identical on
// RUN: remat-run %s --entry rows --check-gradient --input a=0.5 --output %t/rows && %python %S/show.py %t/rows/*.npy | FileCheck %s --check-prefix=ROWS
// RUN: remat-run %s --entry cache --check-gradient --budget min --check-identical on --input c0=0.5 --input qs=0.5 --output %t/cache && %python %S/show.py %t/cache/*.npy | FileCheck %s --check-prefix=CACHE
// RUN: remat-run %s --entry scanned_views --steps 3 --check-gradient --budget min --check-identical on
// RUN: remat-run %s --entry scanned_branch --steps 3 --check-gradient --budget min --check-identical on
// RUN: %exits 6 remat-run %s --entry scanned_branch --shape x=3x6 --shape y=4x6 | FileCheck %s --check-prefix=SCANNED

// A slice whose size depends on the step is at most as large as what it is taken of.
// SHRINK: r 0.67843 0.745624 0.841471 1{{$}}
func.func @shrinking(%x: tensor<4xf64>) -> (tensor<4xf64> {remat.name = "r"}) {
  %n = arith.constant 3 : index
  %c3 = arith.constant 3 : index
  %r = remat.recurrence count(%n) at(%t) carry(%c = %x : tensor<4xf64>) {
    %m = arith.subi %c3, %t : index
    %s = tensor.extract_slice %c[0] [%m] [1] : tensor<4xf64> to tensor<?xf64>
    %q = math.sin %s : tensor<?xf64>
    %y = tensor.insert_slice %q into %c[0] [%m] [1] : tensor<?xf64> into tensor<4xf64>
    remat.yield carry(%y : tensor<4xf64>)
  }
  return %r : tensor<4xf64>
}

// Step t squares the first t of 17 rows: row i becomes x^(2^(5 - i)), from row 5 on it stays.
// GRADIENT: {{^}}g 1.49012e-08 1.49012e-08 1.49012e-08 0.000488281 0.000488281 0.000488281 0.0625 0.0625 0.0625 0.5 0.5 0.5 1 1 1{{( 1){36}$}}
// GRADIENT: {{^}}l 18.9493{{$}}
func.func private @shrinking_loss(%x: tensor<17x3xf64>) -> tensor<f64> {
  %n = arith.constant 6 : index
  %zero = arith.constant dense<0.0> : tensor<f64>
  %r = remat.recurrence count(%n) at(%t) carry(%c = %x : tensor<17x3xf64>) {
    %s = tensor.extract_slice %c[0, 0] [%t, 3] [1, 1] : tensor<17x3xf64> to tensor<?x3xf64>
    %q = arith.mulf %s, %s : tensor<?x3xf64>
    %y = tensor.insert_slice %q into %c[0, 0] [%t, 3] [1, 1] : tensor<?x3xf64> into tensor<17x3xf64>
    remat.yield carry(%y : tensor<17x3xf64>)
  }
  %l = linalg.reduce { arith.addf } ins(%r : tensor<17x3xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1]
  return %l : tensor<f64>
}
func.func @shrinking_gradient(%x: tensor<17x3xf64>) -> (tensor<f64> {remat.name = "l"}, tensor<17x3xf64> {remat.name = "g"}) {
  %l, %g = remat.value_and_gradient @shrinking_loss(%x) wrt [0] : (tensor<17x3xf64>) -> (tensor<f64>, tensor<17x3xf64>)
  return %l, %g : tensor<f64>, tensor<17x3xf64>
}

// Every step emits the same value: what is widened is a broadcast of dynamic length.
// BROADCAST: {{^}}g 5 5 5{{$}}
// BROADCAST: {{^}}y 7.5{{$}}
func.func private @broadcast_loss(%x: tensor<?x3xf32>, %a: tensor<3xf32>) -> tensor<f64> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x3xf32>
  %r = remat.recurrence count(%n) at(%t) -> tensor<?x3xf32> {
    remat.yield emit(%a : tensor<3xf32>)
  }
  %v = arith.extf %r : tensor<?x3xf32> to tensor<?x3xf64>
  %k = arith.constant dense<0.0> : tensor<f64>
  %y = linalg.reduce { arith.addf } ins(%v : tensor<?x3xf64>) outs(%k : tensor<f64>) dimensions = [0, 1]
  return %y : tensor<f64>
}
func.func @broadcast(%x: tensor<?x3xf32>, %a: tensor<3xf32>) -> (tensor<f64> {remat.name = "y"}, tensor<3xf32> {remat.name = "g"}) {
  %y, %g = remat.value_and_gradient @broadcast_loss(%x, %a) wrt [1] : (tensor<?x3xf32>, tensor<3xf32>) -> (tensor<f64>, tensor<3xf32>)
  return %y, %g : tensor<f64>, tensor<3xf32>
}

// The emitted states are summed in f64: the cotangent of the sum is a broadcast.
func.func private @sum_loss(%x: tensor<?x3xf32>, %h: tensor<3xf32>) -> tensor<f64> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x3xf32>
  %last, %r = remat.recurrence count(%n) at(%t) carry(%c = %h : tensor<3xf32>) scan(%e = %x : tensor<?x3xf32>) -> tensor<?x3xf32> {
    %s = arith.addf %c, %e : tensor<3xf32>
    %next = math.tanh %s : tensor<3xf32>
    remat.yield carry(%next : tensor<3xf32>) emit(%next : tensor<3xf32>)
  }
  %v = arith.extf %r : tensor<?x3xf32> to tensor<?x3xf64>
  %k = arith.constant dense<0.0> : tensor<f64>
  %y = linalg.reduce { arith.addf } ins(%v : tensor<?x3xf64>) outs(%k : tensor<f64>) dimensions = [0, 1]
  return %y : tensor<f64>
}
func.func @sum(%x: tensor<?x3xf32>, %h: tensor<3xf32>) -> (tensor<f64>, tensor<3xf32>) {
  %y, %g = remat.value_and_gradient @sum_loss(%x, %h) wrt [1] : (tensor<?x3xf32>, tensor<3xf32>) -> (tensor<f64>, tensor<3xf32>)
  return %y, %g : tensor<f64>, tensor<3xf32>
}

// A gather of the whole table in every turn: the sum of cotangents stays in its place.
// ROWS: {{^}}g 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3{{$}}
// ROWS: {{^}}l 26{{$}}
func.func private @rows_loss(%a: tensor<17xf64>) -> tensor<f64> {
  %e = tensor.empty() : tensor<3x17xf64>
  %v0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%e : tensor<3x17xf64>) {
  ^bb0(%o: f64):
    %i = linalg.index 1 : index
    %x = tensor.extract %a[%i] : tensor<17xf64>
    linalg.yield %x : f64
  } -> tensor<3x17xf64>
  %k = arith.constant dense<0.5> : tensor<f64>
  %l = linalg.reduce { arith.addf } ins(%v0 : tensor<3x17xf64>) outs(%k : tensor<f64>) dimensions = [0, 1]
  return %l : tensor<f64>
}
func.func @rows(%a: tensor<17xf64>) -> (tensor<f64> {remat.name = "l"}, tensor<17xf64> {remat.name = "g"}) {
  %l, %g = remat.value_and_gradient @rows_loss(%a) wrt [0] : (tensor<17xf64>) -> (tensor<f64>, tensor<17xf64>)
  return %l, %g : tensor<f64>, tensor<17xf64>
}

// A cache that grows by a row per step and is read as far as it is filled: the product has an
// extent of the step. Step t adds the products of q with the first t + 1 rows.
// CACHE: {{^}}g 1.5 1.5 1.5{{( 0){48}$}}
// CACHE: {{^}}h 1.37758 1.37758 1.37758 1.41822 1.41822 1.41822 1.45885 1.45885 1.45885{{$}}
// CACHE: {{^}}l 4.40741{{$}}
func.func private @cache_loss(%c0: tensor<17x3xf64>, %qs: tensor<3x3xf64>) -> tensor<f64> {
  %n = arith.constant 3 : index
  %one = arith.constant 1 : index
  %zero = arith.constant dense<0.0> : tensor<f64>
  %z = arith.constant 0.0 : f64
  %c, %l = remat.recurrence count(%n) at(%t) carry(%c = %c0 : tensor<17x3xf64>, %l = %zero : tensor<f64>) scan(%q = %qs : tensor<3x3xf64>) {
    %m = arith.addi %t, %one : index
    %s = tensor.extract_slice %c[0, 0] [%m, 3] [1, 1] : tensor<17x3xf64> to tensor<?x3xf64>
    %e = tensor.empty(%m) : tensor<?xf64>
    %f = linalg.fill ins(%z : f64) outs(%e : tensor<?xf64>) -> tensor<?xf64>
    %y = linalg.matvec ins(%s, %q : tensor<?x3xf64>, tensor<3xf64>) outs(%f : tensor<?xf64>) -> tensor<?xf64>
    %sum = linalg.reduce { arith.addf } ins(%y : tensor<?xf64>) outs(%l : tensor<f64>) dimensions = [0]
    %k = math.sin %q : tensor<3xf64>
    %u = tensor.insert_slice %k into %c[%m, 0] [1, 3] [1, 1] : tensor<3xf64> into tensor<17x3xf64>
    remat.yield carry(%u, %sum : tensor<17x3xf64>, tensor<f64>)
  }
  return %l : tensor<f64>
}
func.func @cache(%c0: tensor<17x3xf64>, %qs: tensor<3x3xf64>) -> (tensor<f64> {remat.name = "l"}, tensor<17x3xf64> {remat.name = "g"}, tensor<3x3xf64> {remat.name = "h"}) {
  %l, %g, %h = remat.value_and_gradient @cache_loss(%c0, %qs) wrt [0, 1] : (tensor<17x3xf64>, tensor<3x3xf64>) -> (tensor<f64>, tensor<17x3xf64>, tensor<3x3xf64>)
  return %l, %g, %h : tensor<f64>, tensor<17x3xf64>, tensor<3x3xf64>
}

// What a loop scans was reshaped before, or comes from one of two branches.
func.func private @scan(%n: index, %o: tensor<?x6xf64>, %h0: tensor<6xf64>) -> tensor<f64> {
  %h = remat.recurrence count(%n) at(%t) carry(%h = %h0 : tensor<6xf64>) scan(%u = %o : tensor<?x6xf64>) {
    %q = arith.mulf %h, %u : tensor<6xf64>
    %s = math.cos %q : tensor<6xf64>
    remat.yield carry(%s : tensor<6xf64>)
  }
  %zero = arith.constant dense<0.0> : tensor<f64>
  %r = linalg.reduce { arith.addf } ins(%h : tensor<6xf64>) outs(%zero : tensor<f64>) dimensions = [0]
  return %r : tensor<f64>
}
func.func private @views_loss(%x: tensor<?x6xf64>, %y: tensor<?x6xf64>, %h0: tensor<6xf64>) -> tensor<f64> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x6xf64>
  %halves = tensor.expand_shape %x [[0], [1, 2]] output_shape [%n, 2, 3] : tensor<?x6xf64> into tensor<?x2x3xf64>
  %rows = tensor.collapse_shape %halves [[0, 1], [2]] : tensor<?x2x3xf64> into tensor<?x3xf64>
  %t = math.sin %rows : tensor<?x3xf64>
  %back = tensor.expand_shape %t [[0, 1], [2]] output_shape [%n, 2, 3] : tensor<?x3xf64> into tensor<?x2x3xf64>
  %whole = tensor.collapse_shape %back [[0], [1, 2]] : tensor<?x2x3xf64> into tensor<?x6xf64>
  %o = arith.mulf %whole, %y : tensor<?x6xf64>
  %l = func.call @scan(%n, %o, %h0) : (index, tensor<?x6xf64>, tensor<6xf64>) -> tensor<f64>
  return %l : tensor<f64>
}
func.func @scanned_views(%x: tensor<?x6xf64>, %y: tensor<?x6xf64>, %h0: tensor<6xf64>)
    -> (tensor<f64>, tensor<?x6xf64>, tensor<?x6xf64>) {
  %l, %dx, %dy = remat.value_and_gradient @views_loss(%x, %y, %h0) wrt [0, 1]
      : (tensor<?x6xf64>, tensor<?x6xf64>, tensor<6xf64>) -> (tensor<f64>, tensor<?x6xf64>, tensor<?x6xf64>)
  return %l, %dx, %dy : tensor<f64>, tensor<?x6xf64>, tensor<?x6xf64>
}
func.func private @branch_loss(%x: tensor<?x6xf64>, %y: tensor<?x6xf64>, %h0: tensor<6xf64>) -> tensor<f64> {
  %c0 = arith.constant 0 : index
  %c5 = arith.constant 5 : index
  %n = tensor.dim %x, %c0 : tensor<?x6xf64>
  %short = arith.cmpi ult, %n, %c5 : index
  // SCANNED: error: extent 0 of operand #1 of 'arith.mulf' is 4: expected 3
  %o = scf.if %short -> tensor<?x6xf64> {
    %q = arith.mulf %x, %y : tensor<?x6xf64>
    scf.yield %q : tensor<?x6xf64>
  } else {
    %q = math.sin %x : tensor<?x6xf64>
    scf.yield %q : tensor<?x6xf64>
  }
  %l = func.call @scan(%n, %o, %h0) : (index, tensor<?x6xf64>, tensor<6xf64>) -> tensor<f64>
  return %l : tensor<f64>
}
func.func @scanned_branch(%x: tensor<?x6xf64>, %y: tensor<?x6xf64>, %h0: tensor<6xf64>)
    -> (tensor<f64>, tensor<?x6xf64>, tensor<?x6xf64>) {
  %l, %dx, %dy = remat.value_and_gradient @branch_loss(%x, %y, %h0) wrt [0, 1]
      : (tensor<?x6xf64>, tensor<?x6xf64>, tensor<6xf64>) -> (tensor<f64>, tensor<?x6xf64>, tensor<?x6xf64>)
  return %l, %dx, %dy : tensor<f64>, tensor<?x6xf64>, tensor<?x6xf64>
}
