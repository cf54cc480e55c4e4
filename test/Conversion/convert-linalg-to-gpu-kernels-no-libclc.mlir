// UNSUPPORTED: libclc
// RUN: remat-opt %s -split-input-file --convert-linalg-to-gpu-kernels -verify-diagnostics

// What libclc would compute is refused where remat was built without it.
#id = affine_map<(i) -> (i)>
func.func @no_instruction(%x: memref<3xf32>, %y: memref<3xf32>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<3xf32>) outs(%y : memref<3xf32>) {
  ^bb0(%a: f32, %o: f32):
    // expected-error @+1 {{'math.sin' op has no form on GPUs for 'f32'}}
    %r = math.sin %a : f32
    linalg.yield %r : f32
  }
  return
}

// -----

// There are polynomials for f32 only.
#id = affine_map<(i) -> (i)>
func.func @no_polynomial(%x: memref<3xf64>, %y: memref<3xf64>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<3xf64>) outs(%y : memref<3xf64>) {
  ^bb0(%a: f64, %o: f64):
    // expected-error @+1 {{'math.exp' op has no form on GPUs for 'f64'}}
    %r = math.exp %a : f64
    linalg.yield %r : f64
  }
  return
}
