// RUN: remat-opt %s --remat-compile-gpu-modules -verify-diagnostics

// expected-error @+1 {{@elsewhere has no code}}
gpu.module @kernels {
  llvm.func @elsewhere(f32) -> f32
  llvm.func @f(%x: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel} {
    %a = llvm.load %x : !llvm.ptr -> f32
    %b = llvm.call @elsewhere(%a) : (f32) -> f32
    llvm.store %b, %x : f32, !llvm.ptr
    llvm.return
  }
}
