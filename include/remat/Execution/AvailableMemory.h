//===- AvailableMemory.h - How much memory there is left ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The kernel hands out more memory than there is and ends a process that touches
// it. An arena is touched in full, so it is compared with what there is first.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_EXECUTION_AVAILABLEMEMORY_H
#define REMAT_EXECUTION_AVAILABLEMEMORY_H

#include "llvm/Support/Error.h"

namespace remat {

/// Bytes that this process can still use: the least that the system and the control
/// group report; nullopt if neither does.
std::optional<int64_t> getAvailableBytes();

/// A fault that names \p what if \p bytes bytes are more than there are.
llvm::Error checkAvailable(int64_t bytes, const llvm::Twine &what);

} // namespace remat

#endif // REMAT_EXECUTION_AVAILABLEMEMORY_H
