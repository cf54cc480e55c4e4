//===- Entries.h - Types of the driver API ----------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Own declarations of what the entry points take: the C ABI of libcuda.so.1,
// without its header.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_STANDIN_ENTRIES_H
#define REMAT_TEST_STANDIN_ENTRIES_H

#include "Driver.h"

#include <cstddef>

#define ENTRY(NAME) extern "C" __attribute__((visibility("default"))) int NAME

namespace remat::standin {

using DevicePointer = unsigned long long;

/// CUlaunchConfig
struct LaunchConfig {
  unsigned grid[3], block[3], dynamicShared;
  void *stream;
  void *attributes;
  unsigned attributeCount;
};

inline int enter(const char *name, Driver::Needs needs, const std::function<int(Driver &)> &body) {
  return Driver::get().enter(name, needs, body);
}

/// nullptr for a handle that is none, or none any more.
LoadedFunction *functionOf(Context &context, void *handle);

} // namespace remat::standin

#endif // REMAT_TEST_STANDIN_ENTRIES_H
