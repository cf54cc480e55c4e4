//===- Symbols.h - Names of what compiled programs call --------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_ABI_SYMBOLS_H
#define REMAT_ABI_SYMBOLS_H

/// symbols::rematFail is "rematFail", and so on for each of Symbols.def.
namespace remat::symbols {
#define REMAT_SYMBOL(name) inline constexpr char name[] = #name;
#include "remat/ABI/Symbols.def"

/// Those of remat/Runtime/Cuda.h that programs for a GPU call as well.
inline constexpr char rematCudaLaunch[] = "rematCudaLaunch";
inline constexpr char rematCudaHasFailed[] = "rematCudaHasFailed";
} // namespace remat::symbols

#endif // REMAT_ABI_SYMBOLS_H
