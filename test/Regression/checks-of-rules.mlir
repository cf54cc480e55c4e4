// RUN: remat-run %s --entry branch --input x=0.5 --input i=1 --output %t && %python %S/show.py %t/g.npy | FileCheck %s --check-prefix=BRANCH
// RUN: remat-run %s --entry branch --input x=0.5 --input i=1 --budget min --output %t && %python %S/show.py %t/g.npy | FileCheck %s --check-prefix=BRANCH
// RUN: %exits 6 remat-run %s --entry branch --input x=0.5 --input i=3 | FileCheck %s --check-prefix=OUTSIDE
// RUN: remat-run %s --entry cotangent --input x=0.5 --input s=2 --output %t && %python %S/show.py %t/g.npy | FileCheck %s --check-prefix=COTANGENT
// RUN: %exits 6 remat-run %s --entry cotangent --input x=0.5 --input s=5 | FileCheck %s --check-prefix=FIVE
// RUN: remat-run %s --entry chosen --input x=0.5 --input i=1 --output %t && %python %S/show.py %t/g.npy | FileCheck %s --check-prefix=CHOSEN
// RUN: %exits 6 remat-run %s --entry chosen --input x=0.5 --input i=9 | FileCheck %s --check-prefix=NINE

// The adjoint of a branch in which a custom rule is called has the checks of what it calls once more. They need cotangents, which the
// forward steps have not: these took them from where there was nothing, and the compiler crashed.

func.func private @f(%a: tensor<3xf32>, %i: index) -> tensor<3xf32> {
  %table = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %e = tensor.extract %table[%i] : tensor<2xf32>
  %s = tensor.splat %e : tensor<3xf32>
  %0 = arith.mulf %a, %s : tensor<3xf32>
  return %0 : tensor<3xf32>
}
func.func private @rule(%a: tensor<3xf32>, %i: index, %y: tensor<3xf32>, %dy: tensor<3xf32>) -> tensor<3xf32> {
  %0 = arith.mulf %y, %dy : tensor<3xf32>
  return %0 : tensor<3xf32>
}
func.func private @branch_loss(%x: tensor<3xf32>, %i: index) -> tensor<f32> {
  %c3 = arith.constant 3 : index
  %c1 = arith.constant 1 : index
  %init = arith.constant dense<0.5> : tensor<3xf32>
  %z = arith.constant dense<0.0> : tensor<f32>
  %h = remat.recurrence count(%c3) at(%t) carry(%c = %init : tensor<3xf32>) {
    %k = arith.cmpi ne, %t, %c1 : index
    %v = scf.if %k -> (tensor<3xf32>) {
      scf.yield %x : tensor<3xf32>
    } else {
      %w = remat.custom_vjp @f(%x, %i) rule @rule : (tensor<3xf32>, index) -> tensor<3xf32>
      scf.yield %w : tensor<3xf32>
    }
    %d = arith.mulf %v, %c : tensor<3xf32>
    remat.yield carry(%d : tensor<3xf32>)
  }
  %r = linalg.reduce { arith.addf } ins(%h : tensor<3xf32>) outs(%z : tensor<f32>) dimensions = [0]
  return %r : tensor<f32>
}
// The steps multiply by 0.5, 1 (twice 0.5, by the rule with the derivative 1) and 0.5:
// 0.25 + 0.125 * 1 + 0.25.
// BRANCH: g 0.625 0.625 0.625
// OUTSIDE: error: index 3 at position 0 is outside its table: expected 0 to 1
func.func @branch(%x: tensor<3xf32>, %i: index) -> (tensor<f32>, tensor<3xf32> {remat.name = "g"}) {
  %r, %g = remat.value_and_gradient @branch_loss(%x, %i) wrt [0] : (tensor<3xf32>, index) -> (tensor<f32>, tensor<3xf32>)
  return %r, %g : tensor<f32>, tensor<3xf32>
}

// A rule that reads at an index which it computes from the cotangent is checked where it runs.
func.func private @identity(%a: tensor<f32>) -> tensor<f32> {
  return %a : tensor<f32>
}
func.func private @looked_up(%a: tensor<f32>, %y: tensor<f32>, %dy: tensor<f32>) -> tensor<f32> {
  %table = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %d = tensor.extract %dy[] : tensor<f32>
  %n = arith.fptosi %d : f32 to i32
  %k = arith.index_cast %n : i32 to index
  %e = tensor.extract %table[%k] : tensor<4xf32>
  %t = tensor.from_elements %e : tensor<f32>
  return %t : tensor<f32>
}
func.func private @cotangent_loss(%x: tensor<f32>, %s: tensor<f32>) -> tensor<f32> {
  %c2 = arith.constant 2 : index
  %z = arith.constant dense<0.0> : tensor<f32>
  %h = remat.recurrence count(%c2) at(%t) carry(%c = %z : tensor<f32>) {
    %w = remat.custom_vjp @identity(%x) rule @looked_up : (tensor<f32>) -> tensor<f32>
    %p = arith.mulf %w, %s : tensor<f32>
    %d = arith.addf %c, %p : tensor<f32>
    remat.yield carry(%d : tensor<f32>)
  }
  return %h : tensor<f32>
}
// COTANGENT: g 6
// FIVE: error: index 5 at {{.*}}position 0 is outside its table: expected 0 to 3
func.func @cotangent(%x: tensor<f32>, %s: tensor<f32>) -> (tensor<f32>, tensor<f32> {remat.name = "g"}) {
  %r, %g = remat.value_and_gradient @cotangent_loss(%x, %s) wrt [0] : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %r, %g : tensor<f32>, tensor<f32>
}

// A read in a branch of a rule, at an index that is no cotangent's: nothing else has checked it.
func.func private @chosen_rule(%a: tensor<f32>, %i: index, %y: tensor<f32>, %dy: tensor<f32>) -> tensor<f32> {
  %table = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %zero = arith.constant 0.0 : f32
  %d = tensor.extract %dy[] : tensor<f32>
  %positive = arith.cmpf ogt, %d, %zero : f32
  %r = scf.if %positive -> (tensor<f32>) {
    %e = tensor.extract %table[%i] : tensor<4xf32>
    %t = tensor.from_elements %e : tensor<f32>
    scf.yield %t : tensor<f32>
  } else {
    scf.yield %dy : tensor<f32>
  }
  return %r : tensor<f32>
}
func.func private @plain(%a: tensor<f32>, %i: index) -> tensor<f32> {
  return %a : tensor<f32>
}
func.func private @chosen_loss(%x: tensor<f32>, %i: index) -> tensor<f32> {
  %c2 = arith.constant 2 : index
  %z = arith.constant dense<0.0> : tensor<f32>
  %h = remat.recurrence count(%c2) at(%t) carry(%c = %z : tensor<f32>) {
    %w = remat.custom_vjp @plain(%x, %i) rule @chosen_rule : (tensor<f32>, index) -> tensor<f32>
    %d = arith.addf %c, %w : tensor<f32>
    remat.yield carry(%d : tensor<f32>)
  }
  return %h : tensor<f32>
}
// CHOSEN: g 4
// NINE: error: index 9 at {{.*}}position 0 is outside its table: expected 0 to 3
func.func @chosen(%x: tensor<f32>, %i: index) -> (tensor<f32>, tensor<f32> {remat.name = "g"}) {
  %r, %g = remat.value_and_gradient @chosen_loss(%x, %i) wrt [0] : (tensor<f32>, index) -> (tensor<f32>, tensor<f32>)
  return %r, %g : tensor<f32>, tensor<f32>
}
