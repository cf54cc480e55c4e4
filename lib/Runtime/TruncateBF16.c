//===- TruncateBF16.c - What LLVM calls for bf16 ---------------- ---*- C -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Programs round to bf16 with integers. But on processors without instructions for bf16,
// LLVM 22 keeps a bf16 argument that is used behind a branch as a float and calls this to get
// it back. The library that has it is not on every machine: libgcc got it with
// version 13.
//
//===----------------------------------------------------------------------===//

#include "remat/Runtime/Runtime.h"

#include <stdint.h>
#include <string.h>

float __truncsfbf2(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof(bits));
  // What was a bf16 keeps all its bits, those of a signaling NaN too.
  int isExact = (bits & 0xffff) == 0;
  int isNaN = (bits & 0x7fffffff) > 0x7f800000;
  if (isExact)
    bits >>= 16;
  else if (isNaN)
    bits = bits >> 16 | 0x40;
  else
    bits = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
  memcpy(&value, &bits, sizeof(bits));
  return value;
}
