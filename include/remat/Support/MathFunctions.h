//===- MathFunctions.h - Where functions of mathematics come from -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A choice that pipelines and tools share.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SUPPORT_MATHFUNCTIONS_H
#define REMAT_SUPPORT_MATHFUNCTIONS_H

namespace remat {

/// What computes functions that no instruction and no polynomial computes: the C library of
/// the machine, or code from LLVM's libclc, which has the same bits on every machine.
enum class MathFunctions { Native, Portable };

} // namespace remat

#endif // REMAT_SUPPORT_MATHFUNCTIONS_H
