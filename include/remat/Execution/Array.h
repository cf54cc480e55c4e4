//===- Array.h - Arrays that programs are called with ---------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Arguments and results are dense arrays in row-major order. A view describes
// memory of the caller; an Array owns its memory, aligned like an arena.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_EXECUTION_ARRAY_H
#define REMAT_EXECUTION_ARRAY_H

#include "remat/ABI/Alignment.h"
#include "remat/Execution/ElementType.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

namespace remat {

/// Product of the extents, nullopt when it, times \p elementBytes, does not fit
/// into 64 bits or an extent is negative. Rank 0 has one element.
std::optional<int64_t> countElements(llvm::ArrayRef<int64_t> shape, int64_t elementBytes = 1);

/// "16x256xf32", "f32" for rank 0; a dynamic extent is "?".
std::string formatArrayType(ElementType type, llvm::ArrayRef<int64_t> shape);

/// Row-major memory of somebody else.
struct ArrayView {
  ElementType type = ElementType::F32;
  llvm::SmallVector<int64_t, 4> shape;
  /// At least getByteSize() bytes, aligned to the element size.
  void *data = nullptr;

  int64_t getNumElements() const { return countElements(shape).value_or(0); }
  int64_t getByteSize() const { return getNumElements() * remat::getByteSize(type); }
};

/// Row-major memory of its own.
class Array {
public:
  /// No elements.
  Array() = default;
  /// A zero-filled array. Fails if it is too large or memory is short.
  static llvm::Expected<Array> create(ElementType type, llvm::ArrayRef<int64_t> shape);

  ElementType getType() const { return type; }
  llvm::ArrayRef<int64_t> getShape() const { return shape; }
  int64_t getNumElements() const { return countElements(shape).value_or(0); }
  int64_t getByteSize() const { return getNumElements() * remat::getByteSize(type); }

  /// The elements; \p T must be the C++ type of the element type.
  template <typename T>
  llvm::MutableArrayRef<T> getElements() {
    return {static_cast<T *>(memory.get()), static_cast<size_t>(getNumElements())};
  }
  template <typename T>
  llvm::ArrayRef<T> getElements() const {
    return {static_cast<const T *>(memory.get()), static_cast<size_t>(getNumElements())};
  }
  llvm::ArrayRef<uint8_t> getBytes() const {
    return {static_cast<const uint8_t *>(memory.get()), static_cast<size_t>(getByteSize())};
  }

  /// A view of the whole array; valid while the array lives.
  ArrayView getView() {
    return ArrayView{type, llvm::SmallVector<int64_t, 4>(shape.begin(), shape.end()), memory.get()};
  }

private:
  struct Free {
    void operator()(void *pointer) const { std::free(pointer); }
  };

  ElementType type = ElementType::F32;
  llvm::SmallVector<int64_t, 4> shape = {0};
  std::unique_ptr<void, Free> memory;
};

} // namespace remat

#endif // REMAT_EXECUTION_ARRAY_H
