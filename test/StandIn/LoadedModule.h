//===- LoadedModule.h - A module on the device ------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_STANDIN_LOADEDMODULE_H
#define REMAT_TEST_STANDIN_LOADEDMODULE_H

#include "Program.h"

namespace remat::standin {

class LoadedModule {
public:
  /// Parses, allocates the variables and decodes every entry. Throws PtxError, and std::bad_alloc if the memory of
  /// the device is too small.
  LoadedModule(Memory &memory, std::string_view text);
  ~LoadedModule();
  LoadedModule(const LoadedModule &) = delete;
  LoadedModule &operator=(const LoadedModule &) = delete;

  const Module &source() const { return module; }
  /// nullptr if there is none of this name.
  const Kernel *kernel(const std::string &name) const;
  const Region *variable(const std::string &name) const;

private:
  void releaseAll();

  Memory &memory;
  Module module;
  std::map<std::string, Region *> variables;
  std::map<std::string, Kernel> kernels;
};

} // namespace remat::standin

#endif // REMAT_TEST_STANDIN_LOADEDMODULE_H
