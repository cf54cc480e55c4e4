// RUN: remat-run %s --input a0=1 --input b0=10 --output %t && %python %S/show.py %t/a.npy %t/b.npy | FileCheck %s

// Two carries that read each other. State that is updated through a writable view of
// its own buffer (bufferization.to_tensor and materialize_in_destination) is believed
// to be unaliased by MLIR 22.1.8, and one of the two would read the other's new value.
// Step functions take tensors, so the analysis sees every reader.

// (1, 10) -> (10, 11) -> (11, 21) -> (21, 32)
// CHECK: a 21 21 21 21
// CHECK: b 32 32 32 32
func.func @entry(%a0: tensor<4xf32>, %b0: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %count = arith.constant 3 : index
  %a, %b = remat.recurrence count(%count) at(%t)
      carry(%x = %a0 : tensor<4xf32>, %y = %b0 : tensor<4xf32>) {
    %sum = arith.addf %x, %y : tensor<4xf32>
    remat.yield carry(%y, %sum : tensor<4xf32>, tensor<4xf32>)
  }
  return %a, %b : tensor<4xf32>, tensor<4xf32>
}
