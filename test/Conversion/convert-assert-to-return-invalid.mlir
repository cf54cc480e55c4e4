// RUN: remat-opt %s --pass-pipeline='builtin.module(gpu.module(convert-assert-to-return))' -verify-diagnostics

gpu.module @kernels {
  gpu.func @nested(%holds: i1) kernel {
    scf.if %holds {
      // expected-error @+1 {{expects flat control flow, but is nested in 'scf.if'}}
      cf.assert %holds, ""
    }
    gpu.return
  }
}
