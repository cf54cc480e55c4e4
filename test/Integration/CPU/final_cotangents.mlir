// RUN: %sweep %s --steps 0 1 2 3 7 --narrow f16 bf16
// RUN: %sweep %s --steps 1 2 7 --resize 17=1 3=33
// RUN: %sweep %s --steps 2 3 --resize 17=16 3=16
// RUN: remat-opt %s --remat-to-cpu --mlir-print-ir-after=remat-gradients-in-place -o /dev/null 2>&1 | FileCheck %s

// Cotangents of final carries that are computed where the reverse steps update them: of %a
// of the second loop, which is read twice; of %b, which nobody reads, and of %c, which
// nobody reads either and has the same type. The gradients in front of the second loop are
// the cotangents behind the first one, but that of %b0 is read by the loss besides.
// CHECK-LABEL: func.func @final_cotangents
// CHECK: remat.backward_sweep @final_cotangents_loop_0
// CHECK-SAME: final_cotangent(%[[A:[a-z0-9_]+]], %[[B:[a-z0-9_]+]], %[[C:[a-z0-9_]+]],
// CHECK-SAME: init_gradient(%[[A]], %[[B]], %[[C]],

!inputs = tensor<1000x3x17xf32>
!state = tensor<3x17xf32>
!scalar = tensor<f32>

func.func private @loss(%xs: !inputs, %a0: !state, %b0: !state, %w: !state) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %half = arith.constant dense<0.5> : !state
  %a1, %b1 = remat.recurrence count(%steps) at(%t) carry(%a = %a0 : !state, %b = %b0 : !state)
      scan(%x = %xs : !inputs) {
    %sine = math.sin %x : !state
    %a_scaled = arith.mulf %a, %sine : !state
    %a_next = arith.addf %a_scaled, %b : !state
    %b_scaled = arith.mulf %b, %w : !state
    %b_next = math.tanh %b_scaled : !state
    remat.yield carry(%a_next, %b_next : !state, !state)
  }
  %a2, %b2, %c2, %sum = remat.recurrence count(%steps) at(%t)
      carry(%a = %a1 : !state, %b = %b1 : !state, %c = %b0 : !state, %s = %zero : !scalar)
      scan(%x = %xs : !inputs) {
    %a_scaled = arith.mulf %a, %x : !state
    %a_next = arith.addf %a_scaled, %half : !state
    %b_scaled = arith.mulf %b, %half : !state
    %b_next = arith.addf %b_scaled, %w : !state
    %c_scaled = arith.mulf %c, %x : !state
    %c_next = math.tanh %c_scaled : !state
    %bc = arith.mulf %b, %c_next : !state
    %s_next = linalg.reduce { arith.addf } ins(%bc : !state) outs(%s : !scalar) dimensions = [0, 1]
    remat.yield carry(%a_next, %b_next, %c_next, %s_next : !state, !state, !state, !scalar)
  }
  %squares = arith.mulf %a2, %a2 : !state
  %mixed = arith.mulf %b1, %half : !state
  %both = arith.addf %squares, %mixed : !state
  %total = linalg.reduce { arith.addf } ins(%both : !state) outs(%sum : !scalar) dimensions = [0, 1]
  return %total : !scalar
}
func.func @final_cotangents(%xs: !inputs, %a0: !state, %b0: !state, %w: !state)
    -> (!scalar, !inputs, !state, !state, !state) {
  %r:5 = remat.value_and_gradient @loss(%xs, %a0, %b0, %w) wrt [0, 1, 2, 3]
      : (!inputs, !state, !state, !state) -> (!scalar, !inputs, !state, !state, !state)
  return %r#0, %r#1, %r#2, %r#3, %r#4 : !scalar, !inputs, !state, !state, !state
}
