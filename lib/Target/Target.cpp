//===- Target.cpp - What programs are compiled for ----------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Target/Target.h"

using namespace remat;

TargetMemory::~TargetMemory() = default;
LoadedProgram::~LoadedProgram() = default;
Target::~Target() = default;
