//===- CodeCache.cpp - Machine code that several programs share ---------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Execution/CodeCache.h"

using namespace remat;

std::optional<CodeCache::Object> CodeCache::find(llvm::StringRef key) const {
  std::scoped_lock lock(mutex);
  auto found = objects.find(key);
  if (found == objects.end())
    return std::nullopt;
  return found->second;
}

size_t CodeCache::getBytes() const {
  std::scoped_lock lock(mutex);
  size_t bytes = 0;
  for (const auto &entry : objects)
    bytes += entry.second.size();
  return bytes;
}

void CodeCache::insert(llvm::StringRef key, llvm::StringRef object) {
  std::scoped_lock lock(mutex);
  objects.try_emplace(key, object.begin(), object.end());
}
