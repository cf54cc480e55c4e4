// RUN: %sweep %s --steps 0 1 2 3 7 --narrow f16 bf16
// RUN: %sweep %s --steps 1 2 7 --resize 17=1 33=3 31=1
// RUN: remat-opt %s --remat-to-cpu --mlir-print-ir-after=remat-gradients-in-place -o /dev/null 2>&1 | FileCheck %s

// Gradients of carries that reverse steps update in place, beside such that they cannot.
// That of %a is multiplied, those of %d and %e change places within one loop, that of %g
// passes through. That of %b becomes that of %c as well, which is copied last, that of %f
// goes to the neighbours.
// CHECK: in_place [0, 3, 4, 6]

!inputs = tensor<1000x3x17xf32>
!state = tensor<3x17xf32>
!line = tensor<33xf32>
!inner = tensor<31xf32>
!weight = tensor<17x17xf32>
!scalar = tensor<f32>

func.func private @loss(%xs: !inputs, %a0: !state, %b0: !state, %d0: !line, %e0: !line, %w: !weight) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %third = arith.constant dense<0.3> : !line
  %half = arith.constant dense<0.5> : !state
  %tenth = arith.constant dense<0.1> : !inner
  %a, %b, %c, %d, %e, %f, %g = remat.recurrence count(%steps) at(%t)
      carry(%a = %a0 : !state, %b = %b0 : !state, %c = %a0 : !state, %d = %d0 : !line, %e = %e0 : !line,
            %f = %d0 : !line, %g = %zero : !scalar)
      scan(%x = %xs : !inputs) {
    %sine = math.sin %x : !state
    %a_scaled = arith.mulf %a, %sine : !state
    %a_next = arith.addf %a_scaled, %half : !state
    %b_next = arith.addf %b, %c : !state
    %product = linalg.matmul ins(%x, %w : !state, !weight) outs(%half : !state) -> !state
    %c_next = math.tanh %product : !state
    %turned = math.sin %d : !line
    %left = tensor.extract_slice %f[0] [31] [1] : !line to !inner
    %right = tensor.extract_slice %f[2] [31] [1] : !line to !inner
    %sum = arith.addf %left, %right : !inner
    %flow = arith.mulf %sum, %tenth : !inner
    %f_next = tensor.insert_slice %flow into %f[1] [31] [1] : !inner into !line
    %mixed = arith.mulf %e, %third : !line
    %d_next = arith.addf %mixed, %f : !line
    %ab = arith.mulf %a_next, %b : !state
    %g_next = linalg.reduce { arith.addf } ins(%ab : !state) outs(%g : !scalar) dimensions = [0, 1]
    remat.yield carry(%a_next, %b_next, %c_next, %d_next, %turned, %f_next, %g_next
        : !state, !state, !state, !line, !line, !line, !scalar)
  }
  %ab = arith.mulf %a, %b : !state
  %abc = arith.addf %ab, %c : !state
  %de = arith.mulf %d, %e : !line
  %def = arith.addf %de, %f : !line
  %first = linalg.reduce { arith.addf } ins(%abc : !state) outs(%g : !scalar) dimensions = [0, 1]
  %second = linalg.reduce { arith.addf } ins(%def : !line) outs(%first : !scalar) dimensions = [0]
  return %second : !scalar
}
func.func @gradient_carries(%xs: !inputs, %a0: !state, %b0: !state, %d0: !line, %e0: !line, %w: !weight)
    -> (!scalar, !inputs, !state, !state, !line, !line, !weight) {
  %r:7 = remat.value_and_gradient @loss(%xs, %a0, %b0, %d0, %e0, %w) wrt [0, 1, 2, 3, 4, 5]
      : (!inputs, !state, !state, !line, !line, !weight)
      -> (!scalar, !inputs, !state, !state, !line, !line, !weight)
  return %r#0, %r#1, %r#2, %r#3, %r#4, %r#5, %r#6
      : !scalar, !inputs, !state, !state, !line, !line, !weight
}
