//===- ShadowLanes.h - Loops over shadow records ----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What record::conflicts and record::merged say, for many cells at once;
// compiled once per level of the processor, so with functions of its own.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_STANDIN_SHADOWLANES_H
#define REMAT_TEST_STANDIN_SHADOWLANES_H

#include "LaneRows.h"

namespace {

constexpr uint64_t ManyBits = 0xfff, OthersBit = 1 << 13;

bool anyConflict(const uint64_t *records, unsigned count, uint64_t mine, unsigned shift, const ShadowKeys &keys) {
  uint64_t launch = keys.launch, block = keys.block, current = keys.current, found = 0;
  for (unsigned i = 0; i < count; ++i) {
    uint64_t old = records[i], me = mine + (i >> shift);
    uint64_t sameStretch = old >= current ? (old ^ me) & ManyBits : 0;
    uint64_t otherBlock = (old < block ? 1 : 0) | (old & OthersBit);
    found |= old >= launch ? sameStretch | otherBlock : 0;
  }
  return found != 0;
}

void merge(uint64_t *records, unsigned count, uint64_t mine, unsigned shift, const ShadowKeys &keys) {
  uint64_t launch = keys.launch, block = keys.block, current = keys.current;
  for (unsigned i = 0; i < count; ++i) {
    uint64_t old = records[i], me = mine + (i >> shift);
    uint64_t others = old >= launch ? (old < block ? OthersBit : old & OthersBit) : 0;
    uint64_t many = old >= current ? (((old ^ me) & ManyBits) ? ManyBits : 0) : 0;
    records[i] = me | others | many;
  }
}

void replace(uint64_t *records, unsigned count, uint64_t mine, unsigned shift) {
  for (unsigned i = 0; i < count; ++i)
    records[i] = mine + (i >> shift);
}

bool allBytes(const uint8_t *bytes, uint64_t count, uint8_t value) {
  uint8_t different = 0;
  for (uint64_t i = 0; i < count; ++i)
    different |= bytes[i] ^ value;
  return different == 0;
}

bool allEqual(const uint64_t *addresses, uint32_t mask) {
  uint64_t first = addresses[__builtin_ctz(mask)], different = 0;
  for (unsigned lane = 0; lane < Lanes; ++lane)
    different |= (mask >> lane & 1) ? addresses[lane] ^ first : 0;
  return different == 0;
}

bool inSteps(const uint64_t *addresses, uint64_t step) {
  uint64_t first = addresses[0], different = 0;
  for (unsigned lane = 0; lane < Lanes; ++lane)
    different |= addresses[lane] ^ (first + lane * step);
  return different == 0;
}

constexpr ShadowLoops shadowLoops = {&anyConflict, &merge, &replace, &allBytes, &allEqual, &inSteps};

} // namespace

#endif // REMAT_TEST_STANDIN_SHADOWLANES_H
