//===- SingleLanes.h - Stores of one lane ----------------------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_HOST_SINGLELANES_H
#define REMAT_LIB_TARGET_HOST_SINGLELANES_H

namespace llvm {
class Module;
} // namespace llvm

namespace remat {

/// Makes stores of a masked vector with one lane stores of that lane. LLVM 22 does so itself where
/// it selects instructions of AVX-512, but if the vector is truncated, it stores the lane as it
/// was before: four bytes of a bf16, over the element behind.
void storeSingleLanes(llvm::Module &module);

} // namespace remat

#endif // REMAT_LIB_TARGET_HOST_SINGLELANES_H
