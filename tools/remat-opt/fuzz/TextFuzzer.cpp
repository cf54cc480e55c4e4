//===- TextFuzzer.cpp - Throws programs at remat-opt --------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Mutates the words and the lines of programs (TextMutator.h); see Trial.h for what an
// input is.
//
//===----------------------------------------------------------------------===//

#include "TextMutator.h"
#include "Trial.h"

#include "llvm/ADT/StringRef.h"

#include <algorithm>
#include <cstdint>

using namespace remat::fuzz;

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t capacity);

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t capacity, unsigned seed) {
  static TextMutator mutator;
  // Some bytes that nobody would write.
  if (seed % 16 == 0)
    return LLVMFuzzerMutate(data, size, capacity);
  std::string text = mutator.mutate(llvm::StringRef(reinterpret_cast<const char *>(data), size), seed);
  if (text.size() > capacity)
    return LLVMFuzzerMutate(data, size, capacity);
  std::copy(text.begin(), text.end(), data);
  return text.size();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  return tryInput(llvm::StringRef(reinterpret_cast<const char *>(data), size)) ? 0 : -1;
}
