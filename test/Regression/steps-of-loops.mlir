// RUN: remat-run %s --entry read --input x=1 --input s=2 --output %t && %python %S/show.py %t/r.npy | FileCheck %s --check-prefix=TWO
// RUN: %exits 6 remat-run %s --entry read --input x=1 --input s=-1 | FileCheck %s --check-prefix=BACKWARDS
// RUN: %exits 6 remat-run %s --entry read --input x=1 --input s=0 | FileCheck %s --check-prefix=NONE
// RUN: %exits 6 remat-run %s --entry read --input x=1 --input s=9223372036854775807 | FileCheck %s --check-prefix=WRAPS
// RUN: %exits 6 remat-run %s --entry narrow --input x=1 --input s=2147483647 | FileCheck %s --check-prefix=NARROW
// RUN: %exits 6 remat-run %s --entry parallel --input x=1 --input s=-1 | FileCheck %s --check-prefix=PARALLEL
// RUN: %exits 6 remat-run %s --entry in_step --input x=1 --input s=2 --steps 4 | FileCheck %s --check-prefix=STEP
// RUN: remat-run %s --entry in_step --input x=1 --input s=2 --steps 2
// RUN: %exits 6 remat-run %s --entry body --input x=1 --input s=0 | FileCheck %s --check-prefix=BODY
// RUN: remat-run %s --entry body --input x=1 --input s=3 --output %t && %python %S/show.py %t/r.npy | FileCheck %s --check-prefix=THREE
// RUN: remat-run %s --entry unsigned --input x=1 --input s=1 --output %t && %python %S/show.py %t/r.npy | FileCheck %s --check-prefix=ONE

// A loop whose step leads nowhere, or backwards, or over the largest number, does not end or reads outside: numbers
// between its bounds need no check. It fails in front of the loop.

// TWO: r 3
// BACKWARDS: error: step of 'scf.for' is -1: expected 1 to 9223372036854775802
// NONE: error: step of 'scf.for' is 0: expected 1 to 9223372036854775802
// WRAPS: error: step of 'scf.for' is 9223372036854775807: expected 1 to 9223372036854775802
func.func @read(%x: tensor<5xf64>, %s: index) -> (tensor<f64> {remat.name = "r"}) {
  %a = arith.constant 0 : index
  %e = arith.constant 5 : index
  %z = arith.constant dense<0.0> : tensor<f64>
  %r = scf.for %i = %a to %e step %s iter_args(%c = %z) -> (tensor<f64>) {
    %v = tensor.extract %x[%i] : tensor<5xf64>
    %w = tensor.from_elements %v : tensor<f64>
    %d = arith.addf %c, %w : tensor<f64>
    scf.yield %d : tensor<f64>
  }
  return %r : tensor<f64>
}

// NARROW: error: step of 'scf.for' is 2147483647: expected 1 to 2147483642
func.func @narrow(%x: tensor<5xf64>, %s: i32) -> (tensor<f64> {remat.name = "r"}) {
  %a = arith.constant 0 : i32
  %e = arith.constant 5 : i32
  %z = arith.constant dense<0.0> : tensor<f64>
  %r = scf.for %i = %a to %e step %s iter_args(%c = %z) -> (tensor<f64>) : i32 {
    %j = arith.index_cast %i : i32 to index
    %v = tensor.extract %x[%j] : tensor<5xf64>
    %w = tensor.from_elements %v : tensor<f64>
    %d = arith.addf %c, %w : tensor<f64>
    scf.yield %d : tensor<f64>
  }
  return %r : tensor<f64>
}

// PARALLEL: error: step 1 of 'scf.parallel' is -1: expected 1 to
func.func @parallel(%x: tensor<5xf64>, %s: index) -> (tensor<f64> {remat.name = "r"}) {
  %a = arith.constant 0 : index
  %one = arith.constant 1 : index
  %e = arith.constant 5 : index
  %z = arith.constant 0.0 : f64
  %r = scf.parallel (%j, %i) = (%a, %a) to (%one, %e) step (%one, %s) init (%z) -> f64 {
    %v = tensor.extract %x[%i] : tensor<5xf64>
    scf.reduce(%v : f64) {
    ^bb0(%p: f64, %q: f64):
      %d = arith.addf %p, %q : f64
      scf.reduce.return %d : f64
    }
  }
  %w = tensor.from_elements %r : tensor<f64>
  return %w : tensor<f64>
}

// The step of the loop is smaller at each time step, and nothing at the third.
// STEP: error: step of 'scf.for' is 0 at step 2: expected 1 to
func.func private @loss(%x: tensor<5xf64>, %s: index, %n: index) -> tensor<f64> {
  %z = arith.constant dense<0.0> : tensor<f64>
  %r = remat.recurrence count(%n) at(%t) carry(%c = %z : tensor<f64>) {
    %a = arith.constant 0 : index
    %e = arith.constant 5 : index
    %k = arith.subi %s, %t : index
    %i32 = arith.constant dense<0> : tensor<i32>
    %m = scf.for %i = %a to %e step %k iter_args(%u = %i32) -> (tensor<i32>) {
      %o = arith.constant dense<1> : tensor<i32>
      %v = arith.addi %u, %o : tensor<i32>
      scf.yield %v : tensor<i32>
    }
    %f = arith.sitofp %m : tensor<i32> to tensor<f64>
    %y = linalg.reduce { arith.addf } ins(%x : tensor<5xf64>) outs(%z : tensor<f64>) dimensions = [0]
    %p = arith.mulf %f, %y : tensor<f64>
    %d = arith.addf %c, %p : tensor<f64>
    remat.yield carry(%d : tensor<f64>)
  }
  return %r : tensor<f64>
}
func.func @in_step(%x: tensor<5xf64>, %s: index, %n: index) -> (tensor<f64>, tensor<5xf64>) {
  %l, %g = remat.value_and_gradient @loss(%x, %s, %n) wrt [0] : (tensor<5xf64>, index, index) -> (tensor<f64>, tensor<5xf64>)
  return %l, %g : tensor<f64>, tensor<5xf64>
}

// In the body of an operation the check stands in front of that.
// BODY: error: step of 'scf.for' is 0: expected 1 to
// THREE: r 2 2 2
#id = affine_map<(d0) -> (d0)>
func.func @body(%x: tensor<3xf64>, %s: index) -> (tensor<3xf64> {remat.name = "r"}) {
  %empty = tensor.empty() : tensor<3xf64>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<3xf64>) outs(%empty : tensor<3xf64>) {
  ^bb0(%v: f64, %o: f64):
    %a = arith.constant 0 : index
    %e = arith.constant 5 : index
    %z = arith.constant 0.0 : f64
    %sum = scf.for %i = %a to %e step %s iter_args(%c = %z) -> (f64) {
      %d = arith.addf %c, %v : f64
      scf.yield %d : f64
    }
    linalg.yield %sum : f64
  } -> tensor<3xf64>
  return %r : tensor<3xf64>
}

// ONE: r 5
func.func @unsigned(%x: tensor<5xf64>, %s: index) -> (tensor<f64> {remat.name = "r"}) {
  %a = arith.constant 0 : index
  %e = arith.constant 5 : index
  %z = arith.constant dense<0.0> : tensor<f64>
  %r = scf.for unsigned %i = %a to %e step %s iter_args(%c = %z) -> (tensor<f64>) {
    %v = tensor.extract %x[%i] : tensor<5xf64>
    %w = tensor.from_elements %v : tensor<f64>
    %d = arith.addf %c, %w : tensor<f64>
    scf.yield %d : tensor<f64>
  }
  return %r : tensor<f64>
}
