//===- RuntimeTest.cpp - The runtime for GPUs, on the stand-in ------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A whole life of a program, and the same with each call of each entry of the
// driver failing once: the error is told, nothing stays behind, and the next
// life in the same process is as good as the first.
//
//===----------------------------------------------------------------------===//

#include "remat/Runtime/Cuda.h"

#include "Process.h"

using namespace remat::standin;

namespace {

constexpr const char *doubling = R"(
.version 8.1
.target sm_80
.address_size 64
.visible .entry doubling(.param .u64 a, .param .u64 n) {
.reg .pred %p; .reg .b32 %r<4>; .reg .b64 %d<4>;
ld.param.u64 %d0, [a]; ld.param.u64 %d2, [n];
mov.u32 %r0, %tid.x; mov.u32 %r1, %ctaid.x; mov.u32 %r2, %ntid.x; mad.lo.s32 %r0, %r1, %r2, %r0;
cvt.u64.u32 %d1, %r0; setp.ge.u64 %p, %d1, %d2;
@%p ret;
shl.b64 %d1, %d1, 2; add.s64 %d0, %d0, %d1;
ld.global.b32 %r3, [%d0]; add.s32 %r3, %r3, %r3; st.global.b32 [%d0], %r3;
ret;
}
)";

constexpr const char *kernels[] = {"doubling"};

} // namespace

/// From the device to the device's end. The first error, or success with the right result.
static RematCudaStatus live(std::string &message) {
  RematCudaError error;
  RematCudaDevice *device = nullptr;
  if (rematCudaOpenDevice(0, &device, &error)) {
    message = error.message;
    return error.status;
  }
  RematCudaStatus first = REMAT_CUDA_SUCCESS;
  auto note = [&](const RematCudaError &error) {
    if (error.status && !first) {
      first = error.status;
      message = error.message;
    }
    return error.status == REMAT_CUDA_SUCCESS;
  };
  std::vector<uint32_t> values = {1, 2, 3}, copied(3);
  uint64_t words = 0, others = 0;
  RematCudaProgram *program = nullptr;
  RematCudaCode code = {doubling, kernels, 1};
  rematCudaAllocate(device, 12, &words, &error);
  bool good = note(error);
  if (good) {
    rematCudaAllocate(device, 12, &others, &error);
    good = note(error);
  }
  if (good) {
    rematCudaCopyToDevice(device, words, values.data(), 12, &error);
    good = note(error);
  }
  if (good) {
    rematCudaCheckAddress(device, others, 4, "the result", &error);
    good = note(error);
  }
  if (good) {
    rematCudaLoad(device, &code, &program, &error);
    good = note(error);
  }
  if (good) {
    RematCudaCall call;
    if (rematCudaBegin(&call, program, rematCudaGetStream(program)) == REMAT_CUDA_SUCCESS) {
      uint64_t count = 3;
      void *parameters[] = {&words, &count};
      rematCudaLaunch(&call, 0, 2, 2, parameters);
      rematCudaCopy(&call, others, words, 12);
      rematCudaEnd(&call);
      rematCudaWait(&call);
    }
    good = note(call.error);
  }
  if (good) {
    rematCudaCopyToHost(device, copied.data(), others, 12, &error);
    good = note(error);
  }
  if (good) {
    EXPECT_EQ(copied, (std::vector<uint32_t>{2, 4, 6}));
  }
  rematCudaUnload(program);
  for (uint64_t address : {words, others}) {
    rematCudaFree(device, address, &error);
    note(error);
  }
  rematCudaCloseDevice(device);
  return first;
}

/// Runs `body` with the stand-in for its driver, in a process with these variables ("NAME=value").
static void inProcess(std::vector<std::string> environment, const std::function<void()> &body) {
  environment.push_back("REMAT_CUDA_DRIVER=" REMAT_STANDIN_LIBRARY);
  test::inProcess(environment, body);
}

static size_t count(const std::string &text, const std::string &part) {
  size_t result = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1))
    ++result;
  return result;
}

TEST(StandInRuntime, Lives) {
  std::string path = test::temporaryPath("standin-runtime");
  inProcess({"REMAT_STANDIN_LOG=" + path}, [] {
    std::string message;
    EXPECT_EQ(live(message), REMAT_CUDA_SUCCESS) << message;
    EXPECT_EQ(live(message), REMAT_CUDA_SUCCESS) << message;
  });
  std::string log = test::readFile(path);
  std::remove(path.c_str());
  EXPECT_EQ(count(log, "a context ends with 0 modules, 0 streams, 0 events, 0 allocations\n"), 2u) << log;
  EXPECT_NE(log.find("at the end: 0 contexts"), std::string::npos) << log;
}

TEST(StandInRuntime, EachCallFailsOnce) {
  std::string path = test::temporaryPath("standin-failures");
  std::vector<std::string> entries;
#define REMAT_CUDA_ENTRY(name, parameters) entries.push_back(#name);
#include "DriverEntries.def"
  for (const std::string &entry : entries) {
    // What gives something back cannot do so where it fails, or where its context cannot be entered; the end of a
    // program tells nobody.
    bool releases = false;
    for (const char *name : {"cuMemFree_v2", "cuModuleUnload", "cuStreamDestroy_v2", "cuDevicePrimaryCtxRelease_v2",
                             "cuCtxPushCurrent_v2", "cuCtxPopCurrent_v2"})
      releases |= entry == name;
    for (unsigned call = 1; call < 40; ++call) {
      std::string failure = entry + ":" + std::to_string(call) + ":46";
      inProcess({"REMAT_STANDIN_FAIL=" + failure, "REMAT_STANDIN_LOG=" + path}, [&] {
        std::string message;
        RematCudaStatus status = live(message);
        if (test::readFile(path).find("CUDA_ERROR_DEVICE_UNAVAILABLE") == std::string::npos)
          return; // There are fewer calls.
        if (!releases) {
          EXPECT_NE(status, REMAT_CUDA_SUCCESS) << failure;
        }
        EXPECT_EQ(live(message), REMAT_CUDA_SUCCESS) << failure << ": " << message;
      });
      std::string log = test::readFile(path);
      std::remove(path.c_str());
      if (!releases) {
        EXPECT_EQ(count(log, "a context ends with"),
                  count(log, "a context ends with 0 modules, 0 streams, 0 events, 0 allocations"))
            << failure << "\n"
            << log;
        EXPECT_NE(log.find("at the end: 0 contexts"), std::string::npos) << failure << "\n" << log;
      }
      if (log.find("CUDA_ERROR_DEVICE_UNAVAILABLE") == std::string::npos)
        break;
    }
  }
}

TEST(StandInRuntime, NoDeviceAndCodeThatIsNone) {
  inProcess({"REMAT_STANDIN_DEVICES=0"}, [] {
    std::string message;
    EXPECT_EQ(live(message), REMAT_CUDA_UNAVAILABLE);
    EXPECT_NE(message.find("CUDA_ERROR_NO_DEVICE"), std::string::npos) << message;
  });
  inProcess({"REMAT_STANDIN_DRIVER=12000"}, [] {
    std::string message;
    EXPECT_EQ(live(message), REMAT_CUDA_UNAVAILABLE);
    EXPECT_NE(message.find("Unsupported .version 8.1"), std::string::npos) << message;
  });
  inProcess({"REMAT_STANDIN_MEMORY=16"}, [] {
    std::string message;
    EXPECT_EQ(live(message), REMAT_CUDA_FAILURE);
    EXPECT_NE(message.find("CUDA_ERROR_OUT_OF_MEMORY"), std::string::npos) << message;
  });
  inProcess({}, [] {
    RematCudaError error;
    RematCudaDevice *device = nullptr;
    RematCudaProgram *program = nullptr;
    EXPECT_EQ(rematCudaOpenDevice(0, &device, &error), REMAT_CUDA_SUCCESS);
    EXPECT_STREQ(rematCudaGetDeviceName(device), "remat stand-in (simulated)");
    RematCudaCode code = {".version 8.1\n.target sm_80\n.address_size 64\n.entry k() { tanh.approx.f32; }\n", kernels,
                          1};
    EXPECT_EQ(rematCudaLoad(device, &code, &program, &error), REMAT_CUDA_INVALID_CODE);
    EXPECT_NE(std::string(error.message).find("line 4 of the PTX"), std::string::npos) << error.message;
    rematCudaCloseDevice(device);
  });
}
