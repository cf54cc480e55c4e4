//===- InputFile.cpp - The text of a file ---------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InputFile.h"

#include "Diagnostics.h"

#include "llvm/ADT/Twine.h"

using namespace remat;
using namespace remat::plantool;

llvm::Expected<InputFile> plantool::openInput(const std::string &path) {
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(path);
  if (!buffer)
    return makeInputError(path + ": " + buffer.getError().message());
  return InputFile{std::move(*buffer), path == "-" ? "<stdin>" : path};
}
