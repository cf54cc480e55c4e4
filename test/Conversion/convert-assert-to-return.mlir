// RUN: remat-opt %s --pass-pipeline='builtin.module(gpu.module(convert-assert-to-return))' | FileCheck %s

// All that fail share an exit. What is not flat is refused in convert-assert-to-return-invalid.mlir.
// CHECK-LABEL: gpu.func @kernel(
// CHECK-SAME:    %[[FIRST:.*]]: i1, %[[SECOND:.*]]: i1)
// CHECK:         cf.cond_br %[[FIRST]], ^[[NEXT:.*]], ^[[EXIT:.*]]
// CHECK:       ^[[NEXT]]:
// CHECK:         gpu.barrier
// CHECK:         cf.cond_br %[[SECOND]], ^[[LAST:.*]], ^[[EXIT]]
// CHECK:       ^[[LAST]]:
// CHECK:         gpu.barrier
// CHECK:         gpu.return
// CHECK:       ^[[EXIT]]:
// CHECK-NEXT:    gpu.return
// CHECK-LABEL: gpu.func @nothing
// CHECK-NEXT:    gpu.return
// CHECK-NEXT:  }
gpu.module @kernels {
  gpu.func @kernel(%first: i1, %second: i1) kernel {
    cf.assert %first, ""
    gpu.barrier
    cf.assert %second, ""
    gpu.barrier
    gpu.return
  }
  gpu.func @nothing() kernel {
    gpu.return
  }
}
