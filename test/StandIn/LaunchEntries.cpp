//===- LaunchEntries.cpp - Launches -----------------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Entries.h"

#include <algorithm>
#include <cstring>

using namespace remat::standin;

/// The bytes of the arguments: each by its address, or all in one buffer.
static bool copyParameters(const Kernel &kernel, void **parameters, void **extra, std::vector<uint8_t> &bytes) {
  bytes.resize(kernel.parameterBytes);
  if (parameters && extra)
    return false;
  if (extra) {
    // 1: the buffer, 2: the address of its size, 0: the end.
    const void *buffer = nullptr;
    size_t size = 0;
    for (; *extra; extra += 2) {
      if (*extra == reinterpret_cast<void *>(1))
        buffer = extra[1];
      else if (*extra == reinterpret_cast<void *>(2))
        size = *static_cast<size_t *>(extra[1]);
      else
        return false;
    }
    if (size < bytes.size() || (!buffer && !bytes.empty()))
      return false;
    std::copy_n(static_cast<const uint8_t *>(buffer), bytes.size(), bytes.begin());
    return true;
  }
  if (!parameters && !kernel.parameters.empty())
    return false;
  for (size_t index = 0; index < kernel.parameters.size(); ++index) {
    if (!parameters[index])
      return false;
    std::memcpy(bytes.data() + kernel.parameters[index].offset, parameters[index], kernel.parameters[index].bytes);
  }
  return true;
}

static int launch(Driver &driver, void *handle, Launch launch, void *streamHandle, void **parameters, void **extra) {
  LoadedFunction *function = functionOf(*driver.current(), handle);
  Stream *stream = driver.stream(streamHandle);
  if (!function || !stream)
    return InvalidHandle;
  const Kernel &kernel = *function->kernel;
  auto list = [](const uint32_t *extents) {
    return std::to_string(extents[0]) + " " + std::to_string(extents[1]) + " " + std::to_string(extents[2]);
  };
  driver.note(kernel.name + ", blocks " + list(launch.grid) + ", threads " + list(launch.block) + ", shared " +
              std::to_string(kernel.sharedBytes + launch.dynamicShared));
  const uint32_t *block = launch.block, *grid = launch.grid;
  uint64_t threads = uint64_t(block[0]) * block[1] * block[2], blocks = uint64_t(grid[0]) * grid[1] * grid[2];
  if (threads == 0 || blocks == 0 || block[0] > 1024 || block[1] > 1024 || block[2] > 64 ||
      threads > kernel.maximumThreads || grid[0] > 0x7fffffff || grid[1] > 65535 || grid[2] > 65535 ||
      blocks > 0x7fffffff || launch.dynamicShared > uint32_t(function->maximumDynamicShared))
    return InvalidValue;
  if (kernel.requiredThreads[0] && !std::equal(block, block + 3, kernel.requiredThreads))
    return InvalidValue;
  if (!copyParameters(kernel, parameters, extra, launch.parameters))
    return InvalidValue;
  ++driver.launches;
  return driver.enqueue(*stream, [&driver, &context = *stream->context, handle, launch] {
    // Modules wait for their kernels, except for those of graphs.
    LoadedFunction *function = functionOf(context, handle);
    if (!function)
      throw Fault(FaultKind::Trap, "a kernel of a graph belongs to a module that was unloaded");
    driver.machine.run(*function->kernel, launch);
  });
}

ENTRY(cuLaunchKernel)(void *function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY,
                      unsigned blockZ, unsigned dynamicShared, void *stream, void **parameters, void **extra) {
  return enter("cuLaunchKernel", Driver::CurrentContext, [&](Driver &driver) -> int {
    Launch what{{gridX, gridY, gridZ}, {blockX, blockY, blockZ}, dynamicShared, {}};
    return launch(driver, function, what, stream, parameters, extra);
  });
}

ENTRY(cuLaunchKernelEx)(const LaunchConfig *config, void *function, void **parameters, void **extra) {
  return enter("cuLaunchKernelEx", Driver::CurrentContext, [&](Driver &driver) -> int {
    if (!config)
      return InvalidValue;
    // Clusters, cooperative launches and the like.
    if (config->attributeCount)
      return NotSupported;
    Launch what;
    std::copy_n(config->grid, 3, what.grid);
    std::copy_n(config->block, 3, what.block);
    what.dynamicShared = config->dynamicShared;
    return launch(driver, function, what, config->stream, parameters, extra);
  });
}
