//===- RematAttrs.td - Attributes of the remat dialect ------ ---*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_IR_REMATATTRS_TD
#define REMAT_DIALECT_REMAT_IR_REMATATTRS_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "remat/Dialect/Remat/IR/RematDialect.td"

class Remat_Attr<string name, string attrMnemonic> : AttrDef<Remat_Dialect, name> {
  let mnemonic = attrMnemonic;
}

#endif // REMAT_DIALECT_REMAT_IR_REMATATTRS_TD
