//===- LanesV3.cpp - The operations for one level of processors ---------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LaneTable.h"
#include "ShadowLanes.h"

LaneTable remat::standin::v3Lanes() { return {std::begin(ops), std::end(ops), shadowLoops}; }
