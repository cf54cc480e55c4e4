//===- OutputSink.cpp - Where a command writes its files ------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OutputSink.h"

#include "llvm/Support/raw_ostream.h"

using namespace remat;
using namespace remat::plantool;

llvm::Error OutputSink::add(llvm::StringRef path, llvm::function_ref<void(llvm::raw_ostream &)> write) {
  if (path != "-")
    return files.add(path, write);
  write(llvm::outs());
  return llvm::Error::success();
}
