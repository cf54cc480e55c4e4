// RUN: remat-run %s --entry main --input x=1 --output %t && %python %S/show.py %t/d.npy | FileCheck %s

// roll(x, 1) as StableHLO's concatenate arrives in linalg: y = [x3, x0, x1, x2], loss = sum k y[k].

// CHECK: d 1 2 3 0{{$}}
func.func private @loss(%x: tensor<4xf64>) -> tensor<f64> {
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %e = tensor.empty() : tensor<4xf64>
  %y = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} outs(%e : tensor<4xf64>) {
  ^bb0(%out: f64):
    %i = linalg.index 0 : index
    %first = arith.cmpi ult, %i, %c1 : index
    %v = scf.if %first -> (f64) {
      %a = arith.addi %i, %c3 : index
      %p = tensor.extract %x[%a] : tensor<4xf64>
      scf.yield %p : f64
    } else {
      %b = arith.subi %i, %c1 : index
      %q = tensor.extract %x[%b] : tensor<4xf64>
      scf.yield %q : f64
    }
    linalg.yield %v : f64
  } -> tensor<4xf64>
  %k = arith.constant dense<[0.0, 1.0, 2.0, 3.0]> : tensor<4xf64>
  %zero = arith.constant dense<0.0> : tensor<f64>
  %ky = arith.mulf %k, %y : tensor<4xf64>
  %s = linalg.reduce { arith.addf } ins(%ky : tensor<4xf64>) outs(%zero : tensor<f64>) dimensions = [0]
  return %s : tensor<f64>
}
func.func @main(%x: tensor<4xf64>) -> (tensor<f64>, tensor<4xf64>) {
  %l, %d = remat.value_and_gradient @loss(%x) wrt [0] : (tensor<4xf64>) -> (tensor<f64>, tensor<4xf64>)
  return %l, %d : tensor<f64>, tensor<4xf64>
}
