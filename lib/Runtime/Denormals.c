//===- Denormals.c - Flushing denormal numbers ---------------- ---*- C -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Runtime/Runtime.h"

#if defined(__x86_64__)

#include <xmmintrin.h>

/// Flush-to-zero and denormals-are-zero of the MXCSR register.
enum { FlushBits = 0x8040 };

uint64_t rematFlushDenormals(void) {
  unsigned setting = _mm_getcsr();
  _mm_setcsr(setting | FlushBits);
  return setting;
}

void rematRestoreDenormals(uint64_t setting) { _mm_setcsr((unsigned)setting); }

#elif defined(__aarch64__)

/// The FZ bit of the FPCR register.
#define FLUSH_BIT (UINT64_C(1) << 24)

uint64_t rematFlushDenormals(void) {
  uint64_t setting;
  __asm__ volatile("mrs %0, fpcr" : "=r"(setting));
  __asm__ volatile("msr fpcr, %0" : : "r"(setting | FLUSH_BIT));
  return setting;
}

void rematRestoreDenormals(uint64_t setting) { __asm__ volatile("msr fpcr, %0" : : "r"(setting)); }

#else

uint64_t rematFlushDenormals(void) { return 0; }

void rematRestoreDenormals(uint64_t setting) { (void)setting; }

#endif
