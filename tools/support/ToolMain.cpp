//===- ToolMain.cpp - What every tool does first ------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The tools are compiled without exceptions but the standard library throws: at the
// end of memory and when a container would be longer than any memory. A tool could
// not go on then, so it catches nothing: the handler that the C++ runtime calls for
// what nobody catches ends the process as a fault. It allocates nothing.
//
//===----------------------------------------------------------------------===//

#include "ToolMain.h"

#include "ExitStatus.h"

#include "llvm/Config/llvm-config.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <cxxabi.h>
#include <exception>
#include <new>
#include <stdexcept>
#include <system_error>
#include <typeinfo>
#include <unistd.h>

using namespace remat;

static const char *toolName = "remat";

/// Prints "NAME: error: REASON" and ends the process.
[[noreturn]] static void endWithFault(const char *reason) {
  // One line, even if several threads get here.
  static std::atomic_flag isEnding = ATOMIC_FLAG_INIT;
  if (isEnding.test_and_set())
    for (;;)
      pause();
  for (const char *part : {toolName, ": error: ", reason, "\n"})
    (void)!write(STDERR_FILENO, part, std::strlen(part));
  llvm::sys::RunInterruptHandlers();
  _exit(static_cast<int>(ExitStatus::Fault));
}

/// LLVM found no memory in a place where it does not throw.
static void endWithoutMemory(void *, const char *, bool) { endWithFault("out of memory"); }

static void endWithError(void *, const char *reason, bool) { endWithFault(reason); }

/// What an exception means that nobody catches; nullptr if it is a bug.
static const char *describe(const std::type_info *type) {
  if (!type)
    return nullptr;
  for (const std::type_info *memory :
       {&typeid(std::bad_alloc), &typeid(std::bad_array_new_length), &typeid(std::length_error)})
    if (*type == *memory)
      return "out of memory";
  return *type == typeid(std::system_error) ? "the system gives no more threads" : nullptr;
}

static void endUncaught() {
  if (const char *reason = describe(abi::__cxa_current_exception_type()))
    endWithFault(reason);
  std::abort();
}

static void printVersion(llvm::raw_ostream &stream) {
  stream << toolName << ", remat " << REMAT_VERSION << " on LLVM " << LLVM_VERSION_STRING << '\n';
}

void remat::initializeTool(const char *name) {
  toolName = name;
  // LLVM's would end the process although somebody catches the exception, as the
  // planner of the runtime does.
  std::set_new_handler(nullptr);
  std::set_terminate(endUncaught);
  llvm::remove_bad_alloc_error_handler();
  llvm::install_bad_alloc_error_handler(endWithoutMemory);
  llvm::install_fatal_error_handler(endWithError);
  signal(SIGXFSZ, SIG_IGN);
  llvm::cl::SetVersionPrinter(printVersion);
}
