//===- Denormals.h - What becomes of denormal numbers -------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A choice that pipelines and tools share.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SUPPORT_DENORMALS_H
#define REMAT_SUPPORT_DENORMALS_H

namespace remat {

/// Whether a call flushes denormal numbers to zero, or computes with them as its
/// caller does.
enum class Denormals { Flush, Keep };

} // namespace remat

#endif // REMAT_SUPPORT_DENORMALS_H
