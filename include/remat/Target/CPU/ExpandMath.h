//===- ExpandMath.h - Functions with a polynomial -------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TARGET_CPU_EXPANDMATH_H
#define REMAT_TARGET_CPU_EXPANDMATH_H

#include "remat/Support/LLVM.h"

#include "llvm/ADT/StringRef.h"

namespace remat {

/// Whether `remat-expand-math` has a polynomial of f32 for the operation with this name.
bool hasPolynomial(llvm::StringRef operation);

} // namespace remat

#endif // REMAT_TARGET_CPU_EXPANDMATH_H
