//===- ResultExtents.h - Shapes of results from shapes of arguments -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_EXECUTION_RESULTEXTENTS_H
#define REMAT_LIB_EXECUTION_RESULTEXTENTS_H

#include "remat/Execution/Signature.h"

namespace remat {

/// Where extent \p dimension of result \p index of \p entry, which is one block that returns, comes from; nullopt
/// if it is more than an extent or a value of an argument.
std::optional<ResultExtent> traceResultExtent(mlir::func::FuncOp entry, unsigned index, unsigned dimension);

} // namespace remat

#endif // REMAT_LIB_EXECUTION_RESULTEXTENTS_H
