//===- Chip.h - The GPUs that code is made for ----------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TARGET_NVVM_CHIP_H
#define REMAT_TARGET_NVVM_CHIP_H

#include "remat/Target/NVVM/KernelFormat.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace remat {

/// A compute capability, as ptxas spells it, and the version of PTX that its code is
/// written in, times ten.
struct Chip {
  std::string name;
  unsigned ptx;

  /// The chip called \p name, from sm_80 on, in version \p ptx ("8.6") of PTX; if that is empty, the oldest
  /// that has the chip, but 8.1 at least: what drivers read is bounded from above.
  static llvm::Expected<Chip> create(llvm::StringRef name, llvm::StringRef ptx = "");

  /// The name of the newest chip whose code runs on devices of compute capability \p capability times
  /// ten (90 for 9.0), not on these alone; empty if they are older than all.
  static llvm::StringRef findNameFor(int32_t capability);

  /// Whether code for this chip, in the form \p format, runs on devices of compute capability
  /// \p capability times ten: PTX on those that are as new, machine code on those of the same
  /// generation, and what is made for a chip alone, sm_90a, only there.
  bool runsOn(int32_t capability, KernelFormat format) const;
};

} // namespace remat

#endif // REMAT_TARGET_NVVM_CHIP_H
