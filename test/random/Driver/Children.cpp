//===- Children.cpp - Judging in child processes ---------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Children.h"

#include "Interrupt.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Compiler.h"

#include <chrono>
#include <csignal>
#include <cstring>
#include <cxxabi.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace remat::random;
using llvm::StringRef;
using Clock = std::chrono::steady_clock;

struct Children::Child {
  pid_t process = -1;
  int output = -1;
  std::string text;
  Clock::time_point begin;
  bool isKilled = false;
  std::function<void(Report)> done;
};

//===----------------------------------------------------------------------===//
// In the child
//===----------------------------------------------------------------------===//

static int reportDescriptor = -1;

static void writeAll(StringRef text) {
  while (!text.empty()) {
    ssize_t written = write(reportDescriptor, text.data(), text.size());
    if (written <= 0)
      return;
    text = text.drop_front(static_cast<size_t>(written));
  }
}

/// Reports where a signal came from: the nearest functions that have a name. Not
/// safe in a handler by the book; the process is lost anyway, and another signal
/// ends it.
static void reportSignal(int signal) {
  std::signal(signal, SIG_DFL);
  writeAll(std::string("signal\t") + strsignal(signal) + "\n");
  void *frames[40];
  int number = backtrace(frames, 40);
  unsigned named = 0;
  std::string text = "frames\t";
  for (int i = 1; i < number && named < 2; ++i) {
    Dl_info info;
    if (!dladdr(frames[i], &info) || !info.dli_sname)
      continue;
    int status = 0;
    char *demangled = abi::__cxa_demangle(info.dli_sname, nullptr, nullptr, &status);
    std::string name = status == 0 ? demangled : info.dli_sname;
    name = name.substr(0, name.find('('));
    if (StringRef(name).contains("reportSignal") || StringRef(name).contains("restore_rt"))
      continue;
    // Containers and casts say nothing.
    if (StringRef(name).starts_with("llvm::") || StringRef(name).starts_with("std::"))
      continue;
    text += (named++ ? " < " : "") + name;
  }
  writeAll(text + "\n");
  _exit(1);
}

[[noreturn]] static void runChild(const Case &program, const JudgeOptions &options, const ChildLimits &limits,
                                  mlir::MLIRContext &context) {
#if !LLVM_ADDRESS_SANITIZER_BUILD // which reserves more addresses than any limit allows
  rlimit memory = {static_cast<rlim_t>(limits.bytes), static_cast<rlim_t>(limits.bytes)};
  // The driver of a GPU reserves addresses for the memory of its device.
  setrlimit(options.onDevice ? RLIMIT_DATA : RLIMIT_AS, &memory);
#endif
  rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  // A stack that has overflown cannot be used.
  static char stack[1 << 16];
  stack_t alternative = {};
  alternative.ss_sp = stack;
  alternative.ss_size = sizeof(stack);
  sigaltstack(&alternative, nullptr);
  for (int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}) {
    struct sigaction action = {};
    action.sa_handler = reportSignal;
    action.sa_flags = SA_ONSTACK;
    sigaction(signal, &action, nullptr);
  }
  // What libraries print is not part of the report.
  int null = open("/dev/null", O_RDWR);
  dup2(null, STDOUT_FILENO);
  dup2(null, STDERR_FILENO);

  Coverage coverage;
  Verdict verdict =
      judge(program, options, context, [](StringRef part) { writeAll("part\t" + part.str() + "\n"); }, &coverage);
  std::string text;
  for (const auto &[key, number] : coverage.getCounts())
    text += "count\t" + key + "\t" + std::to_string(number) + "\n";
  text += "verdict\t" + getName(verdict.outcome).str() + "\t" + verdict.detail + "\n";
  writeAll(text);
  _exit(0);
}

//===----------------------------------------------------------------------===//
// In the parent
//===----------------------------------------------------------------------===//

void Children::start(const Case &program, const JudgeOptions &options, std::function<void(Report)> done) {
  auto child = std::make_shared<Child>();
  child->begin = Clock::now();
  child->done = std::move(done);
  int ends[2];
  if (pipe(ends) != 0)
    llvm::report_fatal_error("no pipe");
  pid_t process = fork();
  if (process < 0)
    llvm::report_fatal_error("no child process");
  if (process == 0) {
    close(ends[0]);
    reportDescriptor = ends[1];
    ignoreInterrupts();
    runChild(program, options, limits, context);
  }
  close(ends[1]);
  child->process = process;
  child->output = ends[0];
  running.push_back(std::move(child));
}

/// Reads the lines of a child that ended with \p status.
static Report readReport(StringRef text, int status, bool isKilled) {
  Report report;
  std::string part, signal, frames;
  bool hasVerdict = false;
  llvm::SmallVector<StringRef> lines;
  text.split(lines, '\n', -1, /*KeepEmpty=*/false);
  for (StringRef line : lines) {
    llvm::SmallVector<StringRef> fields;
    line.split(fields, '\t');
    if (fields[0] == "part" && fields.size() == 2) {
      part = fields[1].str();
    } else if (fields[0] == "signal" && fields.size() == 2) {
      signal = fields[1].str();
    } else if (fields[0] == "frames" && fields.size() == 2) {
      frames = fields[1].str();
    } else if (fields[0] == "count" && fields.size() == 3) {
      int64_t number = 0;
      if (!fields[2].getAsInteger(10, number))
        report.coverage.add(fields[1].str(), number);
    } else if (fields[0] == "verdict" && fields.size() == 3) {
      hasVerdict = parseOutcome(fields[1], report.verdict.outcome);
      report.verdict.detail = fields[2].str();
    }
  }
  if (hasVerdict)
    return report;
  // The variant is one of several that go through the same code.
  std::string what = StringRef(part).split(' ').first.str();
  if (isKilled) {
    report.verdict = {Outcome::Limit, "no end in sight in " + what + "; " + part};
    return report;
  }
  if (signal.empty() && WIFSIGNALED(status))
    signal = strsignal(WTERMSIG(status));
  if (signal.empty())
    signal = "exit status " + std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : -1);
  report.verdict = {Outcome::Crash, signal + " in " + what + (frames.empty() ? "" : ": " + frames) + "; " + part};
  if (what == "parse")
    report.verdict.outcome = Outcome::Invalid;
  return report;
}

void Children::endAll() {
  for (const auto &child : running) {
    kill(child->process, SIGKILL);
    waitpid(child->process, nullptr, 0);
    close(child->output);
  }
  running.clear();
}

void Children::wait() {
  while (!running.empty()) {
    std::vector<pollfd> descriptors;
    for (const auto &child : running)
      descriptors.push_back({child->output, POLLIN, 0});
    poll(descriptors.data(), descriptors.size(), 200);
    if (getInterrupt()) {
      endAll();
      return;
    }
    bool ended = false;
    for (size_t i = 0; i < descriptors.size(); ++i) {
      std::shared_ptr<Child> child = running[i];
      double seconds = std::chrono::duration<double>(Clock::now() - child->begin).count();
      if (descriptors[i].revents) {
        char buffer[65536];
        ssize_t bytes = read(child->output, buffer, sizeof(buffer));
        if (bytes > 0) {
          child->text.append(buffer, static_cast<size_t>(bytes));
          continue;
        }
        int status = 0;
        waitpid(child->process, &status, 0);
        close(child->output);
        running[i] = nullptr;
        Report report = readReport(child->text, status, child->isKilled);
        report.seconds = seconds;
        child->done(std::move(report));
        ended = true;
        continue;
      }
      if (seconds > limits.seconds && !child->isKilled) {
        child->isKilled = true;
        kill(child->process, SIGKILL);
      }
    }
    running.erase(std::remove(running.begin(), running.end(), nullptr), running.end());
    if (ended)
      return;
  }
}

Report Children::judge(const Case &program, const JudgeOptions &options) {
  Report result;
  if (getInterrupt())
    return result;
  bool isDone = false;
  start(program, options, [&](Report report) {
    result = std::move(report);
    isDone = true;
  });
  while (!isDone && running.size())
    wait();
  return result;
}
