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

private:
  struct File {
    /// Where it is written and where it belongs.
    std::string temporary;
    std::string path;
  };
  MakeError makeError;
  std::vector<File> files;
};

} // namespace remat

#endif // REMAT_TOOLS_SUPPORT_OUTPUTFILES_H
