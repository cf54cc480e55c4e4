//===- Runner.h - Runs PTX in the stand-in, for tests -----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_UNIT_STANDIN_RUNNER_H
#define REMAT_TEST_UNIT_STANDIN_RUNNER_H

#include "LoadedModule.h"
#include "Machine.h"

#include <gtest/gtest.h>

#include <cstring>
#include <optional>

namespace remat::standin::test {

/// A device with one module.
class Runner {
public:
  explicit Runner(const std::string &body, const std::string &target = "sm_90")
      : module(memory, ".version 8.1\n.target " + target + "\n.address_size 64\n" + body) {}

  /// The address of an array with these elements.
  template <class T>
  uint64_t array(const std::vector<T> &values) {
    Region *region = memory.allocate(values.size() * sizeof(T));
    std::memcpy(region->data.get(), values.data(), region->size);
    std::memset(region->states.get(), Written, region->size);
    return region->begin;
  }
  /// The address of bytes that nothing was written to.
  uint64_t space(uint64_t bytes) { return memory.allocate(bytes)->begin; }

  template <class T>
  std::vector<T> read(uint64_t address, size_t count) {
    const Region *region = memory.find(address, count * sizeof(T));
    std::vector<T> values(count);
    std::memcpy(values.data(), region->data.get() + (address - region->begin), count * sizeof(T));
    return values;
  }

  /// All arguments are of 64 bits.
  void run(const std::string &kernel, uint32_t blocks, uint32_t threads, const std::vector<uint64_t> &arguments,
           uint32_t dynamicShared = 0) {
    Launch launch;
    launch.grid[0] = blocks;
    launch.block[0] = threads;
    launch.dynamicShared = dynamicShared;
    launch.parameters.resize(arguments.size() * 8);
    std::memcpy(launch.parameters.data(), arguments.data(), launch.parameters.size());
    const Kernel *found = module.kernel(kernel);
    ASSERT_NE(found, nullptr) << kernel;
    ASSERT_EQ(found->parameterBytes, launch.parameters.size());
    machine.run(*found, launch);
  }

  /// What the kernel does wrong.
  std::optional<Fault> faultOf(const std::string &kernel, uint32_t blocks, uint32_t threads,
                               const std::vector<uint64_t> &arguments, uint32_t dynamicShared = 0) {
    try {
      run(kernel, blocks, threads, arguments, dynamicShared);
    } catch (const Fault &fault) {
      return fault;
    }
    return std::nullopt;
  }

  Memory memory{uint64_t(1) << 28};
  Machine machine{memory};
  LoadedModule module;
};

/// What is wrong with a module, with its line, or "".
inline std::string errorOf(const std::string &body) {
  try {
    Runner runner(body);
  } catch (const PtxError &error) {
    return std::to_string(error.line) + ": " + error.what();
  }
  return "";
}

} // namespace remat::standin::test

#endif // REMAT_TEST_UNIT_STANDIN_RUNNER_H
