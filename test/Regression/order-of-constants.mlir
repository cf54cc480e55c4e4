// RUN: remat-opt %s --remat-to-cpu > %t.first
// RUN: remat-opt %s --remat-to-cpu > %t.second
// RUN: remat-opt %s --remat-to-cpu > %t.third
// RUN: diff %t.first %t.second
// RUN: diff %t.first %t.third
// RUN: FileCheck %s < %t.first

// Constants of two functions, which bufferization visits in an order of its own, lie in
// the order of the program.

// CHECK: llvm.mlir.global private constant @__constant_0({{.*}} : tensor<3x8xf32>)
// CHECK: llvm.mlir.global private constant @__constant_1({{.*}} : tensor<3xf32>)
module {
  func.func private @loss0(%arg0: tensor<3x8xf32> {remat.name = "a1"}) -> (tensor<f32> {remat.name = "v37"}) {
    %c0 = arith.constant 0 : index
    %cst = arith.constant dense<[-9.375000e-01, 3.750000e-01, -5.625000e-01]> : tensor<3xf32>
    %c1 = arith.constant 1 : index
    %extracted_slice = tensor.extract_slice %arg0[2, 2] [1, 1] [1, 1] : tensor<3x8xf32> to tensor<f32>
    %stacked = remat.recurrence count(%c1)  at(%t) -> tensor<1x3xf32> {
      remat.yield emit(%cst : tensor<3xf32>)
    }
    %extracted_slice_0 = tensor.extract_slice %stacked[0, %c0] [1, 1] [1, 2] : tensor<1x3xf32> to tensor<f32>
    %0 = arith.addf %extracted_slice_0, %extracted_slice : tensor<f32>
    return %0 : tensor<f32>
  }
  func.func @main(%arg0: tensor<1x3xi1> {remat.name = "a39"}, %arg1: tensor<8x3xf32> {remat.name = "a46"}) -> (tensor<f32> {remat.name = "r41"}) {
    %cst = arith.constant dense<[[-1.437500e+00, -0.000000e+00, 7.500000e-01, -1.125000e+00, 1.062500e+00, 2.500000e-01, -0.000000e+00, 1.062500e+00], [-1.312500e+00, -1.250000e+00, 4.375000e-01, 7.500000e-01, 1.375000e+00, 3.125000e-01, -5.625000e-01, 3.125000e-01], [1.500000e+00, 7.500000e-01, -1.187500e+00, 1.312500e+00, 1.125000e+00, 1.125000e+00, 1.000000e+00, -1.000000e+00]]> : tensor<3x8xf32>
    %0:2 = remat.value_and_gradient @loss0(%cst) wrt [0] : (tensor<3x8xf32>) -> (tensor<f32>, tensor<3x8xf32>)
    return %0#0 : tensor<f32>
  }
}
