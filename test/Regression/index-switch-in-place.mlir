// RUN: remat-run %s --entry updated --input x=1 --input i=0 --output %t && %python %S/show.py %t/new.npy %t/y.npy | FileCheck %s
// RUN: remat-run %s --entry gradient --input x=1 --input i=0 --check-gradient --output %t && %python %S/show.py %t/d.npy | FileCheck %s --check-prefix=DEFAULT
// RUN: remat-run %s --entry gradient --input x=1 --input i=-3 --check-gradient --output %t && %python %S/show.py %t/d.npy | FileCheck %s --check-prefix=CASE

// A result of scf.index_switch may be an argument, which must not be overwritten through it.
// CHECK: new 2 1 1
// CHECK: y 0.84147
// CHECK-NOT: 0.909
func.func @updated(%x: tensor<3xf32>, %i: tensor<index>) -> (tensor<3xf32>, tensor<3xf32>) {
  %k = tensor.extract %i[] : tensor<index>
  %s = scf.index_switch %k -> tensor<3xf32>
  case 1 {
    %a = math.exp %x : tensor<3xf32>
    scf.yield %a : tensor<3xf32>
  }
  default {
    scf.yield %x : tensor<3xf32>
  }
  %c0 = arith.constant 0 : index
  %two = arith.constant 2.0 : f32
  %new = tensor.insert %two into %s[%c0] : tensor<3xf32>
  %y = math.sin %x : tensor<3xf32>
  return %new, %y : tensor<3xf32>, tensor<3xf32>
}

// A gradient passes through the case that is taken, of arrays and of numbers.
// DEFAULT: d 2 3.5 2
// CASE: d 1 2.5 1
func.func private @loss(%x: tensor<3xf32>, %i: tensor<index>) -> tensor<f32> {
  %zero = arith.constant dense<0.0> : tensor<f32>
  %k = tensor.extract %i[] : tensor<index>
  %s = scf.index_switch %k -> tensor<3xf32>
  case 1 {
    %a = math.exp %x : tensor<3xf32>
    scf.yield %a : tensor<3xf32>
  }
  case -3 {
    scf.yield %x : tensor<3xf32>
  }
  default {
    %a = arith.addf %x, %x : tensor<3xf32>
    scf.yield %a : tensor<3xf32>
  }
  %c1 = arith.constant 1 : index
  %element = tensor.extract %x[%c1] : tensor<3xf32>
  %half = arith.constant 0.5 : f32
  %number = scf.index_switch %k -> f32
  case 1 {
    scf.yield %half : f32
  }
  default {
    %h = arith.mulf %half, %element : f32
    scf.yield %h : f32
  }
  %filled = tensor.splat %number : tensor<3xf32>
  %both = arith.addf %s, %filled : tensor<3xf32>
  %sum = linalg.reduce { arith.addf } ins(%both : tensor<3xf32>) outs(%zero : tensor<f32>) dimensions = [0]
  return %sum : tensor<f32>
}
func.func @gradient(%x: tensor<3xf32>, %i: tensor<index>) -> (tensor<f32>, tensor<3xf32>) {
  %l, %d = remat.value_and_gradient @loss(%x, %i) wrt [0] : (tensor<3xf32>, tensor<index>) -> (tensor<f32>, tensor<3xf32>)
  return %l, %d : tensor<f32>, tensor<3xf32>
}
