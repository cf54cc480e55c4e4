//===- BytecodeFuzzer.cpp - Throws bytes at remat-opt -------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Mutates bytes only. Meant for bytecode, whose reader lets through what the parser of text
// would not, such as attributes that are missing; see Trial.h for what an input is.
//
//===----------------------------------------------------------------------===//

#include "Trial.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  return remat::fuzz::tryInput(llvm::StringRef(reinterpret_cast<const char *>(data), size)) ? 0 : -1;
}
