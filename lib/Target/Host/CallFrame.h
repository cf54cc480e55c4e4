//===- CallFrame.h - The border between a caller and machine code ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiled code that finds it cannot go on (a failed assertion, an index outside
// a table) calls rematFail of the runtime. Compiled code owns nothing that would
// have to be released, so the failure handler leaves with longjmp to the frame of
// the call. Floating-point modes that the code set at entry are restored here in
// either case.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_HOST_CALLFRAME_H
#define REMAT_LIB_TARGET_HOST_CALLFRAME_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

namespace remat {

/// Runs \p code; if it fails, returns a fault with the
/// message. \p code must not own anything with a destructor.
llvm::Error runGuarded(llvm::function_ref<void()> code);

/// Runs \p code on a thread with a stack of its own of \p stackBytes bytes, under this thread's
/// record of the heap. \p usedStackBytes receives how much of the stack was used.
llvm::Error runOnOwnStack(llvm::function_ref<llvm::Error()> code, int64_t stackBytes, int64_t &usedStackBytes);

/// The usual size of the stack of a process, which measured calls get.
inline constexpr int64_t measuredStackBytes = 8 << 20;

/// The symbols that this library gives to compiled code of every target: the runtime's C ABI
/// and counted versions of the allocation functions.
llvm::StringMap<void *> getHostSymbols();

} // namespace remat

#endif // REMAT_LIB_TARGET_HOST_CALLFRAME_H
