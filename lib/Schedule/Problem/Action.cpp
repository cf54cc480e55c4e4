//===- Action.cpp - what a schedule does, step by step ----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/Action.h"

using namespace remat::schedule;

static const char *nameOf(ActionKind kind) {
  switch (kind) {
  case ActionKind::Advance:
    return "advance";
  case ActionKind::Record:
    return "record";
  case ActionKind::Checkpoint:
    return "checkpoint";
  case ActionKind::Restore:
    return "restore";
  case ActionKind::Keep:
    return "keep";
  case ActionKind::Reverse:
    return "reverse";
  case ActionKind::DiscardState:
    return "discard_state";
  case ActionKind::DiscardTape:
    return "discard_tape";
  case ActionKind::Offload:
    return "offload";
  case ActionKind::OffloadTape:
    return "offload_tape";
  case ActionKind::Prefetch:
    return "prefetch";
  case ActionKind::PrefetchTape:
    return "prefetch_tape";
  case ActionKind::Await:
    return "await";
  case ActionKind::AwaitTape:
    return "await_tape";
  }
  return "unknown";
}

std::string remat::schedule::stringifyAction(const Action &action) {
  std::string line = "[\"";
  line += nameOf(action.kind);
  line += "\", " + std::to_string(action.step);
  if (action.kind == ActionKind::Advance || (action.kind == ActionKind::Record && action.to != 0))
    line += ", " + std::to_string(action.to);
  return line + "]";
}
