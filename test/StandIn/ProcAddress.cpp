//===- ProcAddress.cpp - Entry points by name -----------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Entries.h"

#include <dlfcn.h>
#include <string>

using namespace remat::standin;

/// What this library exports under a name. A suffix of the name is the version; the newest there is counts.
void *remat::standin::findEntry(std::string_view name) {
  Dl_info self;
  if (name.substr(0, 2) != "cu" || !dladdr(reinterpret_cast<void *>(&findEntry), &self))
    return nullptr;
  void *library = dlopen(self.dli_fname, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
  if (!library)
    return nullptr;
  void *entry = nullptr;
  for (const char *version : {"_v2", ""})
    if (!entry)
      entry = dlsym(library, (std::string(name) + version).c_str());
  // Names that other libraries of the process have are not ours.
  Dl_info owner;
  if (entry && (!dladdr(entry, &owner) || owner.dli_fbase != self.dli_fbase))
    entry = nullptr;
  dlclose(library);
  return entry;
}

static int procAddress(const char *entry, const char *symbol, void **pointer, int *status) {
  return enter(entry, Driver::Nothing, [&](Driver &driver) -> int {
    if (!symbol || !pointer)
      return InvalidValue;
    driver.note(symbol);
    *pointer = findEntry(symbol);
    if (status)
      *status = *pointer ? 0 : 1;
    return *pointer ? Success : NotFound;
  });
}

ENTRY(cuGetProcAddress)(const char *symbol, void **pointer, int, unsigned long long) {
  return procAddress("cuGetProcAddress", symbol, pointer, nullptr);
}
ENTRY(cuGetProcAddress_v2)(const char *symbol, void **pointer, int, unsigned long long, int *status) {
  return procAddress("cuGetProcAddress_v2", symbol, pointer, status);
}

/// For tests: what the last kernel did wrong, how many instructions of a warp were executed, and the order of blocks of
/// launches that have not run yet (REMAT_STANDIN_SEED).
extern "C" __attribute__((visibility("default"))) const char *rematStandInFault() {
  Driver &driver = Driver::get();
  std::lock_guard<std::mutex> lock(driver.mutex);
  return driver.lastFault.c_str();
}
extern "C" __attribute__((visibility("default"))) uint64_t rematStandInInstructions() {
  Driver &driver = Driver::get();
  std::lock_guard<std::mutex> lock(driver.mutex);
  return driver.machine.executed;
}
extern "C" __attribute__((visibility("default"))) void rematStandInSetSeed(uint64_t seed) {
  Driver &driver = Driver::get();
  std::lock_guard<std::mutex> lock(driver.mutex);
  driver.machine.seed = seed;
}
