// RUN: remat-run %s --input choice=0 --output %t && %python %S/show.py %t/updated.npy %t/table.npy | FileCheck %s

// A result of scf.index_switch may be a slice of a tensor that stays alive. With
// allocations allowed in loops, one-shot-bufferize of MLIR 22.1.8 makes no copy and
// the update below writes into the table. The pipeline never asks for that mode.

// CHECK: updated 8 8 8 8
// CHECK: table 7 7 7 7 7 7 7 7

#id = affine_map<(i) -> (i)>
func.func @entry(%choice: index) -> (tensor<4xf32>, tensor<2x4xf32>) {
  %one = arith.constant 1.0 : f32
  %seven = arith.constant 7.0 : f32
  %empty = tensor.empty() : tensor<2x4xf32>
  %table = linalg.fill ins(%seven : f32) outs(%empty : tensor<2x4xf32>) -> tensor<2x4xf32>
  %chosen = scf.index_switch %choice -> tensor<4xf32>
  case 0 {
    %row = tensor.extract_slice %table[0, 0] [1, 4] [1, 1] : tensor<2x4xf32> to tensor<4xf32>
    scf.yield %row : tensor<4xf32>
  }
  default {
    %row = tensor.extract_slice %table[1, 0] [1, 4] [1, 1] : tensor<2x4xf32> to tensor<4xf32>
    scf.yield %row : tensor<4xf32>
  }
  %updated = linalg.generic {indexing_maps = [#id], iterator_types = ["parallel"]} outs(%chosen : tensor<4xf32>) {
  ^bb0(%x: f32):
    %y = arith.addf %x, %one : f32
    linalg.yield %y : f32
  } -> tensor<4xf32>
  return %updated, %table : tensor<4xf32>, tensor<2x4xf32>
}
