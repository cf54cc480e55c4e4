//===- DriverTest.cpp - The stand-in's entry points -----------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each test is a process of its own, which loads the library as a program would,
// with an environment of its own.
//
//===----------------------------------------------------------------------===//

#include "Process.h"

#include <cstdint>
#include <dlfcn.h>

using namespace remat::standin;

namespace {

using Pointer = unsigned long long;

/// The library, and its entry points by name.
class Library {
public:
  Library() : handle(dlopen(REMAT_STANDIN_LIBRARY, RTLD_NOW | RTLD_LOCAL)) {
    if (!handle)
      std::fprintf(stderr, "%s\n", dlerror());
  }

  template <class... Arguments>
  int call(const char *name, Arguments... arguments) {
    auto *entry = reinterpret_cast<int (*)(Arguments...)>(dlsym(handle, name));
    EXPECT_NE(entry, nullptr) << name;
    return entry ? entry(arguments...) : -1;
  }

  std::string fault() { return reinterpret_cast<const char *(*)()>(dlsym(handle, "rematStandInFault"))(); }

  /// Initialises, and makes the primary context current.
  void *open() {
    void *context = nullptr;
    EXPECT_EQ(call("cuInit", 0u), 0);
    EXPECT_EQ(call("cuDevicePrimaryCtxRetain", &context, 0), 0);
    EXPECT_EQ(call("cuCtxPushCurrent_v2", context), 0);
    return context;
  }

  void *load(const char *text) {
    void *module = nullptr;
    EXPECT_EQ(call("cuModuleLoadData", &module, static_cast<const void *>(text)), 0);
    return module;
  }

  void *function(void *module, const char *name) {
    void *result = nullptr;
    EXPECT_EQ(call("cuModuleGetFunction", &result, module, name), 0);
    return result;
  }

  Pointer allocate(size_t bytes) {
    Pointer result = 0;
    EXPECT_EQ(call("cuMemAlloc_v2", &result, bytes), 0);
    return result;
  }

  int launch(void *kernel, unsigned blocks, unsigned threads, std::vector<Pointer> arguments, void *stream = nullptr) {
    std::vector<void *> addresses;
    for (Pointer &argument : arguments)
      addresses.push_back(&argument);
    return call("cuLaunchKernel", kernel, blocks, 1u, 1u, threads, 1u, 1u, 0u, stream, addresses.data(),
                static_cast<void **>(nullptr));
  }

  int toDevice(Pointer target, const void *source, size_t bytes) {
    return call("cuMemcpyHtoD_v2", target, source, bytes);
  }
  int toHost(void *target, Pointer source, size_t bytes) { return call("cuMemcpyDtoH_v2", target, source, bytes); }

private:
  void *handle;
};

constexpr const char *addOne = R"(
.version 8.1
.target sm_80
.address_size 64
.global .align 4 .u32 count = 5;
.visible .entry addOne(.param .u64 a) {
.reg .b32 %r<4>; .reg .b64 %d<3>;
ld.param.u64 %d0, [a];
mov.u32 %r0, %tid.x; mov.u32 %r1, %ctaid.x; mov.u32 %r2, %ntid.x; mad.lo.s32 %r0, %r1, %r2, %r0;
mul.wide.u32 %d1, %r0, 4; add.s64 %d0, %d0, %d1;
ld.global.b32 %r3, [%d0]; add.s32 %r3, %r3, 1; st.global.b32 [%d0], %r3;
ret;
}
.visible .entry limited(.param .u64 a, .param .u32 b, .param .u8 c) .maxntid 64 {
.shared .align 4 .b8 tile[400];
.local .align 8 .b8 frame[24];
.reg .b32 %r<4>; .reg .b64 %d<3>;
ld.param.u64 %d0, [a]; ld.param.u32 %r0, [b]; ld.param.u8 %r1, [c];
mad.lo.s32 %r0, %r0, 1000, %r1; st.global.b32 [%d0], %r0;
ret;
}
)";

std::vector<uint32_t> five = {10, 20, 30, 40, 50};

} // namespace

/// Runs `body` with the library, in a process with these variables ("NAME=value").
static void inProcess(const std::vector<std::string> &environment, const std::function<void(Library &)> &body) {
  test::inProcess(environment, [&] {
    Library library;
    body(library);
  });
}

TEST(StandInDriver, DevicesAndContexts) {
  inProcess({"REMAT_STANDIN_CAPABILITY=86", "REMAT_STANDIN_MEMORY=1000000"}, [](Library &library) {
    int value = -1;
    EXPECT_EQ(library.call("cuDeviceGetCount", &value), 3); // not initialised
    EXPECT_EQ(library.call("cuDriverGetVersion", &value), 0);
    EXPECT_EQ(value, 13000);
    EXPECT_EQ(library.call("cuInit", 0u), 0);
    EXPECT_EQ(library.call("cuDeviceGetCount", &value), 0);
    EXPECT_EQ(value, 1);
    EXPECT_EQ(library.call("cuDeviceGet", &value, 1), 101);
    EXPECT_EQ(library.call("cuDeviceGet", &value, 0), 0);
    char name[64];
    EXPECT_EQ(library.call("cuDeviceGetName", static_cast<char *>(name), 64, 0), 0);
    EXPECT_STREQ(name, "remat stand-in (simulated)");
    EXPECT_EQ(library.call("cuDeviceGetAttribute", &value, 75, 0), 0);
    EXPECT_EQ(value, 8);
    EXPECT_EQ(library.call("cuDeviceGetAttribute", &value, 76, 0), 0);
    EXPECT_EQ(value, 6);
    EXPECT_EQ(library.call("cuDeviceGetAttribute", &value, 10, 0), 0);
    EXPECT_EQ(value, 32);
    EXPECT_EQ(library.call("cuDeviceGetAttribute", &value, 9999, 0), 1);
    Pointer pointer = 0;
    EXPECT_EQ(library.call("cuMemAlloc_v2", &pointer, size_t(8)), 201); // no context
    void *context = library.open(), *other = nullptr;
    size_t available = 0, total = 0;
    pointer = library.allocate(1000);
    EXPECT_EQ(library.call("cuMemGetInfo_v2", &available, &total), 0);
    EXPECT_EQ(available, 999000u);
    EXPECT_EQ(total, 1000000u);
    EXPECT_EQ(library.call("cuMemAlloc_v2", &pointer, size_t(999001)), 2);
    EXPECT_EQ(library.call("cuMemAlloc_v2", &pointer, size_t(0)), 1);
    EXPECT_EQ(library.call("cuCtxGetCurrent", &other), 0);
    EXPECT_EQ(other, context);
    EXPECT_EQ(library.call("cuCtxPopCurrent_v2", &other), 0);
    EXPECT_EQ(library.call("cuCtxPopCurrent_v2", &other), 201);
    EXPECT_EQ(library.call("cuCtxCreate_v2", &other, 0u, 0), 0);
    EXPECT_NE(other, context);
    EXPECT_EQ(library.call("cuCtxDestroy_v2", other), 0);
    EXPECT_EQ(library.call("cuCtxDestroy_v2", other), 201);
    EXPECT_EQ(library.call("cuDevicePrimaryCtxRelease_v2", 0), 0);
    EXPECT_EQ(library.call("cuDevicePrimaryCtxRelease_v2", 0), 201);
    EXPECT_EQ(library.call("cuCtxPushCurrent_v2", context), 201); // gone
    library.open();
    EXPECT_EQ(library.call("cuMemGetInfo_v2", &available, &total), 0);
    EXPECT_EQ(available, total);
  });
}

TEST(StandInDriver, NoDevice) {
  inProcess({"REMAT_STANDIN_DEVICES=0"}, [](Library &library) {
    EXPECT_EQ(library.call("cuInit", 0u), 100);
    const char *text = nullptr;
    EXPECT_EQ(library.call("cuGetErrorName", 100, &text), 0);
    EXPECT_STREQ(text, "CUDA_ERROR_NO_DEVICE");
    EXPECT_EQ(library.call("cuGetErrorString", 100, &text), 0);
    EXPECT_STREQ(text, "no device is detected");
    EXPECT_EQ(library.call("cuGetErrorName", 12345, &text), 1);
    EXPECT_EQ(text, nullptr);
  });
}

TEST(StandInDriver, Kernels) {
  for (const char *mode : {"REMAT_STANDIN_EAGER=0", "REMAT_STANDIN_EAGER=1"})
    inProcess({mode, "REMAT_STANDIN_SEED=3"}, [](Library &library) {
      library.open();
      void *module = library.load(addOne), *kernel = library.function(module, "addOne"), *none = nullptr;
      EXPECT_EQ(library.call("cuModuleGetFunction", &none, module, "addTwo"), 500);
      Pointer words = library.allocate(20), global = 0;
      EXPECT_EQ(library.toDevice(words, five.data(), 20), 0);
      EXPECT_EQ(library.launch(kernel, 5, 1, {words}), 0);
      EXPECT_EQ(library.launch(kernel, 1, 5, {words}), 0);
      std::vector<uint32_t> result(5);
      EXPECT_EQ(library.toHost(result.data(), words, 20), 0);
      EXPECT_EQ(result, (std::vector<uint32_t>{12, 22, 32, 42, 52}));
      size_t bytes = 0;
      EXPECT_EQ(library.call("cuModuleGetGlobal_v2", &global, &bytes, module, "count"), 0);
      EXPECT_EQ(bytes, 4u);
      EXPECT_EQ(library.toHost(result.data(), global, 4), 0);
      EXPECT_EQ(result[0], 5u);
      EXPECT_EQ(library.toHost(result.data(), global, 5), 1);
      EXPECT_EQ(library.call("cuModuleUnload", module), 0);
      EXPECT_EQ(library.call("cuModuleUnload", module), 400);
      EXPECT_EQ(library.launch(kernel, 5, 1, {words}), 400);
    });
}

TEST(StandInDriver, WhatALaunchMayAskFor) {
  inProcess({}, [](Library &library) {
    library.open();
    void *kernel = library.function(library.load(addOne), "limited");
    int value = 0;
    for (auto [attribute, expected] : {std::pair(0, 64), std::pair(1, 400), std::pair(2, 0), std::pair(3, 24),
                                       std::pair(5, 81), std::pair(6, 90), std::pair(8, 48752)}) {
      EXPECT_EQ(library.call("cuFuncGetAttribute", &value, attribute, kernel), 0);
      EXPECT_EQ(value, expected) << attribute;
    }
    Pointer word = library.allocate(4);
    uint32_t number = 7;
    uint8_t small = 9;
    void *arguments[] = {&word, &number, &small};
    auto launch = [&](unsigned blocks, unsigned threads, unsigned shared, void **parameters, void **extra) {
      return library.call("cuLaunchKernel", kernel, blocks, 1u, 1u, threads, 1u, 1u, shared,
                          static_cast<void *>(nullptr), parameters, extra);
    };
    EXPECT_EQ(launch(1, 1, 0, arguments, nullptr), 0);
    uint32_t result = 0;
    EXPECT_EQ(library.toHost(&result, word, 4), 0);
    EXPECT_EQ(result, 7009u);
    EXPECT_EQ(launch(1, 65, 0, arguments, nullptr), 1);
    EXPECT_EQ(launch(0, 1, 0, arguments, nullptr), 1);
    EXPECT_EQ(launch(1, 1, 48752, arguments, nullptr), 0);
    EXPECT_EQ(launch(1, 1, 48753, arguments, nullptr), 1);
    EXPECT_EQ(library.call("cuFuncSetAttribute", kernel, 8, 100000), 0);
    EXPECT_EQ(launch(1, 1, 100000, arguments, nullptr), 0);
    EXPECT_EQ(library.call("cuFuncSetAttribute", kernel, 8, 300000), 1);
    EXPECT_EQ(launch(1, 1, 0, nullptr, nullptr), 1);
    // All arguments in one buffer.
    struct {
      Pointer a;
      uint32_t b;
      uint8_t c;
    } buffer{word, 8, 1};
    size_t size = 13;
    void *extra[] = {reinterpret_cast<void *>(1), &buffer, reinterpret_cast<void *>(2), &size, nullptr};
    EXPECT_EQ(launch(1, 1, 0, nullptr, extra), 0);
    EXPECT_EQ(library.toHost(&result, word, 4), 0);
    EXPECT_EQ(result, 8001u);
    size = 12;
    EXPECT_EQ(launch(1, 1, 0, nullptr, extra), 1);
    struct {
      unsigned extents[7];
      void *stream, *attributes;
      unsigned count;
    } config{{1, 1, 1, 1, 1, 1, 0}, nullptr, nullptr, 0};
    EXPECT_EQ(library.call("cuLaunchKernelEx", &config, kernel, static_cast<void **>(arguments),
                           static_cast<void **>(nullptr)),
              0);
    EXPECT_EQ(library.toHost(&result, word, 4), 0);
    EXPECT_EQ(result, 7009u);
    config.count = 1;
    EXPECT_EQ(library.call("cuLaunchKernelEx", &config, kernel, static_cast<void **>(arguments),
                           static_cast<void **>(nullptr)),
              801);
  });
}

TEST(StandInDriver, WorkRunsWhenItIsWaitedFor) {
  inProcess({}, [](Library &library) {
    library.open();
    void *kernel = library.function(library.load(addOne), "addOne"), *stream = nullptr, *second = nullptr,
         *event = nullptr;
    Pointer words = library.allocate(20);
    EXPECT_EQ(library.toDevice(words, five.data(), 20), 0);
    EXPECT_EQ(library.call("cuStreamCreate", &stream, 1u), 0);
    EXPECT_EQ(library.call("cuStreamCreate", &second, 1u), 0);
    EXPECT_EQ(library.call("cuEventCreate", &event, 0u), 0);
    uint32_t before[5] = {}, after[5] = {};
    EXPECT_EQ(library.launch(kernel, 1, 5, {words}, stream), 0);
    EXPECT_EQ(library.call("cuMemcpyDtoHAsync_v2", static_cast<void *>(after), words, size_t(20), stream), 0);
    // Nothing waits: the default stream does not know of this one.
    EXPECT_EQ(library.toHost(before, words, 20), 0);
    EXPECT_EQ(before[4], 50u);
    EXPECT_EQ(after[4], 0u);
    EXPECT_EQ(library.call("cuEventRecord", event, stream), 0);
    EXPECT_EQ(library.call("cuStreamWaitEvent", second, event, 0u), 0);
    EXPECT_EQ(library.launch(kernel, 1, 5, {words}, second), 0);
    EXPECT_EQ(library.call("cuEventQuery", event), 600);
    EXPECT_EQ(library.call("cuStreamSynchronize", second), 0);
    EXPECT_EQ(library.call("cuEventQuery", event), 0);
    EXPECT_EQ(library.call("cuStreamQuery", stream), 0);
    EXPECT_EQ(after[4], 51u);
    EXPECT_EQ(library.toHost(before, words, 20), 0);
    EXPECT_EQ(before[4], 52u);
    // What the host copies may change as soon as the call is back.
    uint32_t source = 7;
    EXPECT_EQ(library.call("cuMemcpyHtoDAsync_v2", words, static_cast<const void *>(&source), size_t(4), stream), 0);
    source = 8;
    EXPECT_EQ(library.call("cuStreamDestroy_v2", stream), 0);
    EXPECT_EQ(library.call("cuStreamSynchronize", stream), 400);
    EXPECT_EQ(library.toHost(before, words, 4), 0);
    EXPECT_EQ(before[0], 7u);
    // Streams that block wait for the default stream, and it for them.
    EXPECT_EQ(library.call("cuStreamCreate", &stream, 0u), 0);
    EXPECT_EQ(library.launch(kernel, 1, 1, {words}, stream), 0);
    EXPECT_EQ(library.launch(kernel, 1, 1, {words}), 0);
    EXPECT_EQ(library.launch(kernel, 1, 1, {words}, stream), 0);
    EXPECT_EQ(library.call("cuStreamSynchronize", stream), 0);
    EXPECT_EQ(library.toHost(before, words, 4), 0);
    EXPECT_EQ(before[0], 10u);
    EXPECT_EQ(library.call("cuEventDestroy_v2", event), 0);
    EXPECT_EQ(library.call("cuEventSynchronize", event), 400);
    float time = 0;
    EXPECT_EQ(library.call("cuEventElapsedTime_v2", &time, event, event), 801);
  });
}

TEST(StandInDriver, Graphs) {
  inProcess({}, [](Library &library) {
    library.open();
    void *module = library.load(addOne), *kernel = library.function(module, "addOne");
    void *stream = nullptr, *graph = nullptr, *executable = nullptr, *none = nullptr;
    Pointer words = library.allocate(20), others = library.allocate(20);
    uint32_t source = 1, result[5] = {};
    size_t nodes = 0;
    int status = -1;
    EXPECT_EQ(library.toDevice(words, five.data(), 20), 0);
    EXPECT_EQ(library.call("cuStreamBeginCapture_v2", none, 0), 900);
    EXPECT_EQ(library.call("cuStreamCreate", &stream, 1u), 0);
    EXPECT_EQ(library.call("cuStreamEndCapture", stream, &graph), 401);
    EXPECT_EQ(library.call("cuStreamBeginCapture_v2", stream, 0), 0);
    EXPECT_EQ(library.call("cuStreamIsCapturing", stream, &status), 0);
    EXPECT_EQ(status, 1);
    EXPECT_EQ(library.call("cuMemcpyHtoDAsync_v2", words, static_cast<const void *>(&source), size_t(4), stream), 0);
    EXPECT_EQ(library.launch(kernel, 1, 5, {words}, stream), 0);
    EXPECT_EQ(library.call("cuMemcpyDtoDAsync_v2", others, words, size_t(20), stream), 0);
    EXPECT_EQ(library.call("cuStreamEndCapture", stream, &graph), 0);
    EXPECT_EQ(library.call("cuGraphGetNodes", graph, static_cast<void **>(nullptr), &nodes), 0);
    EXPECT_EQ(nodes, 3u);
    EXPECT_EQ(library.call("cuGraphInstantiateWithFlags", &executable, graph, 0ull), 0);
    EXPECT_EQ(library.call("cuGraphDestroy", graph), 0);
    EXPECT_EQ(library.call("cuGraphDestroy", graph), 1);
    // Nothing has run; then all of it, twice, with what the host has then.
    EXPECT_EQ(library.toHost(result, words, 20), 0);
    EXPECT_EQ(result[4], 50u);
    for (uint32_t turn : {1, 2}) {
      source = 100 * turn;
      EXPECT_EQ(library.call("cuGraphLaunch", executable, stream), 0);
      EXPECT_EQ(library.call("cuStreamSynchronize", stream), 0);
      EXPECT_EQ(library.toHost(result, others, 20), 0);
      EXPECT_EQ(result[0], 100 * turn + 1);
      EXPECT_EQ(result[4], 50 + turn);
    }
    // What waits cannot be captured.
    for (const char *call : {"cuMemAlloc_v2", "cuStreamSynchronize", "cuCtxSynchronize"}) {
      EXPECT_EQ(library.call("cuStreamBeginCapture_v2", stream, 1), 0);
      Pointer pointer = 0;
      int result = std::string(call) == "cuMemAlloc_v2"         ? library.call(call, &pointer, size_t(4))
                   : std::string(call) == "cuStreamSynchronize" ? library.call(call, stream)
                                                                : library.call(call);
      EXPECT_EQ(result, 900) << call;
      EXPECT_EQ(library.call("cuStreamIsCapturing", stream, &status), 0);
      EXPECT_EQ(status, 2);
      EXPECT_EQ(library.call("cuStreamEndCapture", stream, &none), 901);
    }
    EXPECT_EQ(library.call("cuStreamBeginCapture_v2", stream, 2), 0);
    Pointer more = library.allocate(4);
    EXPECT_EQ(library.call("cuStreamEndCapture", stream, &graph), 0);
    EXPECT_EQ(library.call("cuMemFree_v2", more), 0);
    // The default stream would wait for what is captured.
    void *blocking = nullptr;
    EXPECT_EQ(library.call("cuStreamCreate", &blocking, 0u), 0);
    EXPECT_EQ(library.call("cuStreamBeginCapture_v2", blocking, 2), 0);
    EXPECT_EQ(library.launch(kernel, 1, 5, {words}), 906);
    EXPECT_EQ(library.call("cuStreamEndCapture", blocking, &none), 901);
    // A graph does not keep its memory and its modules.
    EXPECT_EQ(library.call("cuModuleUnload", module), 0);
    EXPECT_EQ(library.call("cuGraphLaunch", executable, stream), 0);
    EXPECT_EQ(library.call("cuStreamSynchronize", stream), 715);
    EXPECT_EQ(library.fault(), "a kernel of a graph belongs to a module that was unloaded");
  });
}

TEST(StandInDriver, ErrorsStick) {
  inProcess({}, [](Library &library) {
    void *context = library.open();
    void *kernel = library.function(library.load(addOne), "addOne");
    Pointer words = library.allocate(20);
    EXPECT_EQ(library.toDevice(words, five.data(), 20), 0);
    EXPECT_EQ(library.launch(kernel, 1, 6, {words}), 0); // one thread too many
    EXPECT_EQ(library.call("cuCtxSynchronize"), 700);
    EXPECT_EQ(library.fault(), "addOne, line 11 of the PTX, block (0, 0, 0), thread (5, 0, 0): reads 4 bytes at 0x" +
                                   library.fault().substr(library.fault().find("0x") + 2));
    EXPECT_EQ(library.launch(kernel, 1, 5, {words}), 700);
    EXPECT_EQ(library.toHost(five.data(), words, 20), 700);
    EXPECT_EQ(library.call("cuCtxPopCurrent_v2", &context), 0);
    EXPECT_EQ(library.call("cuDevicePrimaryCtxRelease_v2", 0), 0);
    library.open();
    words = library.allocate(20);
    kernel = library.function(library.load(addOne), "addOne");
    EXPECT_EQ(library.launch(kernel, 1, 5, {words}), 0); // never written
    EXPECT_EQ(library.call("cuCtxSynchronize"), 719);
    EXPECT_NE(library.fault().find("never written"), std::string::npos);
  });
}

TEST(StandInDriver, FillsAndCopies) {
  inProcess({"REMAT_STANDIN_PATTERN=0xAB"}, [](Library &library) {
    library.open();
    void *kernel = library.function(library.load(addOne), "addOne");
    Pointer words = library.allocate(16), others = library.allocate(16);
    uint32_t result[4];
    EXPECT_EQ(library.call("cuMemsetD8_v2", words, static_cast<unsigned char>(1), size_t(16)), 0);
    EXPECT_EQ(library.call("cuMemsetD16_v2", words + 4, static_cast<unsigned short>(0x203), size_t(2)), 0);
    EXPECT_EQ(library.call("cuMemsetD32_v2", words + 8, 0x4050607u, size_t(1)), 0);
    EXPECT_EQ(library.call("cuMemsetD32_v2", words + 2, 0u, size_t(1)), 1);
    EXPECT_EQ(library.call("cuMemsetD8_v2", words, static_cast<unsigned char>(1), size_t(17)), 1);
    EXPECT_EQ(library.call("cuMemcpyDtoD_v2", others, words, size_t(16)), 0);
    EXPECT_EQ(library.launch(kernel, 1, 4, {others}), 0);
    EXPECT_EQ(library.call("cuMemcpy", Pointer(reinterpret_cast<uintptr_t>(result)), others, size_t(16)), 0);
    EXPECT_EQ(result[0], 0x01010102u);
    EXPECT_EQ(result[1], 0x02030204u);
    EXPECT_EQ(result[2], 0x04050608u);
    EXPECT_EQ(library.call("cuMemFree_v2", words + 4), 1);
    // The pattern counts as never written, from the host, from here and in copies.
    std::vector<uint8_t> pattern(16, 0xab);
    EXPECT_EQ(library.toDevice(words, pattern.data(), 16), 0);
    pattern[15] = 0;
    EXPECT_EQ(library.toDevice(others, pattern.data(), 16), 0);
    EXPECT_EQ(library.launch(kernel, 1, 4, {others}), 0);
    EXPECT_EQ(library.call("cuCtxSynchronize"), 0);
    EXPECT_EQ(library.call("cuMemcpyDtoD_v2", others, words, size_t(16)), 0);
    EXPECT_EQ(library.call("cuMemsetD8_v2", words, static_cast<unsigned char>(0xab), size_t(16)), 0);
    EXPECT_EQ(library.toHost(result, words, 16), 0);
    EXPECT_EQ(result[3], 0xababababu);
    EXPECT_EQ(library.call("cuMemcpyDtoDAsync_v2", others, words, size_t(16), static_cast<void *>(nullptr)), 0);
    EXPECT_EQ(library.call("cuMemFree_v2", words), 0);
    EXPECT_EQ(library.toHost(result, words, 4), 1);
    EXPECT_EQ(library.launch(kernel, 1, 4, {others}), 0);
    EXPECT_EQ(library.call("cuCtxSynchronize"), 719);
  });
}

TEST(StandInDriver, PatternsFromTheHost) {
  inProcess({"REMAT_STANDIN_PATTERN=0xAB"}, [](Library &library) {
    library.open();
    void *kernel = library.function(library.load(addOne), "addOne");
    Pointer words = library.allocate(16);
    std::vector<uint8_t> bytes(16, 0xab);
    EXPECT_EQ(library.toDevice(words, bytes.data(), 16), 0);
    EXPECT_EQ(library.launch(kernel, 1, 4, {words}), 0);
    EXPECT_EQ(library.call("cuCtxSynchronize"), 719);
    EXPECT_NE(library.fault().find("where byte 0 was never written"), std::string::npos) << library.fault();
  });
}

TEST(StandInDriver, Pointers) {
  inProcess({}, [](Library &library) {
    void *context = library.open(), *found = nullptr;
    Pointer words = library.allocate(16), begin = 0;
    unsigned kind = 9;
    size_t size = 0;
    EXPECT_EQ(library.call("cuPointerGetAttribute", static_cast<void *>(&kind), 2, words + 15), 0);
    EXPECT_EQ(kind, 2u);
    EXPECT_EQ(library.call("cuPointerGetAttribute", static_cast<void *>(&kind), 2, words + 16), 1);
    EXPECT_EQ(library.call("cuPointerGetAttribute", static_cast<void *>(&kind), 2,
                           Pointer(reinterpret_cast<uintptr_t>(&kind))),
              1);
    EXPECT_EQ(library.call("cuPointerGetAttribute", static_cast<void *>(&found), 1, words), 0);
    EXPECT_EQ(found, context);
    EXPECT_EQ(library.call("cuMemGetAddressRange_v2", &begin, &size, words + 3), 0);
    EXPECT_EQ(begin, words);
    EXPECT_EQ(size, 16u);
  });
}

TEST(StandInDriver, HostsCannotReadDeviceMemory) {
  EXPECT_DEATH(
      {
        Library library;
        library.open();
        Pointer words = library.allocate(4);
        // This, and nothing before, ends the process.
        library.toDevice(words, five.data(), 4);
        std::fprintf(stderr, "read %u\n", *reinterpret_cast<volatile unsigned *>(words));
        std::exit(0);
      },
      "");
}

TEST(StandInDriver, ModulesThatAreRefused) {
  inProcess({"REMAT_STANDIN_DRIVER=12000", "REMAT_STANDIN_CAPABILITY=80"}, [](Library &library) {
    library.open();
    char log[256] = "";
    int options[] = {5, 6};
    void *module = nullptr;
    auto load = [&](const std::string &text) {
      void *values[] = {log, reinterpret_cast<void *>(sizeof(log))};
      log[0] = 0;
      return library.call("cuModuleLoadDataEx", &module, static_cast<const void *>(text.c_str()), 2u,
                          static_cast<int *>(options), static_cast<void **>(values));
    };
    EXPECT_EQ(load(".version 8.0\n.target sm_80\n.address_size 64\n"), 0);
    EXPECT_EQ(load(".version 8.1\n.target sm_80\n.address_size 64\n"), 222);
    EXPECT_STREQ(log, "remat stand-in, line 1 of the PTX: error: Unsupported .version 8.1; current version is 8.0");
    EXPECT_EQ(load(".version 8.0\n.target sm_90\n.address_size 64\n"), 218);
    EXPECT_STREQ(log, "remat stand-in, line 1 of the PTX: error: the target sm_90 is higher than sm_80 of this device");
    EXPECT_EQ(
        load(".version 8.0\n.target sm_80\n.address_size 64\n.entry k() {\n.reg .b32 %r;\nsin.approx.f32 %r, %r;\n}\n"),
        218);
    EXPECT_EQ(std::string(log).rfind("remat stand-in, line 6 of the PTX: error: the opcode 'sin.approx.f32' is not one "
                                     "that the stand-in executes",
                                     0),
              0u)
        << log;
    EXPECT_EQ(load("\x7f"
                   "ELF"),
              209);
    EXPECT_EQ(load(""), 218);
  });
}

TEST(StandInDriver, InjectedFailures) {
  inProcess({"REMAT_STANDIN_FAIL=cuMemAlloc:2:2,cuCtxPushCurrent_v2:2:201,cuLaunchKernel:1,cuStreamSynchronize:1:719"},
            [](Library &library) {
              void *context = library.open();
              EXPECT_EQ(library.call("cuCtxPushCurrent_v2", context), 201);
              void *kernel = library.function(library.load(addOne), "addOne");
              Pointer words = library.allocate(20), none = 0;
              EXPECT_EQ(library.call("cuMemAlloc_v2", &none, size_t(4)), 2);
              EXPECT_EQ(none, 0u);
              EXPECT_EQ(library.toDevice(words, five.data(), 20), 0);
              EXPECT_EQ(library.launch(kernel, 1, 5, {words}), 999);
              EXPECT_EQ(library.launch(kernel, 1, 5, {words}), 0);
              EXPECT_EQ(library.call("cuStreamSynchronize", static_cast<void *>(nullptr)), 719);
              EXPECT_EQ(library.call("cuStreamSynchronize", static_cast<void *>(nullptr)), 0);
              uint32_t result[5];
              EXPECT_EQ(library.toHost(result, words, 20), 0);
              EXPECT_EQ(result[0], 11u);
            });
}

TEST(StandInDriver, EntriesByName) {
  inProcess({}, [](Library &library) {
    void *pointer = nullptr;
    int status = -1;
    EXPECT_EQ(library.call("cuGetProcAddress_v2", "cuMemAlloc", &pointer, 12000, 0ull, &status), 0);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(pointer, dlsym(dlopen(REMAT_STANDIN_LIBRARY, RTLD_NOW), "cuMemAlloc_v2"));
    EXPECT_EQ(library.call("cuGetProcAddress_v2", "cuNothing", &pointer, 12000, 0ull, &status), 500);
    EXPECT_EQ(status, 1);
    EXPECT_EQ(library.call("cuGetProcAddress", "cuInit", &pointer, 12000, 0ull), 0);
    EXPECT_EQ(reinterpret_cast<int (*)(unsigned)>(pointer)(0), 0);
  });
}

TEST(StandInDriver, Log) {
  std::string path = test::temporaryPath("standin-log");
  inProcess({"REMAT_STANDIN_LOG=" + path}, [](Library &library) {
    library.open();
    void *module = library.load(addOne), *kernel = library.function(module, "addOne");
    Pointer words = library.allocate(20);
    EXPECT_EQ(library.toDevice(words, five.data(), 20), 0);
    EXPECT_EQ(library.launch(kernel, 1, 5, {words}), 0);
    EXPECT_EQ(library.launch(kernel, 1, 5000, {words}), 1);
  });
  std::string text = test::readFile(path);
  std::remove(path.c_str());
  EXPECT_EQ(
      text,
      "cuInit -> CUDA_SUCCESS\ncuDevicePrimaryCtxRetain -> CUDA_SUCCESS\ncuCtxPushCurrent -> "
      "CUDA_SUCCESS\ncuModuleLoadData -> CUDA_SUCCESS\n"
      "cuModuleGetFunction addOne -> CUDA_SUCCESS\ncuMemAlloc 20 -> CUDA_SUCCESS\ncuMemcpyHtoD 20 -> CUDA_SUCCESS\n"
      "cuLaunchKernel addOne, blocks 1 1 1, threads 5 1 1, shared 0 -> CUDA_SUCCESS\n"
      "cuLaunchKernel addOne, blocks 1 1 1, threads 5000 1 1, shared 0 -> CUDA_ERROR_INVALID_VALUE\n"
      "a context ends with 1 modules, 0 streams, 0 events, 1 allocations\n"
      "at the end: 1 contexts; 1 launches, simulated\n");
}
