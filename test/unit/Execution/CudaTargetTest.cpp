//===- CudaTargetTest.cpp - Programs on a device, from C++ ---------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// With the stand-in for a driver (test/StandIn), which tells all that was asked of it.
//
//===----------------------------------------------------------------------===//

#include "remat/Execution/CompiledProgram.h"
#include "remat/Execution/ProgramError.h"
#include "remat/Execution/TargetArrays.h"
#include "remat/InitAll.h"
#include "remat/Target/CPU/CPUTarget.h"
#include "remat/Target/NVVM/NVVMTarget.h"

#include "../StandIn/Process.h"

#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

#include <dlfcn.h>

#include <cstdio>
#include <cstring>

using namespace remat;
using remat::standin::test::readFile;
using remat::standin::test::temporaryPath;

namespace {

constexpr const char *source = R"(
func.func private @loss(%h0: tensor<3x5xf32>, %w: tensor<5x5xf32>) -> tensor<f32> {
  %steps = arith.constant 9 : index
  %zero = arith.constant dense<0.0> : tensor<f32>
  %empty = arith.constant dense<0.0> : tensor<3x5xf32>
  %h = remat.recurrence count(%steps) at(%t) carry(%h = %h0 : tensor<3x5xf32>) {
    %z = linalg.matmul ins(%h, %w : tensor<3x5xf32>, tensor<5x5xf32>) outs(%empty : tensor<3x5xf32>) -> tensor<3x5xf32>
    %y = math.tanh %z : tensor<3x5xf32>
    remat.yield carry(%y : tensor<3x5xf32>)
  }
  %total = linalg.reduce { arith.addf } ins(%h : tensor<3x5xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1]
  return %total : tensor<f32>
}
func.func @rnn(%h0: tensor<3x5xf32>, %w: tensor<5x5xf32>) -> (tensor<f32>, tensor<5x5xf32>) {
  %loss, %d_w = remat.value_and_gradient @loss(%h0, %w) wrt [1]
    : (tensor<3x5xf32>, tensor<5x5xf32>) -> (tensor<f32>, tensor<5x5xf32>)
  return %loss, %d_w : tensor<f32>, tensor<5x5xf32>
}
)";

/// Runs \p body with the stand-in for its driver, in a process with these variables ("NAME=value").
void inProcess(std::vector<std::string> environment, const std::function<void()> &body) {
  environment.push_back("REMAT_CUDA_DRIVER=" REMAT_STANDIN_LIBRARY);
  standin::test::inProcess(environment, body);
}

size_t count(llvm::StringRef text, llvm::StringRef part) { return text.count(part); }

/// A function of the driver, for what callers of their own do.
template <typename... Arguments>
int callDriver(const char *name, Arguments... arguments) {
  static void *library = dlopen(REMAT_STANDIN_LIBRARY, RTLD_NOW);
  auto function = reinterpret_cast<int (*)(Arguments...)>(dlsym(library, name));
  return function ? function(arguments...) : -1;
}

std::vector<ArrayView> getViews(std::vector<Array> &arrays) {
  std::vector<ArrayView> views;
  for (Array &array : arrays)
    views.push_back(array.getView());
  return views;
}

/// The program under a budget that makes it run steps again, and its arguments.
struct Rnn {
  /// The error, if there is no such program.
  llvm::Error compile(const Target &target) {
    mlir::DialectRegistry registry;
    registerAllDialects(registry);
    mlir::MLIRContext context(registry);
    auto module = mlir::parseSourceString<mlir::ModuleOp>(source, &context);
    ProgramOptions options;
    options.budget = Budget::minimum();
    auto compiled = CompiledProgram::compile(*module, "rnn", options, target);
    if (!compiled)
      return compiled.takeError();
    program = std::move(*compiled);
    for (const ArgumentInfo &info : program->getSignature().getArguments()) {
      Array array = llvm::cantFail(Array::create(info.type, info.shape));
      for (auto [number, element] : llvm::enumerate(array.getElements<float>()))
        element = 0.25f - 0.0625f * static_cast<float>(number % 9);
      arguments.push_back(std::move(array));
    }
    results = llvm::cantFail(program->getSignature().allocateResults(getViews(arguments)));
    return llvm::Error::success();
  }

  llvm::Error call(CallCounters *counters = nullptr) {
    return callWithHostArrays(*program, getViews(arguments), getViews(results), counters);
  }

  std::string getBits() const {
    std::string bits;
    for (const Array &result : results)
      bits.append(reinterpret_cast<const char *>(result.getBytes().data()), result.getBytes().size());
    return bits;
  }

  std::unique_ptr<CompiledProgram> program;
  std::vector<Array> arguments, results;
};

/// What a processor computes.
std::string getExpectedBits() {
  CPUTargetOptions options;
  options.denormals = Denormals::Keep;
  auto cpu = llvm::cantFail(CPUTarget::create(options));
  Rnn rnn;
  llvm::cantFail(rnn.compile(*cpu));
  llvm::cantFail(rnn.call());
  return rnn.getBits();
}

/// The kind of \p error, whose text is \p text then; nullopt if there is none.
std::optional<ProgramError::Kind> getKind(llvm::Error error, std::string &text) {
  std::optional<ProgramError::Kind> kind;
  llvm::handleAllErrors(std::move(error), [&](const ProgramError &problem) {
    kind = problem.getKind();
    text = problem.message();
  });
  return kind;
}

/// From the device to the device's end; the first thing that goes wrong.
llvm::Error live(const std::string &expected) {
  auto target = NVVMTarget::create();
  if (!target)
    return target.takeError();
  Rnn rnn;
  if (llvm::Error error = rnn.compile(**target))
    return error;
  CallCounters counters;
  if (llvm::Error error = rnn.call(&counters))
    return error;
  EXPECT_EQ(rnn.getBits(), expected);
  EXPECT_GT(counters.getForwardSteps(), 9);
  EXPECT_EQ(counters.reverse, 9);
  return llvm::Error::success();
}

} // namespace

TEST(CudaTarget, CallsOnlyLaunch) {
  std::string expected = getExpectedBits(), path = temporaryPath("cuda-calls");
  inProcess({"REMAT_STANDIN_LOG=" + path}, [&] {
    auto target = llvm::cantFail(NVVMTarget::create());
    EXPECT_EQ(target->getName(), "cuda");
    EXPECT_EQ(target->getChip(), "sm_90");
    Rnn rnn;
    llvm::cantFail(rnn.compile(*target));
    std::vector<ArrayView> hostResults = getViews(rnn.results);
    auto arguments = llvm::cantFail(TargetArrays::forArguments(*rnn.program, getViews(rnn.arguments)));
    auto results = llvm::cantFail(TargetArrays::forResults(*rnn.program, hostResults));
    llvm::cantFail(rnn.program->prepare(arguments.getViews(), results.getViews()));
    // A stream of the caller's, and two calls in it.
    void *context = nullptr, *stream = nullptr;
    EXPECT_EQ(callDriver("cuDevicePrimaryCtxRetain", &context, 0), 0);
    EXPECT_EQ(callDriver("cuCtxPushCurrent_v2", context), 0);
    EXPECT_EQ(callDriver("cuStreamCreate", &stream, 1u), 0);
    std::string before = readFile(path);
    for (int call = 0; call < 2; ++call)
      llvm::cantFail(rnn.program->enqueue(arguments.getViews(), results.getViews(), stream));
    std::string during = readFile(path).substr(before.size());
    EXPECT_GT(count(during, "cuLaunchKernel"), 40u);
    for (const char *entry : {"cuMemAlloc", "cuMemFree", "cuModuleLoad", "cuMemcpy", "Synchronize", "cuModuleGet"})
      EXPECT_EQ(count(during, entry), 0u) << entry;
    // The caller's context is the one that it was.
    void *current = nullptr;
    EXPECT_EQ(callDriver("cuCtxGetCurrent", &current), 0);
    EXPECT_EQ(current, context);
    CallCounters counters;
    llvm::cantFail(rnn.program->wait(&counters));
    EXPECT_EQ(counters.reverse, 9);
    llvm::cantFail(results.copyBack());
    EXPECT_EQ(rnn.getBits(), expected);
    EXPECT_EQ(count(readFile(path), "cuModuleLoadDataEx"), 1u);

    // A graph of a call, launched twice.
    void *graph = nullptr, *executable = nullptr;
    std::memset(rnn.results[1].getView().data, 0, static_cast<size_t>(rnn.results[1].getByteSize()));
    EXPECT_EQ(callDriver("cuStreamBeginCapture_v2", stream, 2), 0);
    llvm::cantFail(rnn.program->enqueue(arguments.getViews(), results.getViews(), stream));
    EXPECT_EQ(callDriver("cuStreamEndCapture", stream, &graph), 0);
    EXPECT_EQ(callDriver("cuGraphInstantiateWithFlags", &executable, graph, 0ull), 0);
    for (int launch = 0; launch < 2; ++launch)
      EXPECT_EQ(callDriver("cuGraphLaunch", executable, stream), 0);
    llvm::cantFail(rnn.program->wait());
    llvm::cantFail(results.copyBack());
    EXPECT_EQ(rnn.getBits(), expected);
  });
  std::remove(path.c_str());
}

TEST(CudaTarget, ContextsAndPointersOfTheCaller) {
  std::string expected = getExpectedBits();
  inProcess({}, [&] {
    std::string text;
    EXPECT_EQ(callDriver("cuInit", 0u), 0);
    void *context = nullptr;
    EXPECT_EQ(callDriver("cuDevicePrimaryCtxRetain", &context, 0), 0);
    NVVMTargetOptions options;
    options.context = context;
    options.chip = "sm_80";
    auto target = llvm::cantFail(NVVMTarget::create(options));
    EXPECT_EQ(target->getChip(), "sm_80");
    Rnn rnn;
    llvm::cantFail(rnn.compile(*target));
    llvm::cantFail(rnn.call());
    EXPECT_EQ(rnn.getBits(), expected);

    auto arguments = llvm::cantFail(TargetArrays::forArguments(*rnn.program, getViews(rnn.arguments)));
    auto results = llvm::cantFail(TargetArrays::forResults(*rnn.program, getViews(rnn.results)));
    std::vector<ArrayView> views = arguments.getViews().vec();
    // An array of the host.
    views[1].data = rnn.arguments[1].getView().data;
    EXPECT_EQ(getKind(rnn.program->call(views, results.getViews()), text), ProgramError::Kind::InvalidInput);
    EXPECT_NE(text.find("argument 'arg1': expected memory of remat stand-in (simulated), but 0x"), text.npos) << text;
    views = arguments.getViews().vec();
    std::vector<ArrayView> resultViews = results.getViews().vec();
    resultViews[0].data = static_cast<char *>(resultViews[0].data) + 2;
    EXPECT_EQ(getKind(rnn.program->call(views, resultViews), text), ProgramError::Kind::InvalidInput);
    EXPECT_NE(text.find("result 'result0': expected an address that is a multiple of 4, but got 0x"), text.npos)
        << text;
    // Nothing of that did any harm.
    llvm::cantFail(rnn.call());
    EXPECT_EQ(rnn.getBits(), expected);
  });
}

TEST(CudaTarget, AFailureOfTheHostEndsTheCall) {
  inProcess({}, [&] {
    auto target = llvm::cantFail(NVVMTarget::create());
    mlir::DialectRegistry registry;
    registerAllDialects(registry);
    mlir::MLIRContext mlirContext(registry);
    auto module = mlir::parseSourceString<mlir::ModuleOp>(R"(
      func.func @f(%n: index, %x: tensor<17xf32>) -> tensor<17xf32> {
        %most = arith.constant 3 : index
        %fits = arith.cmpi slt, %n, %most : index
        cf.assert %fits, "there are too many"
        %y = arith.addf %x, %x : tensor<17xf32>
        return %y : tensor<17xf32>
      })",
                                                          &mlirContext);
    auto program = llvm::cantFail(CompiledProgram::compile(*module, "f", {}, *target));
    Array n = llvm::cantFail(Array::create(ElementType::Index, {}));
    Array x = llvm::cantFail(Array::create(ElementType::F32, {17})),
          y = llvm::cantFail(Array::create(ElementType::F32, {17}));
    x.getElements<float>()[16] = 2;
    auto call = [&](int64_t number) {
      n.getElements<int64_t>()[0] = number;
      return callWithHostArrays(*program, {n.getView(), x.getView()}, {y.getView()});
    };
    for (int round = 0; round < 2; ++round) {
      std::string text;
      EXPECT_EQ(getKind(call(3), text), ProgramError::Kind::Fault);
      EXPECT_EQ(text.rfind("there are too many", 0), 0u) << text;
      // The context was left.
      void *current = nullptr;
      EXPECT_EQ(callDriver("cuCtxGetCurrent", &current), 0);
      EXPECT_EQ(current, nullptr);
      llvm::cantFail(call(2));
      EXPECT_EQ(y.getElements<float>()[16], 4);
    }
  });
}

TEST(CudaTarget, ProcessorsHaveNoStreams) {
  auto cpu = llvm::cantFail(CPUTarget::create());
  Rnn rnn;
  llvm::cantFail(rnn.compile(*cpu));
  std::string text;
  EXPECT_EQ(getKind(rnn.program->enqueue(getViews(rnn.arguments), getViews(rnn.results), nullptr), text),
            ProgramError::Kind::InvalidInput);
  EXPECT_EQ(text, "target cpu has no streams that calls could be put into");
  llvm::cantFail(rnn.program->wait());
}

TEST(CudaTarget, MeasuredCallsTellTheirMemory) {
  inProcess({}, [&] {
    auto target = llvm::cantFail(NVVMTarget::create());
    Rnn rnn;
    llvm::cantFail(rnn.compile(*target));
    auto plan = llvm::cantFail(rnn.program->getPlan(getViews(rnn.arguments)));
    auto arguments = llvm::cantFail(TargetArrays::forArguments(*rnn.program, getViews(rnn.arguments)));
    auto results = llvm::cantFail(TargetArrays::forResults(*rnn.program, getViews(rnn.results)));
    Measurement measurement;
    MeasureOptions options;
    options.guardBehind = plan.getArenaBytes();
    llvm::cantFail(rnn.program->measure(arguments.getViews(), results.getViews(), options, measurement));
    EXPECT_EQ(measurement.getPeakBytes(), plan.peakBytes);
    EXPECT_EQ(measurement.heap.allocations, 0);
    EXPECT_EQ(measurement.parameterCopyBytes, 0);
    EXPECT_GT(measurement.launches, 40);
    // One unit less, and a kernel touches what is not there.
    std::string text;
    options.guardBehind = plan.getArenaBytes() - 64;
    EXPECT_EQ(getKind(rnn.program->measure(arguments.getViews(), results.getViews(), options, measurement), text),
              ProgramError::Kind::Fault);
    EXPECT_NE(text.find("CUDA_ERROR_ILLEGAL_ADDRESS"), text.npos) << text;
  });
}

TEST(CudaTarget, EachCallOfTheDriverFailsOnce) {
  std::string expected = getExpectedBits(), path = temporaryPath("cuda-failures");
  std::vector<std::string> entries;
#define REMAT_CUDA_ENTRY(name, parameters) entries.push_back(#name);
#include "DriverEntries.def"
  for (const std::string &entry : entries) {
    // What gives something back cannot do so where it fails; the end of a program tells nobody.
    bool releases = false;
    for (const char *name : {"cuMemFree_v2", "cuModuleUnload", "cuStreamDestroy_v2", "cuDevicePrimaryCtxRelease_v2",
                             "cuCtxPushCurrent_v2", "cuCtxPopCurrent_v2"})
      releases |= entry == name;
    // The others are like the first, and StandInRuntime lets all of a shorter life fail.
    for (unsigned call : {1u, 20u}) {
      if (call > 1 && entry != "cuLaunchKernel")
        break;
      std::string failure = entry + ":" + std::to_string(call) + ":46";
      inProcess({"REMAT_STANDIN_FAIL=" + failure, "REMAT_STANDIN_LOG=" + path}, [&] {
        std::string text;
        std::optional<ProgramError::Kind> kind = getKind(live(expected), text);
        if (readFile(path).find("CUDA_ERROR_DEVICE_UNAVAILABLE") == std::string::npos)
          return; // There are fewer calls.
        if (!releases)
          EXPECT_EQ(kind, ProgramError::Kind::Fault) << failure << ": " << text;
        EXPECT_EQ(getKind(live(expected), text), std::nullopt) << failure << ": " << text;
      });
      std::string log = readFile(path);
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
