//===- Denormals.c - Flushing denormal numbers ---------------- ---*- C -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A program restores what it found, and a failure restores what the outermost
// program found: the handler of the embedding code, and all that it jumps to, run in
// the caller's mode.
//
//===----------------------------------------------------------------------===//

#include "Denormals.h"

#include "remat/Runtime/Runtime.h"

#if defined(__x86_64__)

#include <xmmintrin.h>

/// Flush-to-zero and denormals-are-zero of the MXCSR register.
#define FLUSH_BITS UINT64_C(0x8040)

static uint64_t getSetting(void) { return _mm_getcsr(); }

static void setSetting(uint64_t setting) { _mm_setcsr((unsigned)setting); }

#elif defined(__aarch64__)

/// The FZ bit of the FPCR register.
#define FLUSH_BITS (UINT64_C(1) << 24)

static uint64_t getSetting(void) {
  uint64_t setting;
  __asm__ volatile("mrs %0, fpcr" : "=r"(setting));
  return setting;
}

static void setSetting(uint64_t setting) { __asm__ volatile("msr fpcr, %0" : : "r"(setting)); }

#else

#define FLUSH_BITS UINT64_C(0)

static uint64_t getSetting(void) { return 0; }

static void setSetting(uint64_t setting) { (void)setting; }

#endif

static _Thread_local int isFlushing;
/// What the outermost program of this thread found.
static _Thread_local uint64_t callerSetting;

static int flushes(uint64_t setting) { return (setting & FLUSH_BITS) == FLUSH_BITS; }

uint64_t rematFlushDenormals(void) {
  uint64_t setting = getSetting();
  // One that flushes already may be that of a program that calls another one.
  if (!isFlushing || !flushes(setting))
    callerSetting = setting;
  isFlushing = 1;
  setSetting(setting | FLUSH_BITS);
  return setting;
}

void rematRestoreDenormals(uint64_t setting) {
  isFlushing = flushes(setting);
  setSetting(setting);
}

void rematLeaveFlushing(void) {
  if (isFlushing)
    setSetting(callerSetting);
  isFlushing = 0;
}
