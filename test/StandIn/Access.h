//===- Access.h - Values between memory and registers -----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_STANDIN_ACCESS_H
#define REMAT_TEST_STANDIN_ACCESS_H

#include "Program.h"

namespace remat::standin {

/// How the offsets of the lanes lie: all the same, side by side in the order of all 32 lanes, or neither.
enum class Shape : uint8_t { Mixed, Uniform, Steps };

/// Each lane of the mask accesses `data` at its offset; the offsets of all lanes are valid. Nothing is checked.
void loadLanes(const MemoryOp &op, char *registers, const uint8_t *data, const uint64_t *offsets, uint32_t mask,
               Shape shape = Shape::Mixed);
void storeLanes(const MemoryOp &op, const char *registers, uint8_t *data, const uint64_t *offsets, uint32_t mask,
                Shape shape = Shape::Mixed);
/// One lane after the other, ascending or descending. `flush`: of f32 sums.
void atomicLanes(const MemoryOp &op, char *registers, uint8_t *data, const uint64_t *offsets, uint32_t mask,
                 bool descending, bool flush);

} // namespace remat::standin

#endif // REMAT_TEST_STANDIN_ACCESS_H
