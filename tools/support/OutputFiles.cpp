//===- OutputFiles.cpp - Files that appear whole or not at all ----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OutputFiles.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>

using namespace remat;

OutputFiles::~OutputFiles() {
  for (File &file : files) {
    llvm::sys::fs::remove(file.temporary);
    llvm::sys::DontRemoveFileOnSignal(file.temporary);
  }
}

llvm::Error OutputFiles::add(llvm::StringRef path, llvm::function_ref<void(llvm::raw_ostream &)> write) {
  std::string temporary = (path + "." + llvm::Twine(llvm::sys::Process::getProcessId()) + ".part").str();
  // Before it exists, so that no signal can come in between.
  llvm::sys::RemoveFileOnSignal(temporary);
  files.push_back({temporary, path.str()});
  std::error_code problem;
  llvm::raw_fd_ostream stream(temporary, problem);
  if (problem)
    return makeError(path + ": " + problem.message());
  write(stream);
  stream.close();
  if (!stream.has_error())
    return llvm::Error::success();
  std::string reason = stream.error().message();
  stream.clear_error();
  return makeError(path + ": " + reason);
}

namespace {
/// While it lives, no signal comes in between two files.
class SignalBlock {
public:
  SignalBlock() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &former);
  }
  ~SignalBlock() { pthread_sigmask(SIG_SETMASK, &former, nullptr); }

private:
  sigset_t former;
};
} // namespace

llvm::Error OutputFiles::commit() {
  // The likely reason for a rename to fail, found before the first one.
  for (File &file : files)
    if (llvm::sys::fs::is_directory(file.path))
      return makeError(file.path + ": " + std::make_error_code(std::errc::is_a_directory).message());
  SignalBlock block;
  for (auto [number, file] : llvm::enumerate(files)) {
    std::error_code problem = llvm::sys::fs::rename(file.temporary, file.path);
    if (!problem)
      continue;
    for (File &renamed : llvm::MutableArrayRef(files).take_front(number))
      llvm::sys::fs::remove(renamed.path);
    return makeError(file.path + ": " + problem.message());
  }
  for (File &file : files)
    llvm::sys::DontRemoveFileOnSignal(file.temporary);
  files.clear();
  return llvm::Error::success();
}
