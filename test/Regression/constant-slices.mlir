// RUN: %exits 6 remat-run %s --entry size | FileCheck %s --check-prefix=SIZE
// RUN: %exits 6 remat-run %s --entry offset | FileCheck %s --check-prefix=OFFSET
// RUN: remat-run %s --entry branch --input b=0 --input x=1 --output %t && %python %S/show.py %t/r.npy | FileCheck %s --check-prefix=BRANCH
// RUN: %exits 6 remat-run %s --entry branch --input b=1 | FileCheck %s --check-prefix=TAKEN
// RUN: remat-run %s --entry loop --input n=0
// RUN: %exits 6 remat-run %s --entry loop --input n=1 | FileCheck %s --check-prefix=LOOP
// RUN: %exits 6 remat-run %s --entry backwards --input o=6 | FileCheck %s --check-prefix=BACKWARDS
// RUN: %exits 6 remat-run %s --entry less_than_nothing --input o=6 --steps 3 | FileCheck %s --check-prefix=LESS

// Numbers that are values say what a slice is, and the verifier does not look at them: such a slice read and
// wrote behind its tensor, or a simplification made an invalid operation of it. It fails where it is used.

// SIZE: error: size 1 of 'tensor.extract_slice' is 13: expected 0 to 12
func.func @size(%x: tensor<2x12xf32>) -> tensor<f32> {
  %c13 = arith.constant 13 : index
  %zero = arith.constant dense<0.0> : tensor<f32>
  %s = tensor.extract_slice %x[1, 0] [1, %c13] [1, 1] : tensor<2x12xf32> to tensor<?xf32>
  %r = linalg.reduce { arith.addf } ins(%s : tensor<?xf32>) outs(%zero : tensor<f32>) dimensions = [0]
  return %r : tensor<f32>
}

// OFFSET: error: offset 1 of 'tensor.extract_slice' is 11: expected 0 to 10
func.func private @loss(%x: tensor<2x12xf32>) -> tensor<f32> {
  %c2 = arith.constant 2 : index
  %zero = arith.constant dense<0.0> : tensor<f32>
  %s = tensor.extract_slice %x[0, 11] [2, %c2] [1, 1] : tensor<2x12xf32> to tensor<2x?xf32>
  %t = math.tanh %s : tensor<2x?xf32>
  %i = tensor.insert_slice %t into %x[0, 11] [2, %c2] [1, 1] : tensor<2x?xf32> into tensor<2x12xf32>
  %r = linalg.reduce { arith.addf } ins(%i : tensor<2x12xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1]
  return %r : tensor<f32>
}
func.func @offset(%x: tensor<2x12xf32>) -> (tensor<f32>, tensor<2x12xf32>) {
  %l, %d = remat.value_and_gradient @loss(%x) wrt [0] : (tensor<2x12xf32>) -> (tensor<f32>, tensor<2x12xf32>)
  return %l, %d : tensor<f32>, tensor<2x12xf32>
}

// BRANCH: r 1 1 1
// TAKEN: error: size 1 of 'tensor.insert_slice' is 17: expected 0 to 3
func.func @branch(%x: tensor<2x3xf32>, %y: tensor<17xf32>, %b: i1) -> (tensor<2x3xf32> {remat.name = "r"}) {
  %c17 = arith.constant 17 : index
  %r = scf.if %b -> tensor<2x3xf32> {
    %s = tensor.extract_slice %y[0] [%c17] [1] : tensor<17xf32> to tensor<?xf32>
    %i = tensor.insert_slice %s into %x[0, 0] [1, %c17] [1, 1] : tensor<?xf32> into tensor<2x3xf32>
    scf.yield %i : tensor<2x3xf32>
  } else {
    scf.yield %x : tensor<2x3xf32>
  }
  return %r : tensor<2x3xf32>
}

// LOOP: error: size 0 of 'tensor.extract_slice' is -1 at step 0: expected 0 to 16
func.func @loop(%x: tensor<16xf32>, %n: index) -> tensor<16xf32> {
  %less = arith.constant -1 : index
  %h = remat.recurrence count(%n) at(%t) carry(%h = %x : tensor<16xf32>) {
    %s = tensor.extract_slice %h[0] [%less] [1] : tensor<16xf32> to tensor<?xf32>
    %q = math.sin %s : tensor<?xf32>
    %i = tensor.insert_slice %q into %h[0] [%less] [1] : tensor<?xf32> into tensor<16xf32>
    remat.yield carry(%i : tensor<16xf32>)
  }
  return %h : tensor<16xf32>
}

// BACKWARDS: error: stride 0 of 'tensor.extract_slice' is -3: expected 1 to 11
func.func @backwards(%x: tensor<12xf32>, %o: index) -> tensor<f32> {
  %c2 = arith.constant 2 : index
  %back = arith.constant -3 : index
  %zero = arith.constant dense<0.0> : tensor<f32>
  %s = tensor.extract_slice %x[%o] [%c2] [%back] : tensor<12xf32> to tensor<?xf32>
  %r = linalg.reduce { arith.addf } ins(%s : tensor<?xf32>) outs(%zero : tensor<f32>) dimensions = [0]
  return %r : tensor<f32>
}

// LESS: error: extent 0 of the source of 'tensor.insert_slice' is 3: expected -1
func.func @less_than_nothing(%x: tensor<12xf32>, %y: tensor<?xf32>, %o: index) -> tensor<12xf32> {
  %less = arith.constant -1 : index
  %r = tensor.insert_slice %y into %x[%o] [%less] [1] : tensor<?xf32> into tensor<12xf32>
  return %r : tensor<12xf32>
}
