//===- RematStrongOps.td - Products whose zeros are strong -----*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_IR_REMATSTRONGOPS_TD
#define REMAT_DIALECT_REMAT_IR_REMATSTRONGOPS_TD

include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "remat/Dialect/Remat/IR/RematOpBase.td"

class Remat_StrongOp<string mnemonic>
    : Remat_Op<mnemonic, [Pure, SameOperandsAndResultType] # ElementwiseMappable.traits> {
  let results = (outs FloatLike:$result);
  let hasCanonicalizer = 1;
}

def Remat_StrongProductOp : Remat_StrongOp<"strong_product"> {
  let summary = "a product that is zero where its first factor is zero";
  let description = [{
    The product of the operands, element by element. Where `cotangent` is zero and the
    product is NaN, because `factor` is infinite or NaN, the result is zero, of the sign
    of `cotangent`. Where `factor` is finite it is `arith.mulf` to the bit.

    The rules of differentiation multiply a cotangent by a factor in this way unless the factor is
    known to be finite: what a value contributes nothing to, it gets nothing from, even where
    its own derivative is infinite. Like the product it is linear in each operand, and its
    derivative by either is a strong product with the other one. So a cotangent that is zero
    at one point only keeps its derivative, which a branch on the zero would lose.

    `remat-decompose-operations` writes it as `arith` after the last differentiation.

    Example:

    ```mlir
    %dx = remat.strong_product %dy, %slope : tensor<4xf32>
    ```
  }];
  let arguments = (ins FloatLike:$cotangent, FloatLike:$factor);
  let assemblyFormat = "$cotangent `,` $factor attr-dict `:` type($result)";
}

def Remat_StrongQuotientOp : Remat_StrongOp<"strong_quotient"> {
  let summary = "a quotient that is zero where its dividend is zero";
  let description = [{
    The quotient of the operands, element by element. Where `cotangent` is zero and the
    quotient is NaN, because `divisor` is zero or NaN, the result is zero, of the sign of
    `cotangent`. For every other divisor it is `arith.divf` to the bit: it is no product with
    1 / `divisor`, which would round twice and lose the ends of the range.

    See `remat.strong_product`.

    Example:

    ```mlir
    %dx = remat.strong_quotient %dy, %x : tensor<4xf32>
    ```
  }];
  let arguments = (ins FloatLike:$cotangent, FloatLike:$divisor);
  let assemblyFormat = "$cotangent `,` $divisor attr-dict `:` type($result)";
}

#endif // REMAT_DIALECT_REMAT_IR_REMATSTRONGOPS_TD
