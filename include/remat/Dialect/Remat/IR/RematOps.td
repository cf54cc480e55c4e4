//===- RematOps.td - Operations of the remat dialect -------- ---*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_IR_REMATOPS_TD
#define REMAT_DIALECT_REMAT_IR_REMATOPS_TD

include "remat/Dialect/Remat/IR/RematAttrs.td"
include "remat/Dialect/Remat/IR/RematDialect.td"
include "remat/Dialect/Remat/IR/RematTypes.td"
include "remat/Dialect/Remat/IR/RematCheckOps.td"
include "remat/Dialect/Remat/IR/RematCountOps.td"
include "remat/Dialect/Remat/IR/RematSourceOps.td"
include "remat/Dialect/Remat/IR/RematOutlinedOps.td"
include "remat/Dialect/Remat/IR/RematExpandedOps.td"
include "remat/Dialect/Remat/IR/RematAdjointOps.td"
include "remat/Dialect/Remat/IR/RematDeviceOps.td"
include "remat/Dialect/Remat/IR/RematStrongOps.td"

#endif // REMAT_DIALECT_REMAT_IR_REMATOPS_TD
