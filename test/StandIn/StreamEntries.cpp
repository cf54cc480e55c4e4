//===- StreamEntries.cpp - Streams and events -----------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Entries.h"

using namespace remat::standin;

static int createStream(const char *entry, void **handle, unsigned flags) {
  return enter(entry, Driver::CurrentContext, [&](Driver &driver) -> int {
    if (!handle || flags > 1)
      return InvalidValue;
    auto stream = std::make_shared<Stream>();
    stream->context = driver.current();
    stream->blocking = flags == 0;
    *handle = stream.get();
    driver.current()->streams[stream.get()] = stream;
    return Success;
  });
}

ENTRY(cuStreamCreate)(void **handle, unsigned flags) { return createStream("cuStreamCreate", handle, flags); }
ENTRY(cuStreamCreateWithPriority)(void **handle, unsigned flags, int) {
  return createStream("cuStreamCreateWithPriority", handle, flags);
}

/// Runs `body` with the stream of a handle.
static int withStream(const char *entry, void *handle, const std::function<int(Driver &, Stream &)> &body) {
  return enter(entry, Driver::CurrentContext, [&](Driver &driver) -> int {
    Stream *stream = driver.stream(handle);
    return stream ? body(driver, *stream) : int(InvalidHandle);
  });
}

ENTRY(cuStreamDestroy_v2)(void *handle) {
  return withStream("cuStreamDestroy_v2", handle, [&](Driver &driver, Stream &stream) -> int {
    if (&stream == stream.context->defaultStream.get())
      return InvalidHandle;
    driver.drain(stream, stream.enqueued);
    driver.current()->streams.erase(&stream);
    return Success;
  });
}

ENTRY(cuStreamSynchronize)(void *handle) {
  return withStream("cuStreamSynchronize", handle, [&](Driver &driver, Stream &stream) -> int {
    if (stream.capture) {
      stream.capture->invalid = true;
      return CaptureUnsupported;
    }
    driver.drain(stream, stream.enqueued);
    return stream.context->error;
  });
}

ENTRY(cuStreamQuery)(void *handle) {
  return withStream("cuStreamQuery", handle, [&](Driver &driver, Stream &stream) -> int {
    if (stream.capture) {
      stream.capture->invalid = true;
      return CaptureUnsupported;
    }
    if (stream.done == stream.enqueued)
      return Success;
    // Whoever asks again and again sees the work end.
    driver.drain(stream, stream.done + 1);
    return stream.context->error ? stream.context->error : NotReady;
  });
}

ENTRY(cuStreamGetCtx)(void *handle, void **context) {
  return withStream("cuStreamGetCtx", handle, [&](Driver &, Stream &stream) -> int {
    if (!context)
      return InvalidValue;
    *context = stream.context;
    return Success;
  });
}

//===----------------------------------------------------------------------===//
// Events
//===----------------------------------------------------------------------===//

ENTRY(cuEventCreate)(void **handle, unsigned flags) {
  return enter("cuEventCreate", Driver::CurrentContext, [&](Driver &driver) -> int {
    if (!handle || flags > 7)
      return InvalidValue;
    auto event = std::make_unique<Event>();
    Event *key = event.get();
    key->context = driver.current();
    driver.current()->events[key] = std::move(event);
    *handle = key;
    return Success;
  });
}

static int withEvent(const char *entry, void *handle, const std::function<int(Driver &, Event &)> &body) {
  return enter(entry, Driver::CurrentContext, [&](Driver &driver) -> int {
    auto found = driver.current()->events.find(static_cast<Event *>(handle));
    return found == driver.current()->events.end() ? int(InvalidHandle) : body(driver, *found->second);
  });
}

ENTRY(cuEventDestroy_v2)(void *handle) {
  return withEvent("cuEventDestroy_v2", handle, [&](Driver &driver, Event &event) -> int {
    driver.current()->events.erase(&event);
    return Success;
  });
}

ENTRY(cuEventRecord)(void *handle, void *streamHandle) {
  return withEvent("cuEventRecord", handle, [&](Driver &driver, Event &event) -> int {
    Stream *stream = driver.stream(streamHandle);
    if (!stream)
      return InvalidHandle;
    if (stream->capture)
      return NotSupported; // Graphs here are one stream's.
    if (int result = driver.enqueue(*stream, [] {}))
      return result;
    event.stream = stream->shared_from_this();
    event.position = stream->enqueued;
    return Success;
  });
}

ENTRY(cuStreamWaitEvent)(void *streamHandle, void *handle, unsigned flags) {
  return withEvent("cuStreamWaitEvent", handle, [&](Driver &driver, Event &event) -> int {
    Stream *stream = driver.stream(streamHandle);
    if (!stream)
      return InvalidHandle;
    if (flags > 1)
      return InvalidValue;
    if (stream->capture)
      return NotSupported;
    // What the event stands for now; it may be recorded again.
    if (event.stream && event.stream.get() != stream)
      return driver.enqueue(
          *stream, [&driver, kept = event.stream, position = event.position] { driver.drain(*kept, position); });
    return Success;
  });
}

ENTRY(cuEventQuery)(void *handle) {
  return withEvent("cuEventQuery", handle, [&](Driver &driver, Event &event) -> int {
    if (!event.stream || event.stream->done >= event.position)
      return Success;
    driver.drain(*event.stream, event.stream->done + 1);
    return event.context->error ? event.context->error : NotReady;
  });
}

ENTRY(cuEventSynchronize)(void *handle) {
  return withEvent("cuEventSynchronize", handle, [&](Driver &driver, Event &event) -> int {
    if (event.stream)
      driver.drain(*event.stream, event.position);
    return event.context->error;
  });
}

/// Time here says nothing about time on a device.
ENTRY(cuEventElapsedTime_v2)(float *, void *, void *) {
  return enter("cuEventElapsedTime_v2", Driver::CurrentContext, [](Driver &) -> int { return NotSupported; });
}
