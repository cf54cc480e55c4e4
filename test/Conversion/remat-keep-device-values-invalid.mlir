// RUN: remat-opt %s -remat-keep-device-values -verify-diagnostics

func.func private @step_advance(%t: index, %pos: index, %h: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
remat.chain "private" @step advance(@step_advance) carry [tensor<4xf32>]

func.func @count_of_array(%h0: tensor<4xf32>, %counts: tensor<2xi64>) -> tensor<4xf32> {
  %c1 = arith.constant 1 : index
  %carry = tensor.empty() : tensor<4xf32>
  %count = tensor.extract %counts[%c1] : tensor<2xi64>
  %n = arith.index_cast %count : i64 to index
  // expected-error @below {{the number of steps depends on an array, which lies in the memory of the device: GPUs are given plans from extents and scalars}}
  %h = remat.forward_sweep @step count(%n) init(%h0 : tensor<4xf32>) final(%carry : tensor<4xf32>) -> tensor<4xf32>
  return %h : tensor<4xf32>
}
