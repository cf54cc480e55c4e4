//===- WrittenName.h - What the author calls an operation -----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What is written out early is checked later (GuardExtents.cpp), and a message that run time
// prints names what the author wrote.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_WRITTENNAME_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_WRITTENNAME_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Operation.h"

namespace remat {

/// The name of the operation that \p op stands for, until extents are checked.
inline constexpr llvm::StringLiteral writtenAsAttrName = "remat.written_as";

inline void setWrittenName(mlir::Operation *op, mlir::Operation *written) {
  op->setAttr(writtenAsAttrName, mlir::StringAttr::get(op->getContext(), written->getName().getStringRef()));
}

inline llvm::StringRef getWrittenName(mlir::Operation *op) {
  auto written = op->getAttrOfType<mlir::StringAttr>(writtenAsAttrName);
  return written ? written.getValue() : op->getName().getStringRef();
}

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_WRITTENNAME_H
