//===- ModuleEntries.cpp - Modules, functions and launches ----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Entries.h"

#include <algorithm>
#include <cstring>

using namespace remat::standin;

static constexpr unsigned StaticShared = 48 * 1024, MostShared = 227 * 1024;

/// The version of PTX that a driver knows.
static unsigned ptxVersion(unsigned driver) {
  unsigned major = driver / 1000, minor = driver % 1000 / 10;
  if (major >= 13)
    return 90 + minor;
  if (major == 12)
    return 80 + (minor > 5 ? minor - 1 : minor);
  return major == 11 ? 70 + minor : 60;
}

namespace {

/// The buffers for what the assembler says.
struct Logs {
  char *buffer[2] = {nullptr, nullptr};
  size_t size[2] = {0, 0};
  void **sizes[2] = {nullptr, nullptr};

  Logs(unsigned count, const int *options, void **values) {
    for (unsigned index = 0; index < count; ++index) {
      // 3 and 4: information and how large its buffer is; 5 and 6: errors.
      int option = options[index];
      if (option == 3 || option == 5)
        buffer[option == 5] = static_cast<char *>(values[index]);
      if (option == 4 || option == 6) {
        size[option == 6] = reinterpret_cast<uintptr_t>(values[index]) & 0xffffffff;
        sizes[option == 6] = &values[index];
      }
    }
  }

  void write(bool isError, const std::string &text) {
    if (!buffer[isError] || size[isError] == 0)
      return;
    size_t count = std::min(text.size(), size[isError] - 1);
    std::memcpy(buffer[isError], text.data(), count);
    buffer[isError][count] = 0;
    if (sizes[isError])
      *sizes[isError] = reinterpret_cast<void *>(uintptr_t(count + (count != 0)));
  }
};

} // namespace

static int loadModule(Driver &driver, void **module, const void *image, Logs &logs) {
  if (!module || !image)
    return InvalidValue;
  const char *text = static_cast<const char *>(image);
  // Code of a device, or a container of such.
  if (std::strncmp(text,
                   "\x7f"
                   "ELF",
                   4) == 0 ||
      std::strncmp(text, "\x50\xed\x55\xba", 4) == 0)
    return NoBinaryForGpu;
  auto refuse = [&](unsigned line, const std::string &what, int result) {
    logs.write(true, "remat stand-in, line " + std::to_string(line) + " of the PTX: error: " + what);
    driver.note("refused: " + what);
    return result;
  };
  try {
    // Version and target come first in a module, and in what is wrong with one.
    Context &context = *driver.current();
    Module header = parseHeader(text);
    unsigned most = ptxVersion(driver.settings.version);
    if (header.version > most)
      return refuse(1,
                    "Unsupported .version " + std::to_string(header.version / 10) + "." +
                        std::to_string(header.version % 10) + "; current version is " + std::to_string(most / 10) +
                        "." + std::to_string(most % 10),
                    UnsupportedPtxVersion);
    if (header.capability > driver.settings.capability)
      return refuse(1,
                    "the target sm_" + std::to_string(header.capability) + " is higher than sm_" +
                        std::to_string(driver.settings.capability) + " of this device",
                    InvalidPtx);
    auto loaded = std::make_unique<DriverModule>(&context, driver.memory, text);
    DriverModule *key = loaded.get();
    context.modules[key] = std::move(loaded);
    *module = key;
    logs.write(false, "");
    return Success;
  } catch (const PtxError &error) {
    return refuse(error.line, error.what(), InvalidPtx);
  }
}

static DriverModule *moduleOf(Driver &driver, void *handle) {
  auto found = driver.current()->modules.find(static_cast<DriverModule *>(handle));
  return found == driver.current()->modules.end() ? nullptr : found->second.get();
}

ENTRY(cuModuleLoadData)(void **module, const void *image) {
  return enter("cuModuleLoadData", Driver::NoCapture, [&](Driver &driver) -> int {
    Logs logs(0, nullptr, nullptr);
    return loadModule(driver, module, image, logs);
  });
}

ENTRY(cuModuleLoadDataEx)(void **module, const void *image, unsigned count, int *options, void **values) {
  return enter("cuModuleLoadDataEx", Driver::NoCapture, [&](Driver &driver) -> int {
    if (count && (!options || !values))
      return InvalidValue;
    Logs logs(count, options, values);
    return loadModule(driver, module, image, logs);
  });
}

ENTRY(cuModuleUnload)(void *handle) {
  return enter("cuModuleUnload", Driver::NoCapture, [&](Driver &driver) -> int {
    DriverModule *module = moduleOf(driver, handle);
    if (!module)
      return InvalidHandle;
    driver.drainAll(*driver.current());
    driver.current()->modules.erase(module);
    return Success;
  });
}

ENTRY(cuModuleGetFunction)(void **function, void *handle, const char *name) {
  return enter("cuModuleGetFunction", Driver::CurrentContext, [&](Driver &driver) -> int {
    if (!function || !name)
      return InvalidValue;
    driver.note(name);
    DriverModule *module = moduleOf(driver, handle);
    if (!module)
      return InvalidHandle;
    const Kernel *kernel = module->loaded.kernel(name);
    if (!kernel)
      return NotFound;
    std::unique_ptr<LoadedFunction> &entry = module->functions[name];
    if (!entry) {
      entry = std::make_unique<LoadedFunction>();
      entry->module = module;
      entry->kernel = kernel;
      entry->maximumDynamicShared = StaticShared - kernel->sharedBytes;
    }
    *function = entry.get();
    return Success;
  });
}

ENTRY(cuModuleGetGlobal_v2)(DevicePointer *pointer, size_t *bytes, void *handle, const char *name) {
  return enter("cuModuleGetGlobal_v2", Driver::CurrentContext, [&](Driver &driver) -> int {
    if (!name)
      return InvalidValue;
    DriverModule *module = moduleOf(driver, handle);
    if (!module)
      return InvalidHandle;
    const Region *region = module->loaded.variable(name);
    if (!region)
      return NotFound;
    if (pointer)
      *pointer = region->begin;
    if (bytes)
      *bytes = region->size;
    return Success;
  });
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

LoadedFunction *remat::standin::functionOf(Context &context, void *handle) {
  for (auto &[key, module] : context.modules)
    for (auto &[name, function] : module->functions)
      if (function.get() == handle)
        return function.get();
  return nullptr;
}

namespace {
enum FunctionAttribute {
  MaximumThreads,
  SharedBytes,
  ConstantBytes,
  LocalBytes,
  Registers,
  PtxVersion,
  BinaryVersion,
  CacheMode,
  MaximumDynamicShared,
  SharedCarveout
};
} // namespace

ENTRY(cuFuncGetAttribute)(int *value, int attribute, void *handle) {
  return enter("cuFuncGetAttribute", Driver::CurrentContext, [&](Driver &driver) -> int {
    LoadedFunction *function = functionOf(*driver.current(), handle);
    if (!function)
      return InvalidHandle;
    if (!value)
      return InvalidValue;
    const Kernel &kernel = *function->kernel;
    switch (attribute) {
    case MaximumThreads:
      *value = kernel.maximumThreads;
      return Success;
    case SharedBytes:
      *value = kernel.sharedBytes;
      return Success;
    case ConstantBytes:
      *value = 0;
      for (const Variable &variable : function->module->loaded.source().variables)
        *value += variable.space == Space::Constant ? variable.bytes : 0;
      return Success;
    case LocalBytes:
      *value = kernel.localBytes;
      return Success;
    case PtxVersion:
      *value = function->module->loaded.source().version;
      return Success;
    case BinaryVersion:
      *value = driver.settings.capability;
      return Success;
    case Registers: // There are none to allocate.
    case CacheMode:
      *value = 0;
      return Success;
    case MaximumDynamicShared:
      *value = function->maximumDynamicShared;
      return Success;
    case SharedCarveout:
      *value = -1;
      return Success;
    default:
      return InvalidValue;
    }
  });
}

ENTRY(cuFuncSetAttribute)(void *handle, int attribute, int value) {
  return enter("cuFuncSetAttribute", Driver::CurrentContext, [&](Driver &driver) -> int {
    LoadedFunction *function = functionOf(*driver.current(), handle);
    if (!function)
      return InvalidHandle;
    if (attribute == SharedCarveout)
      return Success;
    if (attribute != MaximumDynamicShared || value < 0 || value > int(MostShared - function->kernel->sharedBytes))
      return InvalidValue;
    function->maximumDynamicShared = value;
    return Success;
  });
}
