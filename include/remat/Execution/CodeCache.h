//===- CodeCache.h - Machine code that several programs share -------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The step functions of a program depend neither on its budget nor on its trip
// count, and most of the time of a compilation goes into their machine code. Who
// compiles a program several times gives all compilations one cache: code that is
// equal, down to the last instruction of its LLVM IR, is optimised and generated
// once. The entry function, which holds the plan, is code of its own.
//
// The cache never forgets; it lives as long as the caller wants. Several threads
// may use one.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_EXECUTION_CODECACHE_H
#define REMAT_EXECUTION_CODECACHE_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"

#include <mutex>
#include <optional>

namespace remat {

class CodeCache {
public:
  using Object = llvm::SmallVector<char, 0>;

  /// The object file for \p key, if there is one.
  std::optional<Object> find(llvm::StringRef key) const;
  /// Keeps a copy of \p object.
  void insert(llvm::StringRef key, llvm::StringRef object);
  /// The sum of the sizes of all objects.
  size_t getBytes() const;

private:
  mutable std::mutex mutex;
  llvm::StringMap<Object> objects;
};

} // namespace remat

#endif // REMAT_EXECUTION_CODECACHE_H
