//===- DeviceEntries.cpp - Devices and contexts ---------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Entries.h"

#include <cstdio>
#include <cstring>

using namespace remat::standin;

ENTRY(cuInit)(unsigned flags) {
  return enter("cuInit", Driver::Nothing, [&](Driver &driver) -> int {
    if (flags)
      return InvalidValue;
    if (driver.settings.devices == 0)
      return NoDevice;
    driver.initialized = true;
    return Success;
  });
}

ENTRY(cuDriverGetVersion)(int *version) {
  return enter("cuDriverGetVersion", Driver::Nothing, [&](Driver &driver) -> int {
    if (!version)
      return InvalidValue;
    *version = driver.settings.version;
    return Success;
  });
}

ENTRY(cuGetErrorName)(int error, const char **text) {
  return enter("cuGetErrorName", Driver::Nothing, [&](Driver &) -> int {
    if (!text)
      return InvalidValue;
    *text = resultName(error);
    return *text ? Success : InvalidValue;
  });
}

ENTRY(cuGetErrorString)(int error, const char **text) {
  return enter("cuGetErrorString", Driver::Nothing, [&](Driver &) -> int {
    if (!text)
      return InvalidValue;
    *text = resultText(error);
    return *text ? Success : InvalidValue;
  });
}

//===----------------------------------------------------------------------===//
// Devices
//===----------------------------------------------------------------------===//

ENTRY(cuDeviceGetCount)(int *count) {
  return enter("cuDeviceGetCount", Driver::Initialized, [&](Driver &driver) -> int {
    if (!count)
      return InvalidValue;
    *count = driver.settings.devices ? 1 : 0;
    return Success;
  });
}

ENTRY(cuDeviceGet)(int *device, int ordinal) {
  return enter("cuDeviceGet", Driver::Initialized, [&](Driver &) -> int {
    if (!device)
      return InvalidValue;
    if (ordinal != 0)
      return InvalidDevice;
    *device = 0;
    return Success;
  });
}

ENTRY(cuDeviceGetName)(char *name, int length, int device) {
  return enter("cuDeviceGetName", Driver::Initialized, [&](Driver &) -> int {
    if (device != 0)
      return InvalidDevice;
    if (!name || length <= 0)
      return InvalidValue;
    std::snprintf(name, length, "remat stand-in (simulated)");
    return Success;
  });
}

static int deviceUuid(const char *entry, void *uuid, int device) {
  return enter(entry, Driver::Initialized, [&](Driver &) -> int {
    if (device != 0)
      return InvalidDevice;
    if (!uuid)
      return InvalidValue;
    std::memcpy(uuid, "remat stand-in  ", 16);
    return Success;
  });
}

ENTRY(cuDeviceGetUuid)(void *uuid, int device) { return deviceUuid("cuDeviceGetUuid", uuid, device); }
ENTRY(cuDeviceGetUuid_v2)(void *uuid, int device) { return deviceUuid("cuDeviceGetUuid_v2", uuid, device); }

ENTRY(cuDeviceTotalMem_v2)(size_t *bytes, int device) {
  return enter("cuDeviceTotalMem_v2", Driver::Initialized, [&](Driver &driver) -> int {
    if (device != 0)
      return InvalidDevice;
    if (!bytes)
      return InvalidValue;
    *bytes = driver.memory.capacity();
    return Success;
  });
}

ENTRY(cuDeviceGetAttribute)(int *value, int attribute, int device) {
  return enter("cuDeviceGetAttribute", Driver::Initialized, [&](Driver &driver) -> int {
    if (device != 0)
      return InvalidDevice;
    if (!value)
      return InvalidValue;
    // Sizes of an H100 as far as kernels can ask for them; what only matters for speed is 1 or not there.
    static constexpr int known[][2] = {{1, 1024},       {2, 1024},    {3, 1024},   {4, 64},
                                       {5, 2147483647}, {6, 65535},   {7, 65535}, // threads and blocks
                                       {8, 49152},      {9, 65536},   {10, 32},    {11, 2147483647},
                                       {12, 65536}, // memory of a block, warps
                                       {14, 512},       {15, 0},      {16, 1},     {17, 0},
                                       {18, 0},         {19, 0},      {20, 0},     {31, 0},
                                       {32, 0}, // one multiprocessor
                                       {33, 0},         {34, 0},      {35, 0},     {39, 2048},
                                       {40, 0},         {41, 1},      {50, 0}, // unified addresses
                                       {78, 0},         {81, 233472}, {82, 65536}, {83, 0},
                                       {88, 0},         {89, 0},      {95, 0},     {96, 0},
                                       {97, 232448},    {102, 0},     {106, 32},   {111, 1024},
                                       {115, 0}};
    for (const int *entry : known)
      if (entry[0] == attribute) {
        *value = entry[1];
        return Success;
      }
    if (attribute != 75 && attribute != 76)
      return InvalidValue;
    *value = attribute == 75 ? driver.settings.capability / 10 : driver.settings.capability % 10;
    return Success;
  });
}

//===----------------------------------------------------------------------===//
// The primary context
//===----------------------------------------------------------------------===//

ENTRY(cuDevicePrimaryCtxRetain)(void **context, int device) {
  return enter("cuDevicePrimaryCtxRetain", Driver::Initialized, [&](Driver &driver) -> int {
    if (device != 0)
      return InvalidDevice;
    if (!context)
      return InvalidValue;
    Context &primary = driver.primary();
    ++primary.retained;
    *context = &primary;
    return Success;
  });
}

ENTRY(cuDevicePrimaryCtxRelease_v2)(int device) {
  return enter("cuDevicePrimaryCtxRelease_v2", Driver::Initialized, [&](Driver &driver) -> int {
    if (device != 0)
      return InvalidDevice;
    if (!driver.primaryContext || driver.primaryContext->retained == 0)
      return InvalidContext;
    if (--driver.primaryContext->retained == 0) {
      driver.drainAll(*driver.primaryContext);
      driver.destroyContext(driver.primaryContext);
    }
    return Success;
  });
}

ENTRY(cuDevicePrimaryCtxReset_v2)(int device) {
  return enter("cuDevicePrimaryCtxReset_v2", Driver::Initialized, [&](Driver &driver) -> int {
    if (device != 0)
      return InvalidDevice;
    if (driver.primaryContext)
      driver.destroyContext(driver.primaryContext);
    return Success;
  });
}

ENTRY(cuDevicePrimaryCtxGetState)(int device, unsigned *flags, int *active) {
  return enter("cuDevicePrimaryCtxGetState", Driver::Initialized, [&](Driver &driver) -> int {
    if (device != 0)
      return InvalidDevice;
    if (!flags || !active)
      return InvalidValue;
    *flags = driver.primaryContext ? driver.primaryContext->flags : 0;
    *active = driver.primaryContext != nullptr;
    return Success;
  });
}

ENTRY(cuDevicePrimaryCtxSetFlags_v2)(int device, unsigned flags) {
  return enter("cuDevicePrimaryCtxSetFlags_v2", Driver::Initialized, [&](Driver &driver) -> int {
    if (device != 0)
      return InvalidDevice;
    driver.primary().flags = flags;
    return Success;
  });
}

//===----------------------------------------------------------------------===//
// Contexts of a thread
//===----------------------------------------------------------------------===//

ENTRY(cuCtxCreate_v2)(void **context, unsigned flags, int device) {
  return enter("cuCtxCreate_v2", Driver::Initialized, [&](Driver &driver) -> int {
    if (device != 0)
      return InvalidDevice;
    if (!context)
      return InvalidValue;
    Context *created = driver.createContext();
    created->flags = flags;
    contextStack().push_back(created);
    *context = created;
    return Success;
  });
}

ENTRY(cuCtxDestroy_v2)(void *context) {
  return enter("cuCtxDestroy_v2", Driver::Initialized, [&](Driver &driver) -> int {
    auto *destroyed = static_cast<Context *>(context);
    if (!driver.owns(destroyed) || destroyed->primary)
      return InvalidContext;
    driver.drainAll(*destroyed);
    if (!contextStack().empty() && contextStack().back() == destroyed)
      contextStack().pop_back();
    driver.destroyContext(destroyed);
    return Success;
  });
}

ENTRY(cuCtxPushCurrent_v2)(void *context) {
  return enter("cuCtxPushCurrent_v2", Driver::Initialized, [&](Driver &driver) -> int {
    if (!driver.owns(static_cast<Context *>(context)))
      return InvalidContext;
    contextStack().push_back(static_cast<Context *>(context));
    return Success;
  });
}

ENTRY(cuCtxPopCurrent_v2)(void **context) {
  return enter("cuCtxPopCurrent_v2", Driver::Initialized, [&](Driver &) -> int {
    if (contextStack().empty())
      return InvalidContext;
    if (context)
      *context = contextStack().back();
    contextStack().pop_back();
    return Success;
  });
}

ENTRY(cuCtxSetCurrent)(void *context) {
  return enter("cuCtxSetCurrent", Driver::Initialized, [&](Driver &driver) -> int {
    if (context && !driver.owns(static_cast<Context *>(context)))
      return InvalidContext;
    // The context on top is replaced, or dropped.
    if (!contextStack().empty())
      contextStack().pop_back();
    if (context)
      contextStack().push_back(static_cast<Context *>(context));
    return Success;
  });
}

ENTRY(cuCtxGetCurrent)(void **context) {
  return enter("cuCtxGetCurrent", Driver::Initialized, [&](Driver &driver) -> int {
    if (!context)
      return InvalidValue;
    *context = driver.current();
    return Success;
  });
}

ENTRY(cuCtxGetDevice)(int *device) {
  return enter("cuCtxGetDevice", Driver::Initialized, [&](Driver &driver) -> int {
    if (!driver.current())
      return InvalidContext;
    if (!device)
      return InvalidValue;
    *device = 0;
    return Success;
  });
}

ENTRY(cuCtxSynchronize)() {
  return enter("cuCtxSynchronize", Driver::NoCapture, [&](Driver &driver) -> int {
    driver.drainAll(*driver.current());
    return driver.current()->error;
  });
}
