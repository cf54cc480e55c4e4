//===- AdjointOpInterface.cpp - Reverse-mode rules ------------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Interfaces/AdjointOpInterface.h"

#include "remat/Interfaces/AdjointOpInterface.cpp.inc"
