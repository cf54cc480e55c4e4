// RUN: remat-run %s --input h0=0.5 --input xs=0.5 --input ys=int:-5:6 --output %t | FileCheck %s
// RUN: remat-interpret %s --input h0=0.5 --input xs=0.5 --input ys=int:-5:6 --compare %t
// RUN: remat-opt %s --remat-to-cpu=isa=avx512 --mlir-print-ir-after=convert-linalg-to-cpu-kernels -o /dev/null 2>&1 \
// RUN:   | FileCheck %s --check-prefix=KERNELS

// A tail of one element of a truncated vector was stored with the width that it had before (LLVM 22, AVX-512): the cotangent of
// step 0, written last, lay over the first element of step 1. 17 elements are one vector and one more.

// CHECK: bits as keeping all {{ *}}identical
// KERNELS: vector.extract %{{.*}}[0] : bf16 from vector<16xbf16>
func.func private @last(%h0: tensor<1x17xbf16>, %xs: tensor<3x1x17xbf16>) -> tensor<bf16> {
  %zero = arith.constant dense<0.0> : tensor<bf16>
  %steps = arith.constant 3 : index
  %last = remat.recurrence count(%steps) at(%t) carry(%h = %h0 : tensor<1x17xbf16>) scan(%x = %xs : tensor<3x1x17xbf16>) {
    remat.yield carry(%x : tensor<1x17xbf16>)
  }
  %sum = linalg.reduce { arith.addf } ins(%last : tensor<1x17xbf16>) outs(%zero : tensor<bf16>) dimensions = [0, 1]
  return %sum : tensor<bf16>
}
func.func @main(%h0: tensor<1x17xbf16> {remat.name = "h0"}, %xs: tensor<3x1x17xbf16> {remat.name = "xs"},
                %ys: tensor<3x17xi32> {remat.name = "ys"})
    -> (tensor<3x1x17xbf16> {remat.name = "d_xs"}, tensor<3x17xi8> {remat.name = "narrow"}, tensor<3x17xi16> {remat.name = "half"}) {
  %loss, %d_xs = remat.value_and_gradient @last(%h0, %xs) wrt [1]
      : (tensor<1x17xbf16>, tensor<3x1x17xbf16>) -> (tensor<bf16>, tensor<3x1x17xbf16>)
  %steps = arith.constant 3 : index
  %d0 = arith.constant dense<0> : tensor<17xi32>
  // Rows from the last to the first, so that a row is written behind the one that follows it.
  %r, %narrow, %half = remat.recurrence reversed count(%steps) at(%t) carry(%c = %d0 : tensor<17xi32>) scan(%y = %ys : tensor<3x17xi32>)
      -> tensor<3x17xi8>, tensor<3x17xi16> {
    %s = arith.addi %c, %y : tensor<17xi32>
    %n = arith.trunci %s : tensor<17xi32> to tensor<17xi8>
    %m = arith.trunci %s : tensor<17xi32> to tensor<17xi16>
    remat.yield carry(%s : tensor<17xi32>) emit(%n, %m : tensor<17xi8>, tensor<17xi16>)
  }
  return %d_xs, %narrow, %half : tensor<3x1x17xbf16>, tensor<3x17xi8>, tensor<3x17xi16>
}
