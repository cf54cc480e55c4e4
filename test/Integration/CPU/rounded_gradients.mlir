// RUN: %sweep %s --steps 0 1 2 3 7 --narrow f16 bf16
// RUN: %sweep %s --steps 1 2 7 --resize 3=1 17=33 --narrow bf16 f16
// RUN: sed s/f32/bf16/g %s | remat-opt --remat-to-cpu --mlir-print-ir-after=remat-pack-parameters -o /dev/null 2>&1 \
// RUN:   | FileCheck %s

// Gradients of narrow types are computed in f32 and rounded once. That of %xs is rounded in
// the step that writes it, that of %ys not, because the loss adds to it. Those of %w and %v
// are rounded as they leave their panels, that of %b where it lies, and that of %u not at
// once, because it is read twice.
// CHECK-LABEL: func.func @rounded_gradients
// CHECK: remat.backward_sweep
// CHECK-SAME: scan_gradient(%{{.*}}, %{{.*}} : tensor<1000x3x96xbf16>, tensor<1000x17xf32>)
// CHECK: linalg.generic {{.*}} ins(%{{.*}} : tensor<3x96x32xf32>) outs(%{{.*}} : tensor<96x3x32xbf16>)
// CHECK: arith.truncf

!xs = tensor<1000x3x96xf32>
!ys = tensor<1000x17xf32>
!y = tensor<17xf32>
!state = tensor<3x96xf32>
!weight = tensor<96x96xf32>
!bias = tensor<96xf32>
!scalar = tensor<f32>

func.func private @loss(%xs: !xs, %ys: !ys, %h0: !state, %w: !weight, %v: !weight, %u: !weight, %b: !bias) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %zeros = arith.constant dense<0.0> : !state
  %tenth = arith.constant dense<0.1> : !state
  %h, %sum = remat.recurrence count(%steps) at(%t) carry(%h = %h0 : !state, %s = %zero : !scalar)
      scan(%x = %xs : !xs, %y = %ys : !ys) {
    %wide = linalg.broadcast ins(%b : !bias) outs(%zeros : !state) dimensions = [0]
    %hw = linalg.matmul ins(%h, %w : !state, !weight) outs(%wide : !state) -> !state
    %xv = linalg.matmul ins(%x, %v : !state, !weight) outs(%hw : !state) -> !state
    %xu = linalg.matmul ins(%x, %u : !state, !weight) outs(%zeros : !state) -> !state
    %both = arith.mulf %xv, %xu : !state
    %small = arith.mulf %both, %tenth : !state
    %next = math.tanh %small : !state
    %yy = arith.mulf %y, %y : !y
    %s_y = linalg.reduce { arith.addf } ins(%yy : !y) outs(%s : !scalar) dimensions = [0]
    remat.yield carry(%next, %s_y : !state, !scalar)
  }
  %squares = arith.mulf %h, %h : !state
  %total = linalg.reduce { arith.addf } ins(%squares : !state) outs(%sum : !scalar) dimensions = [0, 1]
  %uu = arith.mulf %u, %u : !weight
  %with_u = linalg.reduce { arith.addf } ins(%uu : !weight) outs(%total : !scalar) dimensions = [0, 1]
  %all = linalg.reduce { arith.addf } ins(%ys : !ys) outs(%with_u : !scalar) dimensions = [0, 1]
  return %all : !scalar
}
func.func @rounded_gradients(%xs: !xs, %ys: !ys, %h0: !state, %w: !weight, %v: !weight, %u: !weight, %b: !bias)
    -> (!scalar, !xs, !ys, !state, !weight, !weight, !weight, !bias) {
  %r:8 = remat.value_and_gradient @loss(%xs, %ys, %h0, %w, %v, %u, %b) wrt [0, 1, 2, 3, 4, 5, 6]
      : (!xs, !ys, !state, !weight, !weight, !weight, !bias)
      -> (!scalar, !xs, !ys, !state, !weight, !weight, !weight, !bias)
  return %r#0, %r#1, %r#2, %r#3, %r#4, %r#5, %r#6, %r#7 : !scalar, !xs, !ys, !state, !weight, !weight, !weight, !bias
}
