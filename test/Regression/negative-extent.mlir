// RUN: %exits 1 remat-run %s --input x=1 --input n=-1 | FileCheck %s
// RUN: remat-run %s --input x=2 --input n=3 --output %t && %python %S/show.py %t/r.npy | FileCheck %s --check-prefix=THREE

// A buffer whose extent is a number of the caller's is planned before the program runs; what is wrong with it is said where
// it stands.

// CHECK: error: an extent is -1: expected at least 0 ({{.*}}negative-extent.mlir:[[#@LINE+2]])
// THREE: r 6
func.func @main(%x: tensor<f64>, %n: index) -> (tensor<f64> {remat.name = "r"}) {
  %z = arith.constant dense<0.0> : tensor<f64>
  %e = tensor.empty(%n) : tensor<?xf64>
  %xe = tensor.extract %x[] : tensor<f64>
  %s = linalg.fill ins(%xe : f64) outs(%e : tensor<?xf64>) -> tensor<?xf64>
  %r = linalg.reduce { arith.addf } ins(%s : tensor<?xf64>) outs(%z : tensor<f64>) dimensions = [0]
  return %r : tensor<f64>
}
