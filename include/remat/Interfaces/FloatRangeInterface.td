//===- FloatRangeInterface.td - What floats can be --------- -*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_INTERFACES_FLOATRANGEINTERFACE_TD
#define REMAT_INTERFACES_FLOATRANGEINTERFACE_TD

include "mlir/IR/OpBase.td"

def FloatRangeOpInterface : OpInterface<"FloatRangeOpInterface"> {
  let cppNamespace = "::remat";
  let description = [{
    An operation that knows in which range the elements of its results lie. What
    MLIR's own operations do is known to `FloatRanges` itself.
  }];
  let methods = [InterfaceMethod<
    /*desc=*/[{
      The values whose ranges `getFloatRange` asks for. They are known by then.
    }],
    /*retTy=*/"::llvm::SmallVector<::mlir::Value>",
    /*methodName=*/"getFloatRangeInputs",
    /*args=*/(ins)
  >, InterfaceMethod<
    /*desc=*/[{
      The range of the elements of `result`.
    }],
    /*retTy=*/"::remat::FloatRange",
    /*methodName=*/"getFloatRange",
    /*args=*/(ins "::mlir::OpResult":$result, "::remat::FloatRanges &":$ranges)
  >];
}

#endif // REMAT_INTERFACES_FLOATRANGEINTERFACE_TD
