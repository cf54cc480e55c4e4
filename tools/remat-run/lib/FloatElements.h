//===- FloatElements.h - Elements of float arrays as doubles --------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_RUN_FLOATELEMENTS_H
#define REMAT_TOOLS_REMAT_RUN_FLOATELEMENTS_H

#include "remat/Execution/Array.h"

#include "llvm/Support/Error.h"

namespace remat {

/// Element \p index, in row-major order, of an array of a float type.
double loadFloat(const Array &array, int64_t index);

/// Stores \p value, rounded to nearest even.
void storeFloat(Array &array, int64_t index, double value);

llvm::Expected<Array> copyArray(const Array &array);

/// The same values as f64; a copy of arrays of other types.
llvm::Expected<Array> widen(const Array &array);

} // namespace remat

#endif // REMAT_TOOLS_REMAT_RUN_FLOATELEMENTS_H
