//===- Record.h - What failed on a device ----------------------- -*- C -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kernels with checks have an array of 64-bit integers in their module, under the name
// REMAT_RECORD_NAME. The entry's first kernel sets it to zero. Behind a call the host hands
// a copy of it to the program's function REMAT_REPORT_NAME, which fails if a check did. A
// program without checks has neither.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_ABI_RECORD_H
#define REMAT_ABI_RECORD_H

#include <stdint.h>

/// The words of the record.
enum RematRecord {
  /// The number of the check that failed, from 1; 0 as long as none did.
  REMAT_RECORD_SITE,
  /// The step that failed, or -1.
  REMAT_RECORD_STEP,
  /// Of an index, its position in the step.
  REMAT_RECORD_POSITION,
  /// The number that is wrong.
  REMAT_RECORD_VALUE,
  /// The least that it has to be; of an index, what it has to be below.
  REMAT_RECORD_LEAST,
  /// The most that it may be.
  REMAT_RECORD_MOST,
  REMAT_RECORD_WORDS = 8
};

#define REMAT_RECORD_NAME "remat_record"
#define REMAT_REPORT_NAME "remat_report"

#endif // REMAT_ABI_RECORD_H
