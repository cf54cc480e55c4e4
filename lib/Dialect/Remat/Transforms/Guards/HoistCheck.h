//===- HoistCheck.h - Checks in front of loops ---------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_HOISTCHECK_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_HOISTCHECK_H

#include "remat/Dialect/Remat/IR/Remat.h"

namespace remat {

/// Whether \p value is known in front of \p op, which may be a loop around its use.
bool isKnownBefore(Value value, Operation *op);

/// Moves a check in the step of \p loop in front of it, if what it needs does not
/// depend on carries.
void hoistCheck(CheckIndicesOp check, RecurrenceOp loop);

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_HOISTCHECK_H
