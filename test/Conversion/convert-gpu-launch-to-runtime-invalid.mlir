// RUN: remat-opt %s --convert-gpu-launch-to-runtime --split-input-file --verify-diagnostics

module attributes {gpu.container_module} {
  gpu.binary @remat_kernels [#gpu.object<#nvvm.target, assembly = "">]
  func.func @nested(%c: i1) {
    %c1 = arith.constant 1 : index
    scf.if %c {
      // expected-error@+1 {{expects flat control flow, but is nested in 'scf.if'}}
      gpu.launch_func @remat_kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
    }
    return
  }
}

// -----

module attributes {gpu.container_module} {
  gpu.binary @remat_kernels [#gpu.object<#nvvm.target, assembly = "">]
  func.func @shared(%n: i32) {
    %c1 = arith.constant 1 : index
    // expected-error@+1 {{expects no tokens, no dynamic shared memory and no clusters}}
    gpu.launch_func @remat_kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) dynamic_shared_memory_size %n
    return
  }
}

// -----

module attributes {gpu.container_module} {
  gpu.binary @remat_kernels [#gpu.object<#nvvm.target, assembly = "">]
  func.func @vector(%v: vector<4xf32>) {
    %c1 = arith.constant 1 : index
    // expected-error@+1 {{expects scalars and ranked memrefs as arguments, but got 'vector<4xf32>'}}
    gpu.launch_func @remat_kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%v : vector<4xf32>)
    return
  }
}

// -----

module attributes {gpu.container_module} {
  gpu.module @remat_kernels {
    gpu.func @k() kernel {
      gpu.return
    }
  }
  func.func @source() {
    %c1 = arith.constant 1 : index
    // expected-error@+1 {{expects compiled kernels in a gpu.binary 'remat_kernels'}}
    gpu.launch_func @remat_kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
    return
  }
}

// -----

module attributes {gpu.container_module} {
  gpu.binary @one [#gpu.object<#nvvm.target, assembly = "">]
  gpu.binary @two [#gpu.object<#nvvm.target, assembly = "">]
  func.func @both() {
    %c1 = arith.constant 1 : index
    gpu.launch_func @one::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
    // expected-error@+1 {{expects all kernels in one gpu.binary, but got 'one' and 'two'}}
    gpu.launch_func @two::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
    return
  }
}

// -----

module attributes {gpu.container_module} {
  // expected-error@+1 {{expects one object, but got 2}}
  gpu.binary @remat_kernels [#gpu.object<#nvvm.target, assembly = "">, #gpu.object<#nvvm.target<chip = "sm_90">, assembly = "">]
  func.func @objects() {
    %c1 = arith.constant 1 : index
    gpu.launch_func @remat_kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
    return
  }
}

// -----

module attributes {gpu.container_module} {
  gpu.binary @remat_kernels [#gpu.object<#nvvm.target, assembly = "">]
  func.func @launches() {
    %c1 = arith.constant 1 : index
    gpu.launch_func @remat_kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
    return
  }
  func.func @pointer() -> (() -> ()) {
    // expected-error@+1 {{expects to use a function that launches no kernels, but got 'launches'}}
    %f = func.constant @launches : () -> ()
    return %f : () -> ()
  }
}

// -----

module attributes {gpu.container_module} {
  gpu.binary @remat_kernels [#gpu.object<#nvvm.target, assembly = "">]
  memref.global "private" @taken_code : memref<1xi32>
  // expected-error@+1 {{expects the symbol 'taken_code' to be free for its code}}
  func.func @taken() {
    %c1 = arith.constant 1 : index
    gpu.launch_func @remat_kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
    return
  }
}

// -----

module attributes {gpu.container_module} {
  gpu.binary @remat_kernels [#gpu.object<#nvvm.target, assembly = "">]
  func.func private @rematWalkNext(i64, i64) -> i64
  func.func @endless(%walk: i64, %move: i64) {
    %c1 = arith.constant 1 : index
    // expected-error@+1 {{expects one test of whether the walk goes on, but got 0}}
    %kind = call @rematWalkNext(%walk, %move) : (i64, i64) -> i64
    gpu.launch_func @remat_kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
    return
  }
}
