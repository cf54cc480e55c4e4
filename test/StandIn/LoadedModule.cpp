//===- LoadedModule.cpp - A module on the device --------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoadedModule.h"

#include <algorithm>
#include <cstring>
#include <new>

using namespace remat::standin;

LoadedModule::LoadedModule(Memory &memory, std::string_view text) : memory(memory), module(parseModule(text)) {
  try {
    for (const Variable &variable : module.variables) {
      if (variable.space == Space::Shared)
        continue;
      Region *region = memory.allocate(variable.bytes, variable.align);
      if (!region)
        throw std::bad_alloc();
      variables[variable.name] = region;
      region->constant = variable.space == Space::Constant;
      // What has no initial value is zero.
      std::memset(region->data.get(), 0, variable.bytes);
      std::memset(region->states.get(), Written, variable.bytes);
      std::copy(variable.initial.begin(), variable.initial.end(), region->data.get());
    }
    auto addressOf = [&](const std::string &name) { return variables.at(name)->begin; };
    for (const Function &function : module.functions)
      if (function.isEntry)
        kernels.emplace(function.name, decodeKernel(module, function, addressOf));
  } catch (...) {
    releaseAll();
    throw;
  }
}

LoadedModule::~LoadedModule() { releaseAll(); }

void LoadedModule::releaseAll() {
  for (auto &[name, region] : variables)
    memory.release(region->begin);
  variables.clear();
}

const Kernel *LoadedModule::kernel(const std::string &name) const {
  auto found = kernels.find(name);
  return found == kernels.end() ? nullptr : &found->second;
}

const Region *LoadedModule::variable(const std::string &name) const {
  auto found = variables.find(name);
  return found == variables.end() ? nullptr : found->second;
}
