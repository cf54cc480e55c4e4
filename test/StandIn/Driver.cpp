//===- Driver.cpp - The state behind the driver's entry points ------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace remat::standin;

static uint64_t number(const char *name, uint64_t otherwise) {
  const char *text = std::getenv(name);
  if (!text || !*text)
    return otherwise;
  char *end = nullptr;
  uint64_t value = std::strtoull(text, &end, 0);
  if (*end) {
    // A setting that is not understood must not look like one that had no effect.
    std::fprintf(stderr, "remat stand-in: %s expects a number, but got '%s'\n", name, text);
    std::abort();
  }
  return value;
}

Settings::Settings()
    : devices(number("REMAT_STANDIN_DEVICES", 1)), version(number("REMAT_STANDIN_DRIVER", 13000)),
      capability(number("REMAT_STANDIN_CAPABILITY", 90)), memory(number("REMAT_STANDIN_MEMORY", uint64_t(4) << 30)),
      seed(number("REMAT_STANDIN_SEED", 0)), limit(number("REMAT_STANDIN_LIMIT", uint64_t(1) << 36)),
      eager(number("REMAT_STANDIN_EAGER", 0)), traffic(number("REMAT_STANDIN_TRAFFIC", 0)) {
  if (std::getenv("REMAT_STANDIN_PATTERN"))
    pattern = number("REMAT_STANDIN_PATTERN", 0);
  if (const char *path = std::getenv("REMAT_STANDIN_LOG"))
    log = path;
  // cuMemAlloc:3:2,cuLaunchKernel:1
  std::string list = std::getenv("REMAT_STANDIN_FAIL") ? std::getenv("REMAT_STANDIN_FAIL") : "";
  while (!list.empty()) {
    size_t comma = std::min(list.find(','), list.size());
    char entry[128];
    unsigned long long call = 1;
    int result = Unknown;
    int read = std::sscanf(list.substr(0, comma).c_str(), "%127[A-Za-z0-9_]:%llu:%d", entry, &call, &result);
    if (read < 2 || call == 0 || result == 0) {
      std::fprintf(stderr, "remat stand-in: REMAT_STANDIN_FAIL expects ENTRY:CALL or ENTRY:CALL:RESULT, but got '%s'\n",
                   list.substr(0, comma).c_str());
      std::abort();
    }
    failures.emplace(entry, std::make_pair(call, result));
    list.erase(0, comma + 1);
  }
}

Driver &Driver::get() {
  static Driver driver;
  return driver;
}

Driver::Driver() : memory(settings.memory), machine(memory) {
  machine.seed = settings.seed;
  machine.limit = settings.limit;
  machine.countsTraffic = settings.traffic;
  if (!settings.log.empty())
    log = settings.log == "-" ? stderr : std::fopen(settings.log.c_str(), "a");
}

Driver::~Driver() {
  size_t left = contexts.size();
  while (!contexts.empty())
    destroyContext(contexts.begin()->first);
  if (!log)
    return;
  for (const auto &[kernel, traffic] : machine.traffic)
    std::fprintf(log, "traffic of %s: %llu bytes, %llu sectors\n", kernel.c_str(),
                 static_cast<unsigned long long>(traffic.bytes), static_cast<unsigned long long>(traffic.sectors));
  std::fprintf(log, "at the end: %zu contexts; %llu launches, simulated\n", left,
               static_cast<unsigned long long>(launches));
  if (log != stderr)
    std::fclose(log);
}

std::vector<Context *> &remat::standin::contextStack() {
  static thread_local std::vector<Context *> stack;
  return stack;
}

Context *Driver::current() const {
  Context *context = contextStack().empty() ? nullptr : contextStack().back();
  return context && owns(context) ? context : nullptr;
}

Context *Driver::createContext() {
  auto context = std::make_unique<Context>();
  context->defaultStream = std::make_shared<Stream>();
  context->defaultStream->context = context.get();
  Context *handle = context.get();
  contexts[handle] = std::move(context);
  return handle;
}

Context &Driver::primary() {
  if (!primaryContext) {
    primaryContext = createContext();
    primaryContext->primary = true;
  }
  return *primaryContext;
}

void Driver::destroyContext(Context *context) {
  if (log)
    std::fprintf(log, "a context ends with %zu modules, %zu streams, %zu events, %zu allocations\n",
                 context->modules.size(), context->streams.size(), context->events.size(), context->allocations.size());
  for (uint64_t address : context->allocations)
    memory.release(address);
  if (context == primaryContext)
    primaryContext = nullptr;
  contexts.erase(context);
}

/// The name without `_v2`.
static std::string baseName(const std::string &name) {
  size_t at = name.rfind("_v");
  return at != name.npos && at + 3 == name.size() ? name.substr(0, at) : name;
}

int Driver::enter(const char *name, Needs needs, const std::function<int(Driver &)> &body) {
  std::lock_guard<std::mutex> lock(mutex);
  notes.clear();
  std::string base = baseName(name);
  uint64_t call = ++calls[base];
  int result = Success;
  for (const std::string &key : {base, std::string(name)}) {
    auto [first, last] = settings.failures.equal_range(key);
    for (auto failure = first; failure != last; ++failure)
      if (failure->second.first == call)
        result = failure->second.second;
  }
  if (result == Success && needs != Nothing && !initialized)
    result = NotInitialized;
  if (result == Success && needs >= CurrentContext)
    result = !current() ? int(InvalidContext) : current()->error;
  if (result == Success && needs == NoCapture && spoilsCapture(*current()))
    result = CaptureUnsupported;
  if (result == Success) {
    try {
      result = body(*this);
    } catch (const std::bad_alloc &) {
      result = OutOfMemory;
    }
  }
  if (log) {
    const char *text = resultName(result);
    std::fprintf(log, "%s%s -> %s\n", base.c_str(), notes.c_str(), text ? text : std::to_string(result).c_str());
    std::fflush(log);
  }
  return result;
}
