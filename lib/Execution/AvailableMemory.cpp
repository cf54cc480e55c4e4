//===- AvailableMemory.cpp - How much memory there is left --------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Execution/AvailableMemory.h"

#include "remat/Execution/ProgramError.h"

#include "llvm/ADT/Twine.h"
#include "llvm/Support/MemoryBuffer.h"

#include <unistd.h>

#include <algorithm>

using namespace remat;
using llvm::StringRef;

/// The first number in a file, or behind \p key in it.
static std::optional<int64_t> readNumber(StringRef path, StringRef key = "") {
  // Files of the kernel have no size, so they are read as streams.
  auto file = llvm::MemoryBuffer::getFileAsStream(path);
  if (!file)
    return std::nullopt;
  StringRef text = (*file)->getBuffer();
  size_t position = text.find(key);
  int64_t number = 0;
  if (position == StringRef::npos || text.substr(position + key.size()).ltrim().consumeInteger(10, number))
    return std::nullopt;
  return number;
}

std::optional<int64_t> remat::getAvailableBytes() {
  std::optional<int64_t> bytes = readNumber("/proc/meminfo", "MemAvailable:");
  if (bytes)
    *bytes *= 1024;
  else if (long pages = sysconf(_SC_PHYS_PAGES); pages > 0)
    bytes = static_cast<int64_t>(pages) * sysconf(_SC_PAGESIZE);
  // A container's own limit; "max" is no number.
  std::optional<int64_t> limit = readNumber("/sys/fs/cgroup/memory.max");
  std::optional<int64_t> used = readNumber("/sys/fs/cgroup/memory.current");
  if (limit && used)
    bytes = std::min(bytes.value_or(*limit), std::max<int64_t>(*limit - *used, 0));
  return bytes;
}

llvm::Error remat::checkAvailable(int64_t bytes, const llvm::Twine &what) {
  // Small blocks are not worth reading files for.
  constexpr int64_t smallBytes = 1 << 26;
  if (bytes <= smallBytes)
    return llvm::Error::success();
  std::optional<int64_t> available = getAvailableBytes();
  if (!available || bytes <= *available)
    return llvm::Error::success();
  return makeFault("no memory for " + what + ": " + llvm::Twine(bytes) + " bytes, but only " + llvm::Twine(*available) +
                   " are available");
}
