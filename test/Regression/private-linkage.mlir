// RUN: remat-opt %s --remat-to-cpu=isa=generic | FileCheck %s

// func.func private alone is exported from the object file.

// CHECK:     llvm.func internal @{{.*}}advance
// CHECK-NOT: llvm.func @{{.*}}advance
func.func @entry(%h0: tensor<4xf32>) -> tensor<4xf32> {
  %count = arith.constant 3 : index
  %h = remat.recurrence count(%count) at(%t) carry(%x = %h0 : tensor<4xf32>) {
    %next = math.tanh %x : tensor<4xf32>
    remat.yield carry(%next : tensor<4xf32>)
  }
  return %h : tensor<4xf32>
}
