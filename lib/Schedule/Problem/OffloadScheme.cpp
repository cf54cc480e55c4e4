//===- OffloadScheme.cpp - names of offload schemes -------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The names are part of the JSON contract.
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/Plan.h"

using namespace remat::schedule;

std::string_view remat::schedule::stringifyScheme(OffloadScheme scheme) {
  switch (scheme) {
  case OffloadScheme::None:
    return "no-offload";
  case OffloadScheme::EveryInterval:
    return "every-interval";
  case OffloadScheme::StatesAndTapes:
    return "mixed";
  case OffloadScheme::HRevolve:
    return "h-revolve";
  case OffloadScheme::DiskRevolve:
    return "disk-revolve";
  }
  return "unknown";
}
