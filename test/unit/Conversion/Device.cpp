//===- Device.cpp - A device that is not there --------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Device.h"

#include "LoadedModule.h"
#include "Machine.h"

#include <cstring>

using namespace remat::standin;
using namespace remat::test;

namespace {

class StandInDevice final : public Device {
public:
  explicit StandInDevice(const std::string &ptx) : module(memory, ptx) {}

  uint64_t copyIn(const void *data, size_t bytes) override {
    // An array without elements has an address too.
    Region *region = memory.allocate(bytes == 0 ? 1 : bytes);
    if (!region)
      return 0;
    std::memcpy(region->data.get(), data, bytes);
    std::memset(region->states.get(), Written, bytes);
    return region->begin;
  }

  void copyOut(uint64_t address, void *data, size_t bytes) override {
    std::memcpy(data, memory.find(address)->data.get(), bytes);
  }

  bool readVariable(const std::string &name, void *data, size_t bytes) override {
    const Region *region = module.variable(name);
    if (!region)
      return false;
    std::memcpy(data, region->data.get(), bytes);
    return true;
  }

  std::string launch(const std::string &kernel, uint64_t blocks, uint64_t threads,
                     const std::vector<uint64_t> &arguments, uint64_t seed) override {
    const Kernel *found = module.kernel(kernel);
    const Function *source = module.source().find(kernel);
    if (!found || !source || source->parameters.size() != arguments.size())
      return kernel + ": no kernel with so many parameters";
    if (blocks == 0)
      return kernel + ": no blocks";
    Launch launch;
    launch.grid[0] = static_cast<uint32_t>(blocks);
    launch.block[0] = static_cast<uint32_t>(threads);
    for (size_t i = 0; i < arguments.size(); ++i) {
      uint64_t bytes = source->parameters[i].bytes;
      std::vector<uint8_t> &packed = launch.parameters;
      packed.resize((packed.size() + bytes - 1) / bytes * bytes);
      const auto *value = reinterpret_cast<const uint8_t *>(&arguments[i]);
      packed.insert(packed.end(), value, value + bytes);
    }
    machine.seed = seed;
    try {
      machine.run(*found, launch);
    } catch (const std::exception &error) {
      return kernel + ": " + error.what();
    }
    return "";
  }

private:
  Memory memory{uint64_t(1) << 30};
  Machine machine{memory};
  LoadedModule module;
};

} // namespace

std::unique_ptr<Device> Device::create(const std::string &ptx, std::string &error) {
  try {
    return std::make_unique<StandInDevice>(ptx);
  } catch (const PtxError &problem) {
    error = "line " + std::to_string(problem.line) + ": " + problem.what();
  } catch (const std::exception &problem) {
    error = problem.what();
  }
  return nullptr;
}
