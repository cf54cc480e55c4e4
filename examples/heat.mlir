//===- heat.mlir - The heat equation, explicit steps ---------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A square plate with a fixed rim and a heat source that varies with time. The step is
// linear with constant coefficients: reverse reads nothing that the step computed, and
// the tape is empty. Gradients are taken with respect to the initial temperature and to
// the sources.
//
//===----------------------------------------------------------------------===//

!plates = tensor<1000x30x30xf32>
!plate = tensor<32x32xf32>
!interior = tensor<30x30xf32>
!scalar = tensor<f32>

func.func private @loss(%u0: !plate, %sources: !plates, %target: !plate) -> !scalar {
  %steps = arith.constant 1000 : index
  %rate = arith.constant dense<0.2> : !interior
  %four = arith.constant dense<4.0> : !interior
  %time_step = arith.constant dense<0.01> : !interior
  %u_last = remat.recurrence count(%steps) at(%t)
      carry(%u = %u0 : !plate) scan(%source = %sources : !plates) {
    %here = tensor.extract_slice %u[1, 1] [30, 30] [1, 1] : !plate to !interior
    %north = tensor.extract_slice %u[0, 1] [30, 30] [1, 1] : !plate to !interior
    %south = tensor.extract_slice %u[2, 1] [30, 30] [1, 1] : !plate to !interior
    %west = tensor.extract_slice %u[1, 0] [30, 30] [1, 1] : !plate to !interior
    %east = tensor.extract_slice %u[1, 2] [30, 30] [1, 1] : !plate to !interior
    %vertical = arith.addf %north, %south : !interior
    %horizontal = arith.addf %west, %east : !interior
    %around = arith.addf %vertical, %horizontal : !interior
    %four_here = arith.mulf %here, %four : !interior
    %laplacian = arith.subf %around, %four_here : !interior
    %flow = arith.mulf %laplacian, %rate : !interior
    %heating = arith.mulf %source, %time_step : !interior
    %change = arith.addf %flow, %heating : !interior
    %new = arith.addf %here, %change : !interior
    %u_next = tensor.insert_slice %new into %u[1, 1] [30, 30] [1, 1] : !interior into !plate
    remat.yield carry(%u_next : !plate)
  }
  %zero = arith.constant dense<0.0> : !scalar
  %distance = arith.subf %u_last, %target : !plate
  %squares = arith.mulf %distance, %distance : !plate
  %total = linalg.reduce { arith.addf } ins(%squares : !plate) outs(%zero : !scalar) dimensions = [0, 1]
  return %total : !scalar
}

func.func @heat(%u0: !plate, %sources: !plates, %target: !plate) -> (!scalar, !plate, !plates) {
  %loss, %d_u0, %d_sources = remat.value_and_gradient @loss(%u0, %sources, %target) wrt [0, 1]
      : (!plate, !plates, !plate) -> (!scalar, !plate, !plates)
  return %loss, %d_u0, %d_sources : !scalar, !plate, !plates
}
