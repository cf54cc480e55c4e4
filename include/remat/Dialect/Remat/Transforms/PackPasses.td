//===- PackPasses.td - Layouts of parameters -------------------------*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_TRANSFORMS_PACKPASSES_TD
#define REMAT_DIALECT_REMAT_TRANSFORMS_PACKPASSES_TD

include "mlir/Pass/PassBase.td"

def PackParametersPass : Pass<"remat-pack-parameters", "::mlir::ModuleOp"> {
  let summary = "copy the weights of a recurrence into the layout that its products read";
  let description = [{
    A product in a step reads its weights once per step, in columns of one register
    tile: from a row-major matrix that is one short piece of each row, far apart.
    This pass copies each captured matrix `[depth, columns]` once, in front of the
    loop, into panels `[columns/32][depth][32]`, and for products with its transpose
    into panels of the transpose. Gradients of weights are accumulated in panels
    too and copied back once, after the loop, rounded on the way if that is all that
    happens to them. The copies become `packed_captures`
    and `packed_accumulators` of the sweeps.

    A matrix is copied where that pays: its columns fill whole panels, it is not
    small, and either the product has several rows or it needs the transpose.
    Results do not change, not by a bit: the order of summation is the same.

    The copies of an entry function take at most `parameter-budget` bytes. What pays
    most per byte comes first: weights as they are, because steps that run again read
    them again; then transposes; then accumulators. Within each kind copies are made
    in the order of the program; one that does not fit is left out.

    Before:

    ```mlir
    func.func private @advance(%t: index, %pos: index, %h: tensor<16x256xf32>, %w: tensor<256x256xf32>) -> ... {
      %r = linalg.matmul ins(%h, %w : ...) outs(%b : tensor<16x256xf32>) -> tensor<16x256xf32>
    }
    ... remat.forward_sweep @loop ... capture(%w : tensor<256x256xf32>) ...
    ```

    After:

    ```mlir
    func.func private @advance(%t: index, %pos: index, %h: tensor<16x256xf32>, %w: tensor<256x256xf32>,
                               %panels: tensor<8x256x32xf32>) -> ... {
      %init = tensor.expand_shape %b [[0], [1, 2]] output_shape [16, 8, 32] : ...
      %r = linalg.generic {...} ins(%h, %panels : ...) outs(%init : tensor<16x8x32xf32>) {...}
      ...
    }
    %parts = tensor.expand_shape %w [[0], [1, 2]] output_shape [256, 8, 32] : ...
    %panels = linalg.transpose ins(%parts : ...) outs(%empty : tensor<8x256x32xf32>) permutation = [1, 0, 2]
    ... remat.forward_sweep @loop ... capture(%w, %panels : ...) ... packed_captures [1]
    ```
  }];
  let options = [
    Option<"parameterBudget", "parameter-budget", "std::string", "\"unlimited\"",
           "Bytes that the copies may take: a size (4MiB) or unlimited">
  ];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
}

def TransposeActivationsPass : Pass<"remat-transpose-activations", "::mlir::ModuleOp"> {
  let summary = "transpose the activations in products with transposed weights";
  let description = [{
    A product `[rows, depth] * [columns, depth]^T` of a step whose right operand is a
    weight (an argument of the step) runs against the layout of the weight. Where
    remat-pack-parameters, which makes generic operations of such products, left no
    panels of the transpose, the left operand is transposed instead: a kernel then reads both as they lie and computes the transpose of the result in
    registers. The transposed activation is a temporary of the step, so it is counted
    in the workspace. Results do not change, not by a bit.

    Before:

    ```mlir
    %r = linalg.generic {indexing_maps = [#mk, #nk, #mn], ...} ins(%d, %w : tensor<16x256xf32>, tensor<64x256xf32>) ...
    ```

    After:

    ```mlir
    %t = linalg.transpose ins(%d : tensor<16x256xf32>) outs(%empty : tensor<256x16xf32>) permutation = [1, 0]
    %r = linalg.generic {indexing_maps = [#km, #nk, #mn], ...} ins(%t, %w : tensor<256x16xf32>, tensor<64x256xf32>) ...
    ```
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
}

#endif // REMAT_DIALECT_REMAT_TRANSFORMS_PACKPASSES_TD
