//===- GatherAdjoint.h - The loops that the adjoint of a gather is -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_INTERFACES_ADJOINT_GATHERADJOINT_H
#define REMAT_LIB_INTERFACES_ADJOINT_GATHERADJOINT_H

#include "llvm/ADT/StringRef.h"

namespace remat {

/// On the outermost of the loops, which no author wrote: whoever refuses it says so.
inline constexpr llvm::StringLiteral gatherAdjointAttrName = "remat.gather_adjoint";

} // namespace remat

#endif // REMAT_LIB_INTERFACES_ADJOINT_GATHERADJOINT_H
