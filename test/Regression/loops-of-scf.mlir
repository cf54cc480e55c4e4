// RUN: remat-run %s --entry anew --input x=0.5 --input k=2 --output %t.1 && %python %S/show.py %t.1/y.npy | FileCheck %s --check-prefix=ANEW
// RUN: remat-run %s --entry swap --input x=1 --input y=2 --output %t.2 \
// RUN:   && %python %S/show.py %t.2/first.npy %t.2/second.npy | FileCheck %s --check-prefix=SWAP
// RUN: remat-run %s --entry forwarded --input x=1 --output %t.3 && %python %S/show.py %t.3/y.npy | FileCheck %s --check-prefix=FORWARDED
// RUN: remat-run %s --entry scalar_select --input v=1 --input w=2 --input k=1 --output %t.4 \
// RUN:   && %python %S/show.py %t.4/y.npy %t.4/z.npy | FileCheck %s --check-prefix=FIRST
// RUN: remat-run %s --entry scalar_select --input v=1 --input w=2 --input k=2 --output %t.5 \
// RUN:   && %python %S/show.py %t.5/y.npy %t.5/z.npy | FileCheck %s --check-prefix=SECOND

// One-shot bufferization alone refuses the loops: "Yield operand #0 is not equivalent to the
// corresponding iter bbArg".

// ANEW: y 2048 2048 2048{{$}}
func.func @anew(%x: tensor<3xf64>, %k: tensor<3xi32>) -> tensor<3xf64> {
  %n = arith.constant 3 : index
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %y = remat.recurrence count(%n) at(%t) carry(%c = %x : tensor<3xf64>) {
    %s = scf.for %i = %c0 to %n step %c1 iter_args(%a = %k) -> tensor<3xi32> {
      %b = arith.addi %a, %a : tensor<3xi32>
      scf.yield %b : tensor<3xi32>
    }
    %f = arith.sitofp %s : tensor<3xi32> to tensor<3xf64>
    %next = arith.mulf %c, %f : tensor<3xf64>
    remat.yield carry(%next : tensor<3xf64>)
  }
  return %y : tensor<3xf64>
}

// SWAP: first 2 2 2{{$}}
// SWAP: second 1 1 1{{$}}
func.func @swap(%x: tensor<3xf64>, %y: tensor<3xf64>) -> (tensor<3xf64>, tensor<3xf64>) {
  %n = arith.constant 3 : index
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %first, %second = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x, %b = %y) -> (tensor<3xf64>, tensor<3xf64>) {
    scf.yield %b, %a : tensor<3xf64>, tensor<3xf64>
  }
  return %first, %second : tensor<3xf64>, tensor<3xf64>
}

// Doubled until an element is 10 at least; what is forwarded is three times that.
// FORWARDED: y 48 48 48{{$}}
func.func @forwarded(%x: tensor<3xf64>) -> tensor<3xf64> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %ten = arith.constant 10.0 : f64
  %threes = arith.constant dense<3.0> : tensor<3xf64>
  %half = arith.constant dense<0.6666666666666666> : tensor<3xf64>
  %y = scf.while (%i = %c0, %a = %x) : (index, tensor<3xf64>) -> tensor<3xf64> {
    %three = arith.mulf %a, %threes : tensor<3xf64>
    %element = tensor.extract %a[%c0] : tensor<3xf64>
    %more = arith.cmpf olt, %element, %ten : f64
    scf.condition(%more) %three : tensor<3xf64>
  } do {
  ^bb0(%three: tensor<3xf64>):
    %next = arith.mulf %three, %half : tensor<3xf64>
    scf.yield %c1, %next : index, tensor<3xf64>
  }
  return %y : tensor<3xf64>
}

// %v where %k is not 2, else %w: as a select and as a conditional on outside tensors.
// FIRST: y 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1{{$}}
// FIRST: z 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1{{$}}
// SECOND: y 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2{{$}}
// SECOND: z 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2{{$}}
func.func @scalar_select(%v: tensor<17xf32>, %w: tensor<17xf32>, %k: tensor<i32>) -> (tensor<17xf32>, tensor<17xf32>) {
  %e = tensor.extract %k[] : tensor<i32>
  %c = arith.constant 2 : i32
  %b = arith.cmpi ne, %e, %c : i32
  %y = arith.select %b, %v, %w : tensor<17xf32>
  %z = scf.if %b -> (tensor<17xf32>) {
    scf.yield %v : tensor<17xf32>
  } else {
    scf.yield %w : tensor<17xf32>
  }
  return %y, %z : tensor<17xf32>, tensor<17xf32>
}
