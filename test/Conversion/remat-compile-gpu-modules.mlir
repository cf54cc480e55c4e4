// RUN: remat-opt %s --remat-compile-gpu-modules | %python %S/Inputs/ptx.py | FileCheck %s --check-prefixes=CHECK,KEEP
// RUN: remat-opt %s --remat-compile-gpu-modules='chip=sm_90a denormals=flush' | %python %S/Inputs/ptx.py | FileCheck %s --check-prefixes=CHECK,FLUSH
// RUN: remat-opt %s --remat-compile-gpu-modules=chip=sm_100 | %python %S/Inputs/ptx.py | FileCheck %s --check-prefix=NEW
// RUN: not remat-opt %s --remat-compile-gpu-modules=chip=sm_75 2>&1 | FileCheck %s --check-prefix=OLD
// RUN: not remat-opt %s --remat-compile-gpu-modules=chip=fast 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// NEW: .version 8.6
// NEW: .target sm_100
// OLD: error: expects a processor from sm_80 on, one of sm_80, {{.*}}sm_121, but got 'sm_75'
// UNKNOWN: error: there is no processor 'fast' for nvptx64-nvidia-cuda, but sm_80, sm_86, {{.*}}sm_121

// The version of PTX.
// RUN: remat-opt %s --remat-compile-gpu-modules='chip=sm_90a ptx=8.6' | %python %S/Inputs/ptx.py | FileCheck %s --check-prefix=VERSION
// VERSION: .version 8.6
// RUN: not remat-opt %s --remat-compile-gpu-modules='chip=sm_100 ptx=8.1' 2>&1 | FileCheck %s --check-prefix=OLD-PTX
// OLD-PTX: error: expects a version of PTX that sm_100 has, 8.6, 8.7, 8.8, 9.0, but got '8.1'
// RUN: not remat-opt %s --remat-compile-gpu-modules=ptx=new 2>&1 | FileCheck %s --check-prefix=NO-PTX
// NO-PTX: error: expects a version of PTX that sm_80 has, 8.1, {{.*}}9.0, but got 'new'

// Machine code is what an assembler makes of it.
// RUN: env REMAT_PTXAS=%S/Inputs/ptxas remat-opt %s --remat-compile-gpu-modules='chip=sm_90a format=bin' | FileCheck %s --check-prefix=BIN
// BIN: gpu.binary @kernels [#gpu.object<#nvvm.target<O = 3, chip = "sm_90a", features = "+ptx81">, bin = "-arch=sm_90a .entry arithmetic .entry narrow
// RUN: not env REMAT_PTXAS=%S/Inputs/ptxas remat-opt %s --remat-compile-gpu-modules='chip=sm_80 format=bin' 2>&1 | FileCheck %s --check-prefix=FAILS
// FAILS: error: internal: {{.*}}ptxas fails: ptxas: nothing is known of -arch=sm_80
// RUN: not env REMAT_PTXAS=%S/Inputs/ptxas remat-opt %s --remat-compile-gpu-modules='chip=sm_86 format=bin' 2>&1 | FileCheck %s --check-prefix=EMPTY
// EMPTY: error: internal: {{.*}}ptxas writes no machine code
// RUN: not env REMAT_PTXAS=/nowhere/ptxas remat-opt %s --remat-compile-gpu-modules=format=bin 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: error: expects ptxas, the assembler of a CUDA toolkit, but REMAT_PTXAS is '/nowhere/ptxas', which cannot be executed

// KEEP:  #nvvm.target<O = 3, chip = "sm_80", features = "+ptx81">
// KEEP:  .version 8.1
// KEEP:  .target sm_80
// FLUSH: .target sm_90a
gpu.module @kernels {
  // Rounded to nearest, and nothing is fused that the program does not fuse.
  // CHECK-LABEL: .visible .entry arithmetic(
  // KEEP:        mul.rn.f32
  // KEEP:        add.rn.f32
  // KEEP:        div.rn.f32
  // KEEP:        sqrt.rn.f32
  // KEEP:        fma.rn.f32
  // FLUSH:       mul.rn.ftz.f32
  // FLUSH:       add.rn.ftz.f32
  // FLUSH:       div.rn.ftz.f32
  // FLUSH:       sqrt.rn.ftz.f32
  // FLUSH:       fma.rn.ftz.f32
  // There is no such mode for f64.
  // CHECK:       add.rn.f64
  // CHECK:       ret;
  llvm.func @arithmetic(%x: !llvm.ptr, %y: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel} {
    %a = llvm.load %x : !llvm.ptr -> f32
    %p = llvm.fmul %a, %a : f32
    %s = llvm.fadd %p, %a : f32
    %q = llvm.fdiv %s, %p : f32
    %r = llvm.intr.sqrt(%q) : (f32) -> f32
    %f = llvm.intr.fma(%r, %q, %p) : (f32, f32, f32) -> f32
    llvm.store %f, %x : f32, !llvm.ptr
    %b = llvm.load %y : !llvm.ptr -> f64
    %c = llvm.fadd %b, %b : f64
    llvm.store %c, %y : f64, !llvm.ptr
    llvm.return
  }

  // LLVM narrows what is rounded to f16 at once, but the mode is one of f32 alone.
  // CHECK-LABEL: .visible .entry narrow(
  // KEEP:        add.rn.f16
  // FLUSH:       add.rn.ftz.f32
  // FLUSH-NOT:   ftz.f16{{[[:space:]]}}
  // CHECK:       ret;
  llvm.func @narrow(%x: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel} {
    %a = llvm.load %x : !llvm.ptr -> f16
    %b = llvm.fpext %a : f16 to f32
    %c = llvm.fadd %b, %b : f32
    %d = llvm.fptrunc %c : f32 to f16
    %e = llvm.fpext %d : f16 to f32
    %f = llvm.intr.maximum(%e, %b) : (f32, f32) -> f32
    %g = llvm.fptrunc %f : f32 to f16
    llvm.store %g, %x : f16, !llvm.ptr
    llvm.return
  }
}
