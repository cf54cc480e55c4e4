//===- InputFile.h - The text of a file -------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_INPUTFILE_H
#define REMAT_TOOLS_REMAT_PLAN_INPUTFILE_H

#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include <string>

namespace remat::plantool {

struct InputFile {
  std::unique_ptr<llvm::MemoryBuffer> buffer;
  /// How messages call it.
  std::string name;

  llvm::StringRef getText() const { return buffer->getBuffer(); }
};

/// Opens a file, or standard input for `-`. One that is not there is a wrong input.
llvm::Expected<InputFile> openInput(const std::string &path);

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_INPUTFILE_H
