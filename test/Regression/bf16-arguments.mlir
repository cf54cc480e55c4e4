// REQUIRES: x86_64
// UNSUPPORTED: target-cpu
// RUN: remat-run %s --target-cpu x86-64 --input x=1 --input i=0 --input a=0.5 --output %t && %python %S/show.py %t/r.npy | FileCheck %s
// RUN: remat-run %s --target-cpu x86-64 --denormals keep --input x=1 --input i=5 --input a=0.5 --output %t && %python %S/show.py %t/r.npy | FileCheck %s

// A bf16 argument that is used behind a branch: on processors without instructions for bf16 LLVM keeps it as a float, and
// calls a function to get it back that is on few machines.

// CHECK: r 2.5
func.func @main(%x: tensor<bf16>, %i: index, %a: bf16) -> (tensor<f32> {remat.name = "r"}) {
  %cst = arith.constant dense<0.0> : tensor<bf16>
  %e1 = tensor.empty() : tensor<1xbf16>
  %table = linalg.broadcast ins(%cst : tensor<bf16>) outs(%e1 : tensor<1xbf16>) dimensions = [0]
  %c1 = arith.constant 1 : index
  %outside = arith.cmpi uge, %i, %c1 : index
  %unread = scf.if %outside -> (bf16) {
    scf.yield %a : bf16
  } else {
    %wide = arith.extf %x : tensor<bf16> to tensor<f64>
    %e = tensor.empty() : tensor<bf16>
    %mapped = linalg.map ins(%wide, %cst : tensor<f64>, tensor<bf16>) outs(%e : tensor<bf16>)
      (%in: f64, %in_0: bf16, %init: bf16) {
        %read = tensor.extract %table[%i] : tensor<1xbf16>
        linalg.yield %in_0 : bf16
      }
    scf.yield %a : bf16
  }
  %two = arith.addf %x, %x : tensor<bf16>
  %e2 = tensor.empty() : tensor<bf16>
  %filled = linalg.fill ins(%a : bf16) outs(%e2 : tensor<bf16>) -> tensor<bf16>
  %y = arith.addf %two, %filled : tensor<bf16>
  %r = arith.extf %y : tensor<bf16> to tensor<f32>
  return %r : tensor<f32>
}
