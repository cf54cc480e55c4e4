//===- Chip.h - The GPUs that code is made for ----------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_NVVM_PTX_CHIP_H
#define REMAT_LIB_TARGET_NVVM_PTX_CHIP_H

#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>

namespace remat {

/// A compute capability, as ptxas spells it, and the version of PTX that its code is
/// written in: the oldest that has it, but 8.1 at least.
struct Chip {
  const char *name;
  unsigned ptx;
};

/// The chip called \p name, from sm_80 on.
std::optional<Chip> findChip(llvm::StringRef name);

/// The names of all chips, for a message.
std::string listChips();

} // namespace remat

#endif // REMAT_LIB_TARGET_NVVM_PTX_CHIP_H
