//===- AttributeNames.h - Attributes that anyone may attach ---------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SUPPORT_ATTRIBUTENAMES_H
#define REMAT_SUPPORT_ATTRIBUTENAMES_H

#include "llvm/ADT/StringRef.h"

namespace remat {

/// On an argument or result of a public function: the name that callers know it
/// by, a string.
inline constexpr llvm::StringLiteral nameAttrName = "remat.name";

/// On a public function, by remat-plan-schedule: what was measured of it (#remat.problem),
/// what it needs (#remat.memory) if its plan was made, and why there is none: the budget is
/// too small (#remat.infeasible), or the target cannot do what the policy asks for (a unit).
inline constexpr llvm::StringLiteral problemAttrName = "remat.problem";
inline constexpr llvm::StringLiteral memoryAttrName = "remat.memory";
inline constexpr llvm::StringLiteral infeasibleAttrName = "remat.infeasible";
inline constexpr llvm::StringLiteral targetUnavailableAttrName = "remat.target_unavailable";

/// On an allocation of a public function, by remat-plan-schedule: its number among the buffers
/// of the problem or, from there on, among the copies of parameters.
inline constexpr llvm::StringLiteral bufferAttrName = "remat.buffer";

/// On a loop of scf that a gradient passes through, by remat-raise-loops: why it could not become
/// a recurrence, a string. Differentiation refuses the loop with it.
inline constexpr llvm::StringLiteral notRaisedAttrName = "remat.not_raised";

/// What the name of an entry ends with where its body moved behind a change of the
/// floating-point mode (remat-flush-denormals).
inline constexpr llvm::StringLiteral flushedSuffix = "_flushed";

} // namespace remat

#endif // REMAT_SUPPORT_ATTRIBUTENAMES_H
