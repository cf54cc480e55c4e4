//===- RematOpBase.td - Shared by the operation files ------- ---*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_IR_REMATOPBASE_TD
#define REMAT_DIALECT_REMAT_IR_REMATOPBASE_TD

include "mlir/IR/OpBase.td"
include "remat/Dialect/Remat/IR/RematDialect.td"

class Remat_Op<string mnemonic, list<Trait> traits = []> : Op<Remat_Dialect, mnemonic, traits>;

#endif // REMAT_DIALECT_REMAT_IR_REMATOPBASE_TD
