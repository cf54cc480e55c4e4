//===- neural_ode.mlir - A neural ODE under Runge-Kutta 4 ----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// dy/dt = tanh(y W1 + b1) W2 + u(t), 1,000 steps of the classical fourth-order method
// with a fixed step. The loss is the squared distance of the final state from a target.
//
//===----------------------------------------------------------------------===//

!controls = tensor<1000x16x32xf32>
!state = tensor<16x32xf32>
!hidden = tensor<16x64xf32>
!weight_1 = tensor<32x64xf32>
!weight_2 = tensor<64x32xf32>
!bias = tensor<64xf32>
!scalar = tensor<f32>

// The right-hand side of the equation.
func.func private @field(%y: !state, %u: !state, %w1: !weight_1, %b1: !bias, %w2: !weight_2) -> !state {
  %empty = tensor.empty() : !hidden
  %bias = linalg.broadcast ins(%b1 : !bias) outs(%empty : !hidden) dimensions = [0]
  %z = linalg.matmul ins(%y, %w1 : !state, !weight_1) outs(%bias : !hidden) -> !hidden
  %a = math.tanh %z : !hidden
  %slope = linalg.matmul ins(%a, %w2 : !hidden, !weight_2) outs(%u : !state) -> !state
  return %slope : !state
}

// y + factor * slope.
func.func private @move(%y: !state, %slope: !state, %factor: !state) -> !state {
  %change = arith.mulf %slope, %factor : !state
  %moved = arith.addf %y, %change : !state
  return %moved : !state
}

func.func private @loss(%us: !controls, %y0: !state, %target: !state,
    %w1: !weight_1, %b1: !bias, %w2: !weight_2) -> !scalar {
  %steps = arith.constant 1000 : index
  // The step is 1/64.
  %half = arith.constant dense<0.0078125> : !state
  %full = arith.constant dense<0.015625> : !state
  %sixth = arith.constant dense<2.60416667e-3> : !state
  %two = arith.constant dense<2.0> : !state
  %y_last = remat.recurrence count(%steps) at(%t)
      carry(%y = %y0 : !state) scan(%u = %us : !controls) {
    %k1 = func.call @field(%y, %u, %w1, %b1, %w2) : (!state, !state, !weight_1, !bias, !weight_2) -> !state
    %y1 = func.call @move(%y, %k1, %half) : (!state, !state, !state) -> !state
    %k2 = func.call @field(%y1, %u, %w1, %b1, %w2) : (!state, !state, !weight_1, !bias, !weight_2) -> !state
    %y2 = func.call @move(%y, %k2, %half) : (!state, !state, !state) -> !state
    %k3 = func.call @field(%y2, %u, %w1, %b1, %w2) : (!state, !state, !weight_1, !bias, !weight_2) -> !state
    %y3 = func.call @move(%y, %k3, %full) : (!state, !state, !state) -> !state
    %k4 = func.call @field(%y3, %u, %w1, %b1, %w2) : (!state, !state, !weight_1, !bias, !weight_2) -> !state
    %ends = arith.addf %k1, %k4 : !state
    %inner = arith.addf %k2, %k3 : !state
    %slopes = func.call @move(%ends, %inner, %two) : (!state, !state, !state) -> !state
    %y_next = func.call @move(%y, %slopes, %sixth) : (!state, !state, !state) -> !state
    remat.yield carry(%y_next : !state)
  }
  %zero = arith.constant dense<0.0> : !scalar
  %distance = arith.subf %y_last, %target : !state
  %squares = arith.mulf %distance, %distance : !state
  %total = linalg.reduce { arith.addf } ins(%squares : !state) outs(%zero : !scalar) dimensions = [0, 1]
  return %total : !scalar
}

func.func @neural_ode(%us: !controls, %y0: !state, %target: !state, %w1: !weight_1, %b1: !bias, %w2: !weight_2)
    -> (!scalar, !state, !weight_1, !bias, !weight_2) {
  %loss, %d_y0, %d_w1, %d_b1, %d_w2 =
      remat.value_and_gradient @loss(%us, %y0, %target, %w1, %b1, %w2) wrt [1, 3, 4, 5]
      : (!controls, !state, !state, !weight_1, !bias, !weight_2)
      -> (!scalar, !state, !weight_1, !bias, !weight_2)
  return %loss, %d_y0, %d_w1, %d_b1, %d_w2 : !scalar, !state, !weight_1, !bias, !weight_2
}
