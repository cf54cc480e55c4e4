// RUN: remat-opt %s --remat-to-cpu=isa=generic | FileCheck %s
// RUN: remat-opt %s --remat-to-cpu="isa=generic accurate" | FileCheck %s --check-prefix=ACCURATE

// A vector function that reaches LLVM is one call of the C library per lane, without
// a word, and two of them would be computed as exp(x) - 1 and log(1 + x).

// CHECK-NOT: llvm.intr.{{exp|tanh|log}}
// CHECK-NOT: llvm.call @{{exp|tanh|log}}
// ACCURATE-DAG: llvm.intr.tanh
// ACCURATE-DAG: llvm.call @expm1f
// ACCURATE-DAG: llvm.call @log1pf
func.func @entry(%x: tensor<37xf32>) -> tensor<37xf32> {
  %0 = math.tanh %x : tensor<37xf32>
  %1 = math.expm1 %0 : tensor<37xf32>
  %2 = math.exp %1 : tensor<37xf32>
  %3 = math.log1p %2 : tensor<37xf32>
  %4 = math.log %3 : tensor<37xf32>
  %5 = math.erf %4 : tensor<37xf32>
  return %5 : tensor<37xf32>
}
