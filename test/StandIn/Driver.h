//===- Driver.h - The state behind the driver's entry points ----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Work on a stream runs when something waits for it, as late as it may: a host
// that reads results without waiting sees what was there before. Errors of
// kernels stick to the context, as they do on a device.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_STANDIN_DRIVER_H
#define REMAT_TEST_STANDIN_DRIVER_H

#include "LoadedModule.h"
#include "Machine.h"

#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <set>

namespace remat::standin {

/// Results of the entry points, by their values in the driver API.
enum Result : int {
  Success = 0,
  InvalidValue = 1,
  OutOfMemory = 2,
  NotInitialized = 3,
  NoDevice = 100,
  InvalidDevice = 101,
  InvalidImage = 200,
  InvalidContext = 201,
  NoBinaryForGpu = 209,
  InvalidPtx = 218,
  UnsupportedPtxVersion = 222,
  InvalidHandle = 400,
  IllegalState = 401,
  NotFound = 500,
  NotReady = 600,
  IllegalAddress = 700,
  LaunchTimeout = 702,
  ContextIsDestroyed = 709,
  IllegalInstruction = 715,
  MisalignedAddress = 716,
  LaunchFailed = 719,
  NotSupported = 801,
  CaptureUnsupported = 900,
  CaptureInvalidated = 901,
  CaptureImplicit = 906,
  Unknown = 999
};

/// "CUDA_ERROR_..." and a sentence, or nullptr.
const char *resultName(int result);
const char *resultText(int result);

struct Context;

/// Work that was captured: what a stream would have done.
struct Graph {
  std::vector<std::function<void()>> operations;
  /// Something happened that cannot be captured.
  bool invalid = false;
};

/// A graph that can be launched.
struct GraphExecutable {
  std::vector<std::function<void()>> operations;
};

/// Work in order. Operations are numbered from 1 on. Who waits for a stream keeps it.
struct Stream : std::enable_shared_from_this<Stream> {
  Context *context = nullptr;
  /// Waits for the default stream, and the default stream for it.
  bool blocking = true;
  uint64_t enqueued = 0, done = 0;
  std::deque<std::function<void()>> queue;
  /// Where the work goes while the stream is captured; `relaxed`: the host may do meanwhile what it likes.
  std::unique_ptr<Graph> capture;
  bool relaxed = false;
};

struct Event {
  Context *context = nullptr;
  /// What it was recorded behind, if it was.
  std::shared_ptr<Stream> stream;
  uint64_t position = 0;
};

struct LoadedFunction;

struct DriverModule {
  DriverModule(Context *context, Memory &memory, std::string_view text) : context(context), loaded(memory, text) {}
  Context *context;
  LoadedModule loaded;
  std::map<std::string, std::unique_ptr<LoadedFunction>> functions;
};

struct LoadedFunction {
  DriverModule *module = nullptr;
  const Kernel *kernel = nullptr;
  int maximumDynamicShared = 0;
};

struct Context {
  bool primary = false;
  unsigned retained = 0, flags = 0;
  /// What a kernel did wrong; every later call says so too.
  int error = Success;
  std::shared_ptr<Stream> defaultStream;
  std::map<Stream *, std::shared_ptr<Stream>> streams;
  std::map<Event *, std::unique_ptr<Event>> events;
  std::map<DriverModule *, std::unique_ptr<DriverModule>> modules;
  std::map<Graph *, std::unique_ptr<Graph>> graphs;
  std::map<GraphExecutable *, std::shared_ptr<GraphExecutable>> executables;
  std::set<uint64_t> allocations;
};

/// What the environment asks for (README.md).
struct Settings {
  Settings();

  unsigned devices = 1, version = 13000, capability = 90;
  uint64_t memory = uint64_t(4) << 30, seed = 0, limit = uint64_t(1) << 36;
  bool eager = false, traffic = false;
  /// A byte that leaves memory unwritten where the host fills it with nothing else.
  std::optional<uint8_t> pattern;
  /// For each entry: the number of the call that fails, and how.
  std::multimap<std::string, std::pair<uint64_t, int>> failures;
  std::string log;
};

class Driver {
public:
  static Driver &get();

  ~Driver();

  // Driver.cpp
  /// NoCapture: a context none of whose streams is captured, because the call might wait for one.
  enum Needs : uint8_t { Nothing, Initialized, CurrentContext, NoCapture };
  /// Every entry point: counts, injects failures, checks what it needs, logs.
  int enter(const char *name, Needs needs, const std::function<int(Driver &)> &body);
  /// Adds to the line of the log that the entry will write.
  void note(const std::string &text) { notes += " " + text; }
  Context *current() const;
  Context &primary();
  Context *createContext();
  bool isPattern(const uint8_t *bytes, size_t count) const {
    return settings.pattern && laneTable().loops.allBytes(bytes, count, *settings.pattern);
  }
  bool owns(Context *context) const { return contexts.count(context) != 0; }
  void destroyContext(Context *context);

  // Streams.cpp
  /// nullptr for a handle that is none.
  Stream *stream(void *handle);
  int enqueue(Stream &stream, std::function<void()> operation);
  /// Whether a stream is captured; what is captured is invalid from then on.
  bool spoilsCapture(Context &context);
  /// Runs a stream up to this operation.
  void drain(Stream &stream, uint64_t position);
  void drainAll(Context &context);
  void fail(Context &context, const Fault &fault);

  std::mutex mutex;
  Settings settings;
  bool initialized = false;
  Memory memory;
  Machine machine;
  std::map<Context *, std::unique_ptr<Context>> contexts;
  Context *primaryContext = nullptr;
  std::string lastFault;
  uint64_t launches = 0;

private:
  Driver();

  std::map<std::string, uint64_t> calls;
  std::string notes;
  FILE *log = nullptr;
};

/// The entry point of this name, newest version, or nullptr.
void *findEntry(std::string_view name);

/// The contexts that this thread pushed.
std::vector<Context *> &contextStack();

} // namespace remat::standin

#endif // REMAT_TEST_STANDIN_DRIVER_H
