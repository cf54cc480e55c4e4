//===- Denormals.h - Leaving a call that flushes -------------- ---*- C -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_RUNTIME_DENORMALS_H
#define REMAT_LIB_RUNTIME_DENORMALS_H

/// Restores the setting of whoever called the program of this thread, if it flushes:
/// a failure never gets to the end of the program, where that is done else.
void rematLeaveFlushing(void);

#endif // REMAT_LIB_RUNTIME_DENORMALS_H
