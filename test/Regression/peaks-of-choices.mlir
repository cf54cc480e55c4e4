// RUN: remat-run %s --entry main --input x=0.5 --input n=0 --input i=0 --input c=0 | FileCheck %s
// RUN: remat-run %s --entry main --input x=0.5 --input n=0 --input i=0 --input c=1 | FileCheck %s
// RUN: remat-run %s --entry main --input x=0.5 --input n=3 --input i=0 --input c=0 | FileCheck %s
// RUN: remat-run %s --entry main --input x=0.5 --input n=3 --input i=0 --input c=1 | FileCheck %s

// The sweep adds to one of two buffers, and one of them is written in a branch: not in every run, though the
// sweep writes to what may be either. It lies below what every run writes.

// CHECK: planned peak [[PEAK:.*]]
// CHECK-NEXT: measured peak [[PEAK]]

func.func private @loss(%x: tensor<8x8xbf16>, %n: index, %i: index, %c: tensor<i1>) -> tensor<bf16> {
  %other = arith.constant -1.375 : bf16
  %start = arith.constant dense<0.5> : tensor<bf16>
  %final = remat.recurrence count(%n) at(%t) carry(%h = %x : tensor<8x8xbf16>) {
    remat.yield carry(%x : tensor<8x8xbf16>)
  }
  %condition = tensor.extract %c[] : tensor<i1>
  %read = scf.if %condition -> (bf16) {
    %element = tensor.extract %x[%i, %i] : tensor<8x8xbf16>
    scf.yield %element : bf16
  } else {
    scf.yield %other : bf16
  }
  %number = tensor.from_elements %read : tensor<bf16>
  %corner = tensor.extract_slice %final[1, 7] [1, 1] [1, 1] : tensor<8x8xbf16> to tensor<1x1xbf16>
  %sum = linalg.reduce { arith.addf } ins(%corner : tensor<1x1xbf16>) outs(%start : tensor<bf16>) dimensions = [0, 1]
  %loss = arith.addf %number, %sum : tensor<bf16>
  return %loss : tensor<bf16>
}

func.func @main(%x: tensor<8x8xbf16>, %n: index, %i: index, %c: tensor<i1>) -> tensor<8x8xbf16> {
  %loss, %gradient = remat.value_and_gradient @loss(%x, %n, %i, %c) wrt [0]
    : (tensor<8x8xbf16>, index, index, tensor<i1>) -> (tensor<bf16>, tensor<8x8xbf16>)
  return %gradient : tensor<8x8xbf16>
}
