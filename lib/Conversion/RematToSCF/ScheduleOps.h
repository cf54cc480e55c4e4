//===- ScheduleOps.h - Spelled-out schedules become calls -------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_CONVERSION_REMATTOSCF_SCHEDULEOPS_H
#define REMAT_CONVERSION_REMATTOSCF_SCHEDULEOPS_H

#include "StepEmitter.h"

namespace remat {

/// Emits what an operation of an unrolled schedule does: a call per step, with
/// constants for the step and the places, or nothing at all. False if it is no such
/// operation.
bool emitScheduleOp(ImplicitLocOpBuilder &builder, Operation *op, StepEmitter &emitter, bool isBackward);

} // namespace remat

#endif // REMAT_CONVERSION_REMATTOSCF_SCHEDULEOPS_H
