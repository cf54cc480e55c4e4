//===- FunctionBody.h - Copies of function bodies ------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_IR_FUNCTIONBODY_H
#define REMAT_DIALECT_REMAT_IR_FUNCTIONBODY_H

#include "remat/Support/LLVM.h"

#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace remat {

/// The function that \p name stands for at \p at. Reports at \p at if there is
/// none, or if its body is not one block.
FailureOr<FunctionOpInterface> getStraightLineFunction(Operation *at, FlatSymbolRefAttr name);

/// Copies the body of \p function, which is one block, to the insertion point of
/// \p builder with \p arguments in place of its arguments. Returns its results.
SmallVector<Value> copyFunctionBody(FunctionOpInterface function, ValueRange arguments, OpBuilder &builder);

} // namespace remat

#endif // REMAT_DIALECT_REMAT_IR_FUNCTIONBODY_H
