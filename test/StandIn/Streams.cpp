//===- Streams.cpp - Work in order ----------------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

#include <cstdio>

using namespace remat::standin;

Stream *Driver::stream(void *handle) {
  Context *context = current();
  // 0, and 1 and 2 for the default streams of a process and of a thread, which here are one.
  if (reinterpret_cast<uintptr_t>(handle) <= 2)
    return context->defaultStream.get();
  auto found = context->streams.find(static_cast<Stream *>(handle));
  return found == context->streams.end() ? nullptr : found->second.get();
}

bool Driver::spoilsCapture(Context &context) {
  bool found = false;
  for (auto &[handle, stream] : context.streams)
    if (stream->capture && !stream->relaxed)
      found = stream->capture->invalid = true;
  return found;
}

int Driver::enqueue(Stream &stream, std::function<void()> operation) {
  Context &context = *stream.context;
  if (stream.capture) {
    stream.capture->operations.push_back(std::move(operation));
    return Success;
  }
  auto push = [&](std::function<void()> work) {
    stream.queue.push_back(std::move(work));
    ++stream.enqueued;
  };
  // The default stream and streams that block wait for each other.
  auto waitFor = [&](Stream &other) {
    if (other.done < other.enqueued)
      push([this, kept = other.shared_from_this(), position = other.enqueued] { drain(*kept, position); });
  };
  if (&stream == context.defaultStream.get()) {
    for (auto &[handle, other] : context.streams)
      if (other->blocking && other->capture) {
        other->capture->invalid = true;
        return CaptureImplicit;
      }
    for (auto &[handle, other] : context.streams)
      if (other->blocking)
        waitFor(*other);
  } else if (stream.blocking) {
    waitFor(*context.defaultStream);
  }
  push(std::move(operation));
  if (settings.eager)
    drain(stream, stream.enqueued);
  return Success;
}

void Driver::drain(Stream &stream, uint64_t position) {
  // An operation that waits for what comes behind it cannot be made: events name what was enqueued before.
  while (stream.done < position && !stream.queue.empty()) {
    std::function<void()> operation = std::move(stream.queue.front());
    stream.queue.pop_front();
    if (stream.context->error == Success) {
      try {
        operation();
      } catch (const Fault &fault) {
        fail(*stream.context, fault);
      }
    }
    ++stream.done;
  }
}

void Driver::drainAll(Context &context) {
  drain(*context.defaultStream, context.defaultStream->enqueued);
  for (auto &[handle, stream] : context.streams)
    drain(*stream, stream->enqueued);
}

void Driver::fail(Context &context, const Fault &fault) {
  lastFault = fault.what();
  std::fprintf(stderr, "remat stand-in: %s\n", fault.what());
  switch (fault.kind) {
  case FaultKind::OutOfBounds:
    context.error = IllegalAddress;
    break;
  case FaultKind::Misaligned:
    context.error = MisalignedAddress;
    break;
  case FaultKind::Endless:
    context.error = LaunchTimeout;
    break;
  case FaultKind::Trap:
    context.error = IllegalInstruction;
    break;
  default:
    context.error = LaunchFailed;
    break;
  }
}
