//===- Expansion.h - Forms of schedules ---------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A choice that passes, pipelines and tools share.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SUPPORT_EXPANSION_H
#define REMAT_SUPPORT_EXPANSION_H

#include <cstdint>

namespace remat {

/// The form of a schedule in a compiled program (see remat-expand-schedule).
enum class Expansion { Table, Unrolled };

/// The most moves of one chain that are unrolled if nothing else is asked for.
inline constexpr int64_t defaultUnrolledMoves = 1024;

} // namespace remat

#endif // REMAT_SUPPORT_EXPANSION_H
