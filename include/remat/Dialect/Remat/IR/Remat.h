//===- Remat.h - The remat dialect -------------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_IR_REMAT_H
#define REMAT_DIALECT_REMAT_IR_REMAT_H

#include "remat/ABI/PlanWords.h"
#include "remat/Interfaces/AdjointOpInterface.h"
#include "remat/Schedule/Plan.h"
#include "remat/Support/LLVM.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "remat/Dialect/Remat/IR/RematDialect.h.inc"
#include "remat/Dialect/Remat/IR/RematEnums.h.inc"

#define GET_TYPEDEF_CLASSES
#include "remat/Dialect/Remat/IR/RematTypes.h.inc"

#define GET_ATTRDEF_CLASSES
#include "remat/Dialect/Remat/IR/RematAttrs.h.inc"

#define GET_OP_CLASSES
#include "remat/Dialect/Remat/IR/RematOps.h.inc"

namespace remat {

/// The type of one element of an array over time (the type without its first
/// dimension); null if \p type is no ranked tensor of rank 1 or more.
Type getElementOverTime(Type type);

/// True for a float type and for a ranked tensor of floats: what a custom rule takes
/// and returns cotangents for.
bool isFloatOrFloatTensor(Type type);

/// The ranges of the carries of \p loop before and after any number of steps, by
/// induction: a carry is finite if its initial value is, and its next value whenever
/// the carries are. Nothing is known of the others.
SmallVector<FloatRange> getCarryRanges(RecurrenceOp loop, FloatRanges &ranges);

/// A place as operations print it: "<slot 64>".
std::string describePlace(PlaceAttr place);

} // namespace remat

#endif // REMAT_DIALECT_REMAT_IR_REMAT_H
