//===- Alignment.h - How buffers are aligned -------------------- -*- C -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_ABI_ALIGNMENT_H
#define REMAT_ABI_ALIGNMENT_H

#include <stdint.h>

enum {
  /// The alignment in bytes of the blocks that a program is called with and of every
  /// buffer in its arena, on every target. Planned sizes are multiples of it.
  REMAT_ALIGNMENT = 64
};

#ifdef __cplusplus
namespace remat::schedule {
inline constexpr int64_t arenaAlignment = REMAT_ALIGNMENT;
} // namespace remat::schedule
#endif

#endif // REMAT_ABI_ALIGNMENT_H
