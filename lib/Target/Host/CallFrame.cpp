//===- CallFrame.cpp - The border between a caller and machine code -----------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CallFrame.h"

#include "../../Execution/HostMemory.h"
#include "remat/Execution/HeapUse.h"
#include "remat/Execution/ProgramError.h"
#include "remat/Runtime/Runtime.h"

#include "llvm/Support/MathExtras.h"

#include <malloc.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cfenv>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <utility>

using namespace remat;

namespace {

/// One guarded call. Plain data: longjmp passes over it.
struct Frame {
  jmp_buf exit;
  std::array<char, 1024> message;
};

} // namespace

static thread_local HeapUse *activeHeapUse = nullptr;

HeapUse *remat::getActiveHeapUse() noexcept { return activeHeapUse; }

HeapUse *remat::setActiveHeapUse(HeapUse *use) noexcept { return std::exchange(activeHeapUse, use); }

/// The runtime's failure handler: leaves the compiled code.
[[noreturn]] static void leaveFrame(void *context, const char *message) {
  auto *frame = static_cast<Frame *>(context);
  std::snprintf(frame->message.data(), frame->message.size(), "%s", message);
  longjmp(frame->exit, 1);
}

//===----------------------------------------------------------------------===//
// Counted allocation
//===----------------------------------------------------------------------===//

/// Allocates with the record switched off, so that a process-wide hook does not
/// count the same allocation again.
template <typename Allocate>
static void *countAllocation(Allocate allocate) {
  HeapUse *use = setActiveHeapUse(nullptr);
  void *pointer = allocate();
  setActiveHeapUse(use);
  if (use && pointer)
    use->noteAllocation(malloc_usable_size(pointer));
  return pointer;
}

static void *mallocHost(size_t bytes) {
  return countAllocation([&] { return std::malloc(bytes); });
}

static void *callocHost(size_t count, size_t bytes) {
  return countAllocation([&] { return std::calloc(count, bytes); });
}

static void *alignedAllocHost(size_t alignment, size_t bytes) {
  return countAllocation([&] { return std::aligned_alloc(alignment, bytes); });
}

static void freeHost(void *pointer) {
  HeapUse *use = setActiveHeapUse(nullptr);
  if (use && pointer)
    use->noteRelease(malloc_usable_size(pointer));
  std::free(pointer);
  setActiveHeapUse(use);
}

llvm::StringMap<void *> remat::getHostSymbols() {
  llvm::StringMap<void *> symbols;
#define REMAT_SYMBOL(name) symbols[#name] = reinterpret_cast<void *>(&name);
#include "remat/ABI/Symbols.def"
  symbols["malloc"] = reinterpret_cast<void *>(&mallocHost);
  symbols["calloc"] = reinterpret_cast<void *>(&callocHost);
  symbols["aligned_alloc"] = reinterpret_cast<void *>(&alignedAllocHost);
  symbols["free"] = reinterpret_cast<void *>(&freeHost);
  return symbols;
}

//===----------------------------------------------------------------------===//
// Guarded calls
//===----------------------------------------------------------------------===//

llvm::Error remat::runGuarded(llvm::function_ref<void()> code) {
  // fenv_t holds the rounding and denormal modes of the machine (MXCSR, FPCR).
  fenv_t environment;
  std::fegetenv(&environment);
  Frame frame;
  // The embedder may have set one, for programs that were compiled ahead of time.
  void *formerContext = nullptr;
  RematFailureHandler former = rematGetFailureHandler(&formerContext);
  rematSetFailureHandler(leaveFrame, &frame);
  bool failed = setjmp(frame.exit) != 0;
  if (!failed)
    code();
  rematSetFailureHandler(former, formerContext);
  std::fesetenv(&environment);
  return failed ? makeFault(frame.message.data()) : llvm::Error::success();
}

namespace {

/// What a thread with a measured stack does.
struct StackTask {
  llvm::function_ref<llvm::Error()> code;
  llvm::Error result = llvm::Error::success();
  HeapUse *heapUse = nullptr;
  /// Where the stack of the code begins: above it lies what a thread needs.
  char *top = nullptr;

  static void *run(void *argument) {
    auto &task = *static_cast<StackTask *>(argument);
    task.top = static_cast<char *>(__builtin_frame_address(0));
    setActiveHeapUse(task.heapUse);
    llvm::consumeError(std::move(task.result));
    task.result = task.code();
    setActiveHeapUse(nullptr);
    return nullptr;
  }
};

} // namespace

/// The top of a stack, where its use is measured in units of 64 bytes; in pages below.
static constexpr int64_t fineStackBytes = int64_t(256) << 10;

llvm::Error remat::runOnOwnStack(llvm::function_ref<llvm::Error()> code, int64_t stackBytes, int64_t &usedStackBytes) {
  llvm::Expected<HostMemory> stack = HostMemory::create(stackBytes);
  if (!stack)
    return stack.takeError();
  // To fill all of it would take longer than most calls.
  int64_t fine = llvm::alignDown(static_cast<uint64_t>(stackBytes - std::min(stackBytes, fineStackBytes)),
                                 static_cast<uint64_t>(sysconf(_SC_PAGESIZE)));
  stack->fillWithPatternFrom(fine);

  // The thread sees this thread's record of the heap; creating the thread is no
  // part of the call.
  StackTask task{code, llvm::Error::success(), setActiveHeapUse(nullptr)};
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setstack(&attributes, stack->getAddress(), stackBytes);
  int status = pthread_create(&thread, &attributes, StackTask::run, &task);
  pthread_attr_destroy(&attributes);
  if (status == 0)
    pthread_join(thread, nullptr);
  // What this allocates is no part of the call either.
  usedStackBytes = status == 0 ? task.top - static_cast<char *>(stack->findLowestTouched(fine)) : 0;
  setActiveHeapUse(task.heapUse);
  if (status != 0) {
    llvm::consumeError(std::move(task.result));
    return makeFault("a thread for the measured call cannot be started");
  }
  return std::move(task.result);
}
