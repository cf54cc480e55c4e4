//===- OutputFiles.h - Files that appear whole or not at all --------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every file is written under a temporary name beside its place, and all are
// renamed only when all have been written. An error or a signal before that leaves
// nothing behind.
//
// Only a place that is free or has a regular file can be treated so. What is
// anything else, such as a device, a FIFO or an open file of /proc, is no name for
// the output but a way out for it, and is written to at once. A symbolic link
// stands for what it points to, and a file that is replaced keeps its mode.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_SUPPORT_OUTPUTFILES_H
#define REMAT_TOOLS_SUPPORT_OUTPUTFILES_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace remat {

class OutputFiles {
public:
  /// Makes an error of a sentence: the kind of error that a tool gives the status
  /// of a fault.
  using MakeError = llvm::Error (*)(const llvm::Twine &);

  explicit OutputFiles(MakeError makeError) : makeError(makeError) {}
  /// Discards what was not committed.
  ~OutputFiles();

  /// Creates a file that is to appear at \p path and lets \p write fill it.
  llvm::Error add(llvm::StringRef path, llvm::function_ref<void(llvm::raw_ostream &)> write);

  /// Gives all files their names.
  llvm::Error commit();

  /// Whether two names mean one file, so that only one of two outputs would be
  /// left. Two names of one device do not count: it takes both.
  static bool isSameFile(llvm::StringRef one, llvm::StringRef other);

private:
  struct File {
    /// Where it is written and where it belongs.
    std::string temporary;
    std::string target;
    /// How the caller calls it.
    std::string path;
  };

  MakeError makeError;
  std::vector<File> files;
};

} // namespace remat

#endif // REMAT_TOOLS_SUPPORT_OUTPUTFILES_H
