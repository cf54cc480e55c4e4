//===- GuardSteps.h - Loops that count upwards ------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_GUARDSTEPS_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_GUARDSTEPS_H

#include "mlir/Interfaces/LoopLikeInterface.h"

namespace remat {

/// Puts checks in front of \p loop that each of its steps leads upwards, and from none of its
/// numbers behind the largest one of their type: it would come back in front of the first, where indices are
/// taken to be inside of what they read. In the body of a structured operation the checks stand in front of
/// that; fails if the step is computed in the body.
llvm::LogicalResult guardSteps(mlir::LoopLikeOpInterface loop);

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_GUARDSTEPS_H
