//===- AdjointOpInterface.td - Reverse-mode rules -------- -*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_INTERFACES_ADJOINTOPINTERFACE_TD
#define REMAT_INTERFACES_ADJOINTOPINTERFACE_TD

include "mlir/IR/OpBase.td"

def AdjointOpInterface : OpInterface<"AdjointOpInterface"> {
  let cppNamespace = "::remat";
  let description = [{
    An operation that knows its vector-Jacobian product.

    The primal operation stays where it is. Its adjoint is built at the insertion
    point of the given `AdjointBuilder`, from the cotangents of the results, and
    adds one contribution to the cotangent of each active operand, or says that it
    has none to add: a rule that forgets an operand is an error. A rule may read
    every operand and result of the primal operation: what of it has to be kept
    until the adjoint runs is not the rule's business.
  }];
  let methods = [InterfaceMethod<
    /*desc=*/[{
      Emits the adjoint of this operation. Called once, and only if at least one
      result has a cotangent and at least one operand is active. Emits a
      diagnostic at the operation and fails when this instance of the operation
      cannot be differentiated.
    }],
    /*retTy=*/"::llvm::LogicalResult",
    /*methodName=*/"emitAdjoint",
    /*args=*/(ins "::remat::AdjointBuilder &":$adjoint)
  >, InterfaceMethod<
    /*desc=*/[{
      False if the derivative of `result` by `input` is zero wherever it exists, so
      that activity does not pass through. `input` is an operand or a value from
      above that the operation's regions read.
    }],
    /*retTy=*/"bool",
    /*methodName=*/"hasDerivative",
    /*args=*/(ins "::mlir::OpResult":$result, "::mlir::Value":$input),
    /*methodBody=*/"",
    /*defaultImplementation=*/"return true;"
  >];
}

#endif // REMAT_INTERFACES_ADJOINTOPINTERFACE_TD
