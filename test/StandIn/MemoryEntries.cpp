//===- MemoryEntries.cpp - Memory of the device and copies ----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Entries.h"

#include <cstdlib>
#include <cstring>

using namespace remat::standin;

ENTRY(cuMemAlloc_v2)(DevicePointer *pointer, size_t bytes) {
  return enter("cuMemAlloc_v2", Driver::NoCapture, [&](Driver &driver) -> int {
    driver.note(std::to_string(bytes));
    if (!pointer || bytes == 0)
      return InvalidValue;
    Region *region = driver.memory.allocate(bytes);
    if (!region)
      return OutOfMemory;
    driver.current()->allocations.insert(region->begin);
    *pointer = region->begin;
    return Success;
  });
}

ENTRY(cuMemFree_v2)(DevicePointer pointer) {
  return enter("cuMemFree_v2", Driver::NoCapture, [&](Driver &driver) -> int {
    if (pointer == 0)
      return Success;
    Context &context = *driver.current();
    if (!context.allocations.count(pointer))
      return InvalidValue;
    // Kernels that use it run before.
    driver.drainAll(context);
    context.allocations.erase(pointer);
    driver.memory.release(pointer);
    return context.error;
  });
}

ENTRY(cuMemGetInfo_v2)(size_t *unused, size_t *total) {
  return enter("cuMemGetInfo_v2", Driver::CurrentContext, [&](Driver &driver) -> int {
    if (!unused || !total)
      return InvalidValue;
    *unused = driver.memory.capacity() - driver.memory.used();
    *total = driver.memory.capacity();
    return Success;
  });
}

ENTRY(cuMemGetAddressRange_v2)(DevicePointer *begin, size_t *bytes, DevicePointer pointer) {
  return enter("cuMemGetAddressRange_v2", Driver::CurrentContext, [&](Driver &driver) -> int {
    Region *region = driver.memory.find(pointer);
    if (!region)
      return NotFound;
    if (begin)
      *begin = region->begin;
    if (bytes)
      *bytes = region->size;
    return Success;
  });
}

/// Host memory that copies need not stage; here all of it is alike.
static int allocateHost(const char *entry, void **pointer, size_t bytes) {
  return enter(entry, Driver::NoCapture, [&](Driver &) -> int {
    if (!pointer || bytes == 0)
      return InvalidValue;
    *pointer = std::malloc(bytes);
    return *pointer ? Success : OutOfMemory;
  });
}

ENTRY(cuMemAllocHost_v2)(void **pointer, size_t bytes) { return allocateHost("cuMemAllocHost_v2", pointer, bytes); }
ENTRY(cuMemHostAlloc)(void **pointer, size_t bytes, unsigned) { return allocateHost("cuMemHostAlloc", pointer, bytes); }

ENTRY(cuMemFreeHost)(void *pointer) {
  return enter("cuMemFreeHost", Driver::NoCapture, [&](Driver &driver) -> int {
    driver.drainAll(*driver.current());
    std::free(pointer);
    return Success;
  });
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

namespace {

struct Copy {
  uint64_t target, source;
  size_t bytes;
};

} // namespace

static bool isValid(Driver &driver, uint64_t address, size_t bytes) {
  return !driver.memory.isDevice(address) ? address != 0 : driver.memory.find(address, bytes) != nullptr;
}

static void perform(Driver &driver, const Copy &copy) {
  // Freeing memory waits for copies, except for those of graphs.
  if (!isValid(driver, copy.target, copy.bytes) || !isValid(driver, copy.source, copy.bytes))
    throw Fault(FaultKind::OutOfBounds, "a copy of a graph accesses memory that was freed");
  Region *target = driver.memory.find(copy.target, copy.bytes);
  Region *source = driver.memory.find(copy.source, copy.bytes);
  void *to = target ? target->data.get() + (copy.target - target->begin) : reinterpret_cast<uint8_t *>(copy.target);
  const void *from =
      source ? source->data.get() + (copy.source - source->begin) : reinterpret_cast<const uint8_t *>(copy.source);
  std::memmove(to, from, copy.bytes);
  if (!target)
    return;
  uint8_t *states = target->states.get() + (copy.target - target->begin);
  // Bytes that were never written are no more written in their copy.
  if (source)
    std::memmove(states, source->states.get() + (copy.source - source->begin), copy.bytes);
  else
    std::memset(states, driver.isPattern(static_cast<const uint8_t *>(from), copy.bytes) ? NeverWritten : Written,
                copy.bytes);
}

/// Enqueues work; the host waits for it, or does not.
static int finish(Driver &driver, Stream &stream, std::function<void()> work, bool isAsynchronous) {
  int result = driver.enqueue(stream, std::move(work));
  if (result != Success || isAsynchronous)
    return result;
  driver.drain(stream, stream.enqueued);
  return stream.context->error;
}

/// `handle` is nullptr for copies that the host waits for.
static int copy(const char *entry, const Copy &copy, void *const *handle) {
  return enter(entry, handle ? Driver::CurrentContext : Driver::NoCapture, [&](Driver &driver) -> int {
    driver.note(std::to_string(copy.bytes));
    if (copy.bytes == 0)
      return Success;
    if (!isValid(driver, copy.target, copy.bytes) || !isValid(driver, copy.source, copy.bytes))
      return InvalidValue;
    Stream *stream = driver.stream(handle ? *handle : nullptr);
    if (!stream)
      return InvalidHandle;
    std::function<void()> work = [&driver, copy] { perform(driver, copy); };
    if (!driver.memory.isDevice(copy.source) && driver.memory.isDevice(copy.target) && !stream->capture) {
      // The host may change its memory when the call is back; captured copies read it whenever they run.
      auto *bytes = reinterpret_cast<const uint8_t *>(copy.source);
      auto staged = std::make_shared<std::vector<uint8_t>>(bytes, bytes + copy.bytes);
      work = [&driver, staged, copy] {
        perform(driver, {copy.target, reinterpret_cast<uint64_t>(staged->data()), copy.bytes});
      };
    }
    return finish(driver, *stream, std::move(work), handle != nullptr);
  });
}

static uint64_t host(const void *pointer) { return reinterpret_cast<uint64_t>(pointer); }

ENTRY(cuMemcpyHtoD_v2)(DevicePointer target, const void *source, size_t bytes) {
  return copy("cuMemcpyHtoD_v2", {target, host(source), bytes}, nullptr);
}
ENTRY(cuMemcpyDtoH_v2)(void *target, DevicePointer source, size_t bytes) {
  return copy("cuMemcpyDtoH_v2", {host(target), source, bytes}, nullptr);
}
ENTRY(cuMemcpyDtoD_v2)(DevicePointer target, DevicePointer source, size_t bytes) {
  return copy("cuMemcpyDtoD_v2", {target, source, bytes}, nullptr);
}
ENTRY(cuMemcpy)(DevicePointer target, DevicePointer source, size_t bytes) {
  return copy("cuMemcpy", {target, source, bytes}, nullptr);
}
ENTRY(cuMemcpyHtoDAsync_v2)(DevicePointer target, const void *source, size_t bytes, void *stream) {
  return copy("cuMemcpyHtoDAsync_v2", {target, host(source), bytes}, &stream);
}
ENTRY(cuMemcpyDtoHAsync_v2)(void *target, DevicePointer source, size_t bytes, void *stream) {
  return copy("cuMemcpyDtoHAsync_v2", {host(target), source, bytes}, &stream);
}
ENTRY(cuMemcpyDtoDAsync_v2)(DevicePointer target, DevicePointer source, size_t bytes, void *stream) {
  return copy("cuMemcpyDtoDAsync_v2", {target, source, bytes}, &stream);
}
ENTRY(cuMemcpyAsync)(DevicePointer target, DevicePointer source, size_t bytes, void *stream) {
  return copy("cuMemcpyAsync", {target, source, bytes}, &stream);
}

//===----------------------------------------------------------------------===//
// Filling
//===----------------------------------------------------------------------===//

static int fill(const char *entry, DevicePointer pointer, uint32_t value, unsigned width, size_t count,
                void *const *handle) {
  return enter(entry, handle ? Driver::CurrentContext : Driver::NoCapture, [&](Driver &driver) -> int {
    driver.note(std::to_string(width * count));
    if (count == 0)
      return Success;
    size_t bytes = width * count;
    if (pointer % width != 0 || !driver.memory.find(pointer, bytes))
      return InvalidValue;
    Stream *stream = driver.stream(handle ? *handle : nullptr);
    if (!stream)
      return InvalidHandle;
    auto work = [&driver, pointer, value, width, bytes] {
      if (!driver.memory.find(pointer, bytes))
        throw Fault(FaultKind::OutOfBounds, "a fill of a graph writes memory that was freed");
      Region &region = *driver.memory.find(pointer, bytes);
      uint8_t *data = region.data.get() + (pointer - region.begin);
      for (size_t byte = 0; byte < bytes; ++byte)
        data[byte] = value >> (8 * (byte % width));
      std::memset(region.states.get() + (pointer - region.begin),
                  driver.isPattern(data, bytes) ? NeverWritten : Written, bytes);
    };
    return finish(driver, *stream, std::move(work), handle != nullptr);
  });
}

ENTRY(cuMemsetD8_v2)(DevicePointer pointer, unsigned char value, size_t count) {
  return fill("cuMemsetD8_v2", pointer, value, 1, count, nullptr);
}
ENTRY(cuMemsetD16_v2)(DevicePointer pointer, unsigned short value, size_t count) {
  return fill("cuMemsetD16_v2", pointer, value, 2, count, nullptr);
}
ENTRY(cuMemsetD32_v2)(DevicePointer pointer, unsigned value, size_t count) {
  return fill("cuMemsetD32_v2", pointer, value, 4, count, nullptr);
}
ENTRY(cuMemsetD8Async)(DevicePointer pointer, unsigned char value, size_t count, void *stream) {
  return fill("cuMemsetD8Async", pointer, value, 1, count, &stream);
}
ENTRY(cuMemsetD16Async)(DevicePointer pointer, unsigned short value, size_t count, void *stream) {
  return fill("cuMemsetD16Async", pointer, value, 2, count, &stream);
}
ENTRY(cuMemsetD32Async)(DevicePointer pointer, unsigned value, size_t count, void *stream) {
  return fill("cuMemsetD32Async", pointer, value, 4, count, &stream);
}

//===----------------------------------------------------------------------===//
// Pointers
//===----------------------------------------------------------------------===//

/// False if the attribute does not exist for the pointer.
static bool pointerAttribute(Driver &driver, void *value, int attribute, DevicePointer pointer) {
  enum { ContextOf = 1, MemoryType, DeviceAddress, IsManaged = 8, Ordinal, RangeBegin = 11, RangeSize, Mapped };
  Region *region = driver.memory.find(pointer);
  if (!region)
    return false;
  switch (attribute) {
  case ContextOf:
    for (auto &[handle, context] : driver.contexts)
      if (context->allocations.count(region->begin)) {
        *static_cast<void **>(value) = handle;
        return true;
      }
    return false;
  case MemoryType:
    *static_cast<unsigned *>(value) = 2;
    return true;
  case DeviceAddress:
    *static_cast<DevicePointer *>(value) = pointer;
    return true;
  case IsManaged:
    *static_cast<unsigned char *>(value) = 0;
    return true;
  case Ordinal:
    *static_cast<int *>(value) = 0;
    return true;
  case RangeBegin:
    *static_cast<DevicePointer *>(value) = region->begin;
    return true;
  case RangeSize:
    *static_cast<size_t *>(value) = region->size;
    return true;
  case Mapped:
    *static_cast<unsigned char *>(value) = 1;
    return true;
  default:
    return false;
  }
}

ENTRY(cuPointerGetAttribute)(void *value, int attribute, DevicePointer pointer) {
  return enter("cuPointerGetAttribute", Driver::CurrentContext, [&](Driver &driver) -> int {
    return value && pointerAttribute(driver, value, attribute, pointer) ? Success : InvalidValue;
  });
}

ENTRY(cuPointerGetAttributes)(unsigned count, int *attributes, void **values, DevicePointer pointer) {
  return enter("cuPointerGetAttributes", Driver::CurrentContext, [&](Driver &driver) -> int {
    if (!attributes || !values)
      return InvalidValue;
    // Of pointers that are not the device's, sizes and kinds are 0.
    for (unsigned index = 0; index < count; ++index)
      if (!pointerAttribute(driver, values[index], attributes[index], pointer) && attributes[index] == 2)
        *static_cast<unsigned *>(values[index]) = 0;
    return Success;
  });
}
