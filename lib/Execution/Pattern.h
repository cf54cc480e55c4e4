//===- Pattern.h - What a program is unlikely to write --------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// How much of a block a call used is found by a pattern: the block is filled with it,
// and scanned afterwards. Each unit of 64 bytes has a pattern of its own, so that neither
// zeros nor any repeated value, nor a copy of another unit, look untouched.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_EXECUTION_PATTERN_H
#define REMAT_LIB_EXECUTION_PATTERN_H

#include <cstdint>

namespace remat {

/// Writes the pattern of the bytes from \p offset on, of a block, to \p bytes bytes at
/// \p target. Both are multiples of 64; what is left of a last unit stays as it is.
void writePattern(void *target, int64_t offset, int64_t bytes);

/// The end of the last unit that no longer holds the pattern, among \p bytes bytes at
/// \p source, which are those from \p offset on of a block; \p offset if all do.
int64_t findEndOfTouched(const void *source, int64_t offset, int64_t bytes);

/// The start of the first unit at or behind byte \p begin of a block of \p bytes bytes that
/// no longer holds the pattern; \p bytes if all do.
int64_t findStartOfTouched(const void *block, int64_t begin, int64_t bytes);

} // namespace remat

#endif // REMAT_LIB_EXECUTION_PATTERN_H
