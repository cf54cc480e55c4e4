//===- ElementType.h - Element types of arrays ----------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The element types that cross the border between a compiled program and its
// caller, and how many bytes one element takes there.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_EXECUTION_ELEMENTTYPE_H
#define REMAT_EXECUTION_ELEMENTTYPE_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>

namespace mlir {
class Type;
} // namespace mlir

namespace remat {

/// I1 is one byte holding 0 or 1. Index is 64 bits wide.
enum class ElementType : uint8_t { F64, F32, F16, BF16, I1, I8, I16, I32, I64, Index };

/// The name as MLIR spells it: "f32", "index".
llvm::StringRef getName(ElementType type);

/// Bytes of one element in memory.
int64_t getByteSize(ElementType type);

bool isFloat(ElementType type);

/// The element type of a tensor's elements or of a scalar; nullopt for types
/// that a caller cannot pass.
std::optional<ElementType> getElementType(mlir::Type type);

} // namespace remat

#endif // REMAT_EXECUTION_ELEMENTTYPE_H
