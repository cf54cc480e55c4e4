//===- LineTable.h - vectors for many cells ---------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each cell is a vector of `width` values, cut into lines. The first lines of
// all cells lie together, then the second ones, and so on: the dynamic program
// works on a line of many cells at a time (MinPlus.h).
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_UNEQUAL_LINETABLE_H
#define REMAT_LIB_SCHEDULE_UNEQUAL_LINETABLE_H

#include "Table/CheckedMath.h"
#include "Unequal/MinPlus.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <new>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace remat::schedule {

template <typename Value>
class LineTable {
public:
  /// All values are infinite at first.
  LineTable(int64_t cells, int64_t width) : lines(ceilDiv(width, lineValues<Value>)) {
    size_t values = static_cast<size_t>(cells * lineValues<Value>);
    size_t alignment = values * sizeof(Value) < hugePage ? lineBytes : hugePage;
    for (int64_t line = 0; line < lines; ++line) {
      void *plane = ::operator new[](values * sizeof(Value), std::align_val_t(alignment));
#if defined(__linux__)
      // A wish; page faults would take a fifth of the time of a large problem.
      if (alignment == hugePage)
        (void)madvise(plane, values * sizeof(Value), MADV_HUGEPAGE);
#endif
      planes.push_back({static_cast<Value *>(plane), FreeAligned{alignment}});
      std::fill(planes.back().get(), planes.back().get() + values, std::numeric_limits<Value>::infinity());
    }
  }

  /// A line of a cell; that of the next cell follows.
  Value *line(int64_t line, int64_t cell) const { return planes[line].get() + cell * lineValues<Value>; }

  const Value &at(int64_t cell, int64_t index) const {
    return line(index / lineValues<Value>, cell)[index % lineValues<Value>];
  }

  /// Copies a cell to or from a vector of whole lines.
  void load(int64_t cell, Value *into) const {
    for (int64_t i = 0; i < lines; ++i)
      std::copy_n(line(i, cell), lineValues<Value>, into + i * lineValues<Value>);
  }
  void store(int64_t cell, const Value *from) {
    for (int64_t i = 0; i < lines; ++i)
      std::copy_n(from + i * lineValues<Value>, lineValues<Value>, line(i, cell));
  }

private:
  static constexpr size_t hugePage = size_t(2) << 20;

  struct FreeAligned {
    size_t alignment;
    void operator()(Value *values) const { ::operator delete[](values, std::align_val_t(alignment)); }
  };

  int64_t lines;
  std::vector<std::unique_ptr<Value[], FreeAligned>> planes;
};

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_UNEQUAL_LINETABLE_H
