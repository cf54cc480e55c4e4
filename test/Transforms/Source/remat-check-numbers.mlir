// RUN: remat-opt %s --remat-check-numbers --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: func @all
// CHECK:         arith.mulf %{{.*}}, %{{.*}} : tensor<4xf32>
// CHECK:         math.tanh %{{.*}} : tensor<4xf32>
// CHECK-NOT:     fastmath
func.func @all(%a: tensor<4xf32>, %b: tensor<4xf16>, %c: tensor<?xi1>, %d: i24, %e: tensor<index>, %f: bf16) -> tensor<4xf32> {
  %0 = arith.mulf %a, %a fastmath<contract, reassoc> : tensor<4xf32>
  %1 = math.tanh %0 fastmath<afn> : tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

// expected-error @below {{expects floats of f16, bf16, f32 or f64, but got 'tensor<4xf80>'}}
func.func @argument(%x: tensor<4xf80>) {
  return
}

// -----

func.func @eight_bits(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{'arith.truncf' op expects floats of f16, bf16, f32 or f64, but got 'tensor<4xf8E4M3FN>'}}
  %0 = arith.truncf %x : tensor<4xf32> to tensor<4xf8E4M3FN>
  %1 = arith.extf %0 : tensor<4xf8E4M3FN> to tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

func.func @wide(%x: i64) -> i64 {
  // expected-error @below {{'arith.extui' op expects integers of 1 to 64 bits, but got 'i128'}}
  %0 = arith.extui %x : i64 to i128
  %1 = arith.trunci %0 : i128 to i64
  return %1 : i64
}

// -----

func.func @sign() {
  // expected-error @below {{'tensor.empty' op expects integers without a sign in the type, such as i32, but got 'tensor<4xui8>'}}
  %0 = tensor.empty() : tensor<4xui8>
  return
}

// -----

func.func @complex() {
  // expected-error @below {{'tensor.empty' op expects elements of a float, integer or index type, but got 'tensor<4xcomplex<f32>>'}}
  %0 = tensor.empty() : tensor<4xcomplex<f32>>
  return
}

// -----

func.func @rounding(%x: tensor<4xf32>) -> tensor<4xbf16> {
  // expected-error @below {{'arith.truncf' op expects the rounding mode 'to_nearest_even', but got 'downward'}}
  %0 = arith.truncf %x downward : tensor<4xf32> to tensor<4xbf16>
  return %0 : tensor<4xbf16>
}

// -----

// What programs are lowered to parses, but means nothing in one.

func.func @print(%x: f32) {
  // expected-error @below {{'vector.print' op has no place in a program: expects operations of arith, math, linalg, tensor, scf and func, 'cf.assert', 'affine.apply', 'affine.max', 'affine.min', 'remat.recurrence', 'remat.value_and_gradient', 'remat.custom_vjp' and 'remat.stop_gradient'}}
  vector.print %x : f32
  return
}

// -----

func.func @buffer() {
  // expected-error @below {{'memref.alloc' op has no place in a program}}
  %0 = memref.alloc() : memref<4xf32>
  return
}

// -----

func.func @later_phase(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{'remat.strong_product' op has no place in a program}}
  %0 = remat.strong_product %x, %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

module {
  // expected-error @below {{'builtin.module' op has no place in a program}}
  module @inner {
  }
}

// -----

func.func @vector() {
  // expected-error @below {{'arith.constant' op expects tensors and numbers, but got 'vector<4xf32>'}}
  %0 = arith.constant dense<1.0> : vector<4xf32>
  return
}

// -----

func.func private @callee(%x: f32) -> f32 {
  return %x : f32
}
func.func @indirect(%x: f32) -> f32 {
  // expected-error @below {{'func.constant' op expects tensors and numbers, but got '(f32) -> f32'}}
  %0 = func.constant @callee : (f32) -> f32
  %1 = func.call_indirect %0(%x) : (f32) -> f32
  return %1 : f32
}

// -----

// expected-error @below {{expects tensors without an encoding, but got 'tensor<4xf32, "rows">'}}
func.func @encoding(%x: tensor<4xf32, "rows">) {
  return
}

// -----

// expected-error @below {{expects tensors of less than 2^45 elements, but got 'tensor<4x9223372036854775807xf32>'}}
func.func @beyond_memory(%x: tensor<4x9223372036854775807xf32>, %y: tensor<?x1048576x16777216xi8>) {
  return
}

// -----

func.func @unspecified() -> tensor<4xf32> {
  // expected-error @below {{'bufferization.alloc_tensor' op has no place in a program}}
  %0 = bufferization.alloc_tensor() : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @combined_tensors(%x: tensor<4xf32>) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c3 = arith.constant 3 : index
  %c1 = arith.constant 1 : index
  // expected-error @below {{'scf.parallel' op expects numbers to be combined, but got 'tensor<4xf32>'; write 'scf.for' with the tensor as its carry, or 'linalg.reduce'}}
  %sum = scf.parallel (%i) = (%c0) to (%c3) step (%c1) init (%x) -> tensor<4xf32> {
    scf.reduce(%x : tensor<4xf32>) {
    ^bb0(%a: tensor<4xf32>, %b: tensor<4xf32>):
      %next = arith.addf %a, %b : tensor<4xf32>
      scf.reduce.return %next : tensor<4xf32>
    }
  }
  return %sum : tensor<4xf32>
}

// -----

func.func @notes(%x: tensor<4x8xf32>, %sum: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{'linalg.reduce' op has the attribute 'remat.vector_loop', which has no place in a program: remat's passes write it}}
  %0 = linalg.reduce ins(%x : tensor<4x8xf32>) outs(%sum : tensor<4xf32>) dimensions = [1] {remat.vector_loop = 99 : i64}
  (%a: f32, %b: f32) {
    %next = arith.addf %a, %b : f32
    linalg.yield %next : f32
  }
  return %0 : tensor<4xf32>
}

// -----

// expected-error @below {{'func.func' op has the attribute 'llvm.byval' at an argument or result, which has no place in a program}}
func.func @passed(%x: tensor<4xf32> {llvm.byval = f64}) {
  return
}

// -----

// expected-error @below {{'func.func' op has the attribute 'bufferization.access' at an argument or result}}
func.func @read(%x: tensor<4xf32> {bufferization.access = "read", remat.name = "x"}) {
  return
}

// -----

// Other dialects' notes are nobody's business here.
func.func @noted(%x: tensor<4xf32> {jax.arg_info = "x"}) -> (tensor<4xf32> {jax.result_info = "y"}) {
  return %x : tensor<4xf32>
}

// -----

// expected-error @below {{'func.func' op expects a name without a zero byte}}
func.func @"a\00b"() {
  return
}
