//===- GraphEntries.cpp - Captured streams and graphs ---------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A graph is the work of one stream, in its order. Events do not join streams
// to a capture.
//
//===----------------------------------------------------------------------===//

#include "Entries.h"

using namespace remat::standin;

static int withStream(const char *entry, void *handle, const std::function<int(Driver &, Stream &)> &body) {
  return enter(entry, Driver::CurrentContext, [&](Driver &driver) -> int {
    Stream *stream = driver.stream(handle);
    return stream ? body(driver, *stream) : int(InvalidHandle);
  });
}

ENTRY(cuStreamBeginCapture_v2)(void *handle, int mode) {
  return withStream("cuStreamBeginCapture_v2", handle, [&](Driver &, Stream &stream) -> int {
    if (mode < 0 || mode > 2)
      return InvalidValue;
    if (&stream == stream.context->defaultStream.get())
      return CaptureUnsupported;
    if (stream.capture)
      return IllegalState;
    stream.capture = std::make_unique<Graph>();
    stream.relaxed = mode == 2;
    return Success;
  });
}

ENTRY(cuStreamEndCapture)(void *handle, void **graph) {
  return withStream("cuStreamEndCapture", handle, [&](Driver &driver, Stream &stream) -> int {
    if (!graph)
      return InvalidValue;
    *graph = nullptr;
    if (!stream.capture)
      return IllegalState;
    std::unique_ptr<Graph> captured = std::move(stream.capture);
    if (captured->invalid)
      return CaptureInvalidated;
    driver.note(std::to_string(captured->operations.size()) + " operations");
    Graph *key = captured.get();
    stream.context->graphs[key] = std::move(captured);
    *graph = key;
    return Success;
  });
}

ENTRY(cuStreamIsCapturing)(void *handle, int *status) {
  return withStream("cuStreamIsCapturing", handle, [&](Driver &, Stream &stream) -> int {
    if (!status)
      return InvalidValue;
    *status = !stream.capture ? 0 : stream.capture->invalid ? 2 : 1;
    return Success;
  });
}

ENTRY(cuGraphInstantiateWithFlags)(void **executable, void *handle, unsigned long long) {
  return enter("cuGraphInstantiateWithFlags", Driver::CurrentContext, [&](Driver &driver) -> int {
    auto graph = driver.current()->graphs.find(static_cast<Graph *>(handle));
    if (!executable || graph == driver.current()->graphs.end())
      return InvalidValue;
    auto made = std::make_shared<GraphExecutable>();
    made->operations = graph->second->operations;
    driver.current()->executables[made.get()] = made;
    *executable = made.get();
    return Success;
  });
}

ENTRY(cuGraphLaunch)(void *handle, void *streamHandle) {
  return enter("cuGraphLaunch", Driver::CurrentContext, [&](Driver &driver) -> int {
    auto found = driver.current()->executables.find(static_cast<GraphExecutable *>(handle));
    if (found == driver.current()->executables.end())
      return InvalidValue;
    Stream *stream = driver.stream(streamHandle);
    if (!stream)
      return InvalidHandle;
    driver.note(std::to_string(found->second->operations.size()) + " operations");
    // What is launched runs, even if the graph is destroyed before.
    return driver.enqueue(*stream, [executable = found->second] {
      for (const std::function<void()> &operation : executable->operations)
        operation();
    });
  });
}

ENTRY(cuGraphGetNodes)(void *handle, void **nodes, size_t *count) {
  return enter("cuGraphGetNodes", Driver::CurrentContext, [&](Driver &driver) -> int {
    auto graph = driver.current()->graphs.find(static_cast<Graph *>(handle));
    if (!count || graph == driver.current()->graphs.end())
      return InvalidValue;
    // How many there are; nodes have no names here.
    if (nodes)
      return NotSupported;
    *count = graph->second->operations.size();
    return Success;
  });
}

ENTRY(cuGraphExecDestroy)(void *handle) {
  return enter("cuGraphExecDestroy", Driver::CurrentContext, [&](Driver &driver) -> int {
    return driver.current()->executables.erase(static_cast<GraphExecutable *>(handle)) ? Success : InvalidValue;
  });
}

ENTRY(cuGraphDestroy)(void *handle) {
  return enter("cuGraphDestroy", Driver::CurrentContext, [&](Driver &driver) -> int {
    return driver.current()->graphs.erase(static_cast<Graph *>(handle)) ? Success : InvalidValue;
  });
}
