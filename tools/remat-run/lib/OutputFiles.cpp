//===- OutputFiles.cpp - Files that appear whole or not at all ----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OutputFiles.h"

#include "remat/Execution/ProgramError.h"

#include "llvm/Support/raw_ostream.h"

using namespace remat;

OutputFiles::~OutputFiles() {
  for (File &file : files)
    llvm::consumeError(file.temporary.discard());
}

llvm::Error OutputFiles::add(llvm::StringRef path, llvm::function_ref<void(llvm::raw_ostream &)> write) {
  // TempFile removes itself when a signal ends the process.
  auto temporary =
      llvm::sys::fs::TempFile::create(path + ".%%%%%%.part", llvm::sys::fs::all_read | llvm::sys::fs::all_write);
  if (!temporary)
    return makeFault(path + ": " + llvm::toString(temporary.takeError()));
  files.push_back({std::move(*temporary), path.str()});
  llvm::raw_fd_ostream stream(files.back().temporary.FD, /*shouldClose=*/false);
  write(stream);
  stream.flush();
  if (!stream.has_error())
    return llvm::Error::success();
  std::string reason = stream.error().message();
  stream.clear_error();
  return makeFault(path + ": " + reason);
}

llvm::Error OutputFiles::commit() {
  for (File &file : files)
    if (llvm::Error error = file.temporary.keep(file.path))
      return makeFault(file.path + ": " + llvm::toString(std::move(error)));
  files.clear();
  return llvm::Error::success();
}
