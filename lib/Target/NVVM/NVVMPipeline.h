//===- NVVMPipeline.h - The options of remat-to-nvvm ----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What can be said of a program and of a GPU, as the options of one pipeline: the form
// that command lines and reproducers have.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_NVVM_NVVMPIPELINE_H
#define REMAT_LIB_TARGET_NVVM_NVVMPIPELINE_H

#include "remat/Pipelines/ProgramPassOptions.h"
#include "remat/Target/NVVM/LinalgToPTX.h"

namespace remat {

struct NVVMPipelineOptions : ProgramPassOptions<ChipOptions<NVVMPipelineOptions>> {};

} // namespace remat

#endif // REMAT_LIB_TARGET_NVVM_NVVMPIPELINE_H
