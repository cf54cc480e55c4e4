// RUN: %exits 6 remat-run %s --input i=999999941 --input x=0.5 --input z=1 | FileCheck %s --check-prefix=FAR
// RUN: %exits 6 remat-run %s --input i=1 --input x=0.5 --input z=1 | FileCheck %s --check-prefix=NEXT
// RUN: remat-run %s --input i=0 --input x=0.5 --input z=1 --output %t && %python %S/show.py %t/r.npy | FileCheck %s --check-prefix=INSIDE
// RUN: remat-opt %s --remat-differentiate --remat-outline-steps --canonicalize --remat-fuse-elementwise | FileCheck %s --check-prefix=FUSED

// The index of the check was computed in one loop with the sum behind the sweep, and the check
// went there with it: nobody saw that the steps of the sweep read at that index.

// FAR: error: index 999999941 at position 0 is outside its table: expected 0 to 0
// NEXT: error: index 1 at position 0 is outside its table: expected 0 to 0
// INSIDE: r 2.5{{$}}

func.func private @loss(%x: tensor<1x1xf32>, %z: tensor<f32>, %i: index) -> tensor<f32> {
  %one = arith.constant 1 : index
  %s = remat.recurrence count(%one) at(%t) -> tensor<1x1xf32> {
    %e = tensor.empty() : tensor<1xf32>
    %g = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} outs(%e : tensor<1xf32>) {
    ^bb0(%out: f32):
      %v = tensor.extract %x[%t, %i] : tensor<1x1xf32>
      linalg.yield %v : f32
    } -> tensor<1xf32>
    remat.yield emit(%g : tensor<1xf32>)
  }
  %sum = linalg.reduce { arith.addf } ins(%s : tensor<1x1xf32>) outs(%z : tensor<f32>) dimensions = [0, 1]
  %r = arith.addf %z, %sum : tensor<f32>
  return %r : tensor<f32>
}
func.func @main(%x: tensor<1x1xf32>, %z: tensor<f32>, %i: index) -> (tensor<f32> {remat.name = "r"}) {
  %r, %d = remat.value_and_gradient @loss(%x, %z, %i) wrt [0] : (tensor<1x1xf32>, tensor<f32>, index) -> (tensor<f32>, tensor<1x1xf32>)
  return %r : tensor<f32>
}

// FUSED-LABEL: func.func @checked
// FUSED: remat.check_indices
// FUSED: remat.forward_sweep
func.func @checked(%x: tensor<4xf32>, %z: tensor<f32>, %i: index) -> tensor<f32> {
  %n = arith.constant 4 : index
  %at = tensor.splat %i : tensor<index>
  %number = arith.index_cast %at : tensor<index> to tensor<i64>
  remat.check_indices %number below %n : tensor<i64>
  %f = remat.recurrence count(%n) at(%t) carry(%c = %z : tensor<f32>) {
    %v = tensor.extract %x[%i] : tensor<4xf32>
    %e = tensor.splat %v : tensor<f32>
    %s = arith.addf %c, %e : tensor<f32>
    remat.yield carry(%s : tensor<f32>)
  }
  %r = arith.addf %z, %f : tensor<f32>
  return %r : tensor<f32>
}
