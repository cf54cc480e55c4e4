//===- RematSyntax.h - Custom assembly ---------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_IR_REMATSYNTAX_H
#define REMAT_DIALECT_REMAT_IR_REMATSYNTAX_H

#include "remat/Dialect/Remat/IR/Remat.h"

namespace remat {

/// `at(%t) carry(%h = %h0 : type, ...) scan(%x = %xs : type, ...) -> stacked
/// types { ... }`
ParseResult parseStep(OpAsmParser &parser, SmallVectorImpl<OpAsmParser::UnresolvedOperand> &inits,
                      SmallVectorImpl<Type> &initTypes, SmallVectorImpl<OpAsmParser::UnresolvedOperand> &scans,
                      SmallVectorImpl<Type> &scanTypes, SmallVectorImpl<Type> &resultTypes, Region &body);
void printStep(OpAsmPrinter &printer, Operation *op, OperandRange inits, TypeRange initTypes, OperandRange scans,
               TypeRange scanTypes, TypeRange resultTypes, Region &body);

/// `advance(%t: index, ...) { ... } record(...) { ... } reverse(...) { ... }
/// resume(...) { ... }`, of which all but the first are optional.
ParseResult parseSteps(OpAsmParser &parser, Region &advance, Region &record, Region &reverse, Region &resume);
void printSteps(OpAsmPrinter &printer, Operation *op, Region &advance, Region &record, Region &reverse, Region &resume);

} // namespace remat

#endif // REMAT_DIALECT_REMAT_IR_REMATSYNTAX_H
