//===- WidenHalf.h - f16 beside a mode of f32 -----------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_NVVM_PTX_WIDENHALF_H
#define REMAT_LIB_TARGET_NVVM_PTX_WIDENHALF_H

namespace llvm {
class Module;
} // namespace llvm

namespace remat {

/// Computes f16 in f32, rounded after every operation, as it was before LLVM narrowed it.
/// The mode that flushes denormal numbers of f32 would flush those of f16 too, which are
/// none in f32.
void widenHalfArithmetic(llvm::Module &module);

} // namespace remat

#endif // REMAT_LIB_TARGET_NVVM_PTX_WIDENHALF_H
