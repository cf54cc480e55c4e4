//===- Shadow.cpp - Who accessed which byte last --------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Shadow.h"

#include <algorithm>

using namespace remat::standin;

void Shadow::Page::refine() {
  for (std::vector<uint64_t> *records : {&readers, &writers}) {
    std::vector<uint64_t> bytes(PageBytes);
    for (uint64_t byte = 0; byte < PageBytes; ++byte)
      bytes[byte] = (*records)[byte / 4];
    records->swap(bytes);
  }
  fine = true;
}

Shadow::Page &Shadow::page(uint64_t index) {
  if (!pages[index])
    pages[index] = std::make_unique<Page>();
  return *pages[index];
}

uint64_t Shadow::touch(uint64_t offset, unsigned bytes, uint64_t mine, AccessKind kind, const ShadowKeys &keys) {
  // Aligned accesses do not cross pages.
  Page &here = page(offset / PageBytes);
  if (bytes < 4 && !here.fine)
    here.refine();
  unsigned shift = here.fine ? 0 : 2;
  uint64_t first = offset % PageBytes >> shift, last = first + (bytes >> shift);
  for (uint64_t cell = first; cell < last; ++cell) {
    uint64_t &reader = here.readers[cell], &writer = here.writers[cell];
    switch (kind) {
    case AccessKind::Read:
      if (record::conflicts(writer, mine, keys))
        return writer;
      reader = record::merged(reader, mine, keys);
      break;
    case AccessKind::ReadOnly:
      // Whatever this launch writes may or may not be seen.
      if (writer >= keys.launch)
        return writer;
      reader = mine | record::Others;
      break;
    case AccessKind::Write:
      if (record::conflicts(writer, mine, keys))
        return writer;
      if (record::conflicts(reader, mine, keys))
        return reader;
      writer = mine;
      break;
    case AccessKind::Atomic:
      if (!(writer & record::AtomicBit) && record::conflicts(writer, mine, keys))
        return writer;
      if (record::conflicts(reader, mine, keys))
        return reader;
      writer = (writer & record::AtomicBit ? record::merged(writer, mine, keys) : mine) | record::AtomicBit;
      break;
    }
  }
  return 0;
}

bool Shadow::touchLanes(uint64_t offset, unsigned bytes, unsigned count, uint64_t mine, AccessKind kind,
                        const ShadowKeys &keys, const ShadowLoops &loops) {
  if (kind == AccessKind::Atomic)
    return false;
  ShadowKeys judged = keys;
  if (kind == AccessKind::ReadOnly) {
    // Every record of this launch counts as one of another block.
    judged.block = ~uint64_t(0);
    mine |= record::Others;
  }
  uint64_t end = offset + count * bytes;
  // First look, then record: what conflicts is told one lane after the other.
  for (bool recording : {false, true}) {
    for (uint64_t at = offset; at < end;) {
      Page &here = page(at / PageBytes);
      if (bytes < 4 && !here.fine)
        here.refine();
      unsigned cellShift = here.fine ? 0 : 2;
      uint64_t stop = std::min(end, (at / PageBytes + 1) * PageBytes);
      uint64_t cell = at % PageBytes >> cellShift;
      unsigned cells = (stop - at) >> cellShift, shift = __builtin_ctz(bytes >> cellShift);
      uint64_t first = mine + (at - offset) / bytes;
      if (recording && kind == AccessKind::Write)
        loops.replace(&here.writers[cell], cells, first, shift);
      else if (recording)
        loops.merge(&here.readers[cell], cells, first, shift, judged);
      else if (loops.anyConflict(&here.writers[cell], cells, first, shift, judged) ||
               (kind == AccessKind::Write && loops.anyConflict(&here.readers[cell], cells, first, shift, judged)))
        return false;
      at = stop;
    }
  }
  return true;
}
