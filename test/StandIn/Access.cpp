//===- Access.cpp - What a warp does to memory ----------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every access is checked before it happens: bounds, alignment, bytes that
// nothing was written to, races. Lanes at one address and lanes side by side
// are checked at once; where that finds something, the lanes are looked at one
// by one for the first that is wrong.
//
//===----------------------------------------------------------------------===//

#include "BlockRun.h"

#include <algorithm>
#include <cstring>

using namespace remat::standin;

static std::string number(uint64_t value) { return std::to_string(value); }

/// The first two lanes say what is worth to be looked for.
static Shape shapeOf(const ShadowLoops &loops, const uint64_t *addresses, uint32_t mask, unsigned bytes) {
  if (mask == ~0u && addresses[1] - addresses[0] == bytes)
    return loops.inSteps(addresses, bytes) ? Shape::Steps : Shape::Mixed;
  return addresses[1] == addresses[0] && loops.allEqual(addresses, mask) ? Shape::Uniform : Shape::Mixed;
}

static AccessKind kindOf(const MemoryOp &op) {
  if (op.action == MemoryOp::Load)
    return op.readOnly ? AccessKind::ReadOnly : AccessKind::Read;
  return op.action == MemoryOp::Store ? AccessKind::Write : AccessKind::Atomic;
}

/// Shared memory is new in each block.
ShadowKeys BlockRun::keysOf(const Region &region) const {
  return {&region == &shared ? keys.block : keys.launch, keys.block, keys.current};
}

std::string BlockRun::accessName(const Place &place, uint64_t address) const {
  const char *verb = place.op.action == MemoryOp::Load    ? "reads "
                     : place.op.action == MemoryOp::Store ? "writes "
                                                          : "updates ";
  char text[32];
  std::snprintf(text, sizeof(text), "0x%llx", static_cast<unsigned long long>(address));
  return verb + number(place.op.bytes()) + " bytes at " + text;
}

void BlockRun::access(Warp &warp, const Instruction &instruction, uint32_t mask) {
  const MemoryOp &op = kernel.memoryOps[instruction.target];
  Place place{warp, op, instruction.line};
  alignas(64) uint64_t addresses[Lanes];
  if (op.slot || op.space == Space::Parameter) {
    // The decoder knew these addresses, and checked them.
    for (unsigned lane = 0; lane < Lanes; ++lane)
      addresses[lane] = op.slot ? lane * op.slotBytes : 0;
    if (!op.slot)
      loadLanes(op, warp.registers, launch.parameters.data() + op.offset, addresses, mask);
    else if (op.action == MemoryOp::Load)
      loadLanes(op, warp.registers, reinterpret_cast<uint8_t *>(warp.registers) + op.offset, addresses, mask);
    else
      storeLanes(op, warp.registers, reinterpret_cast<uint8_t *>(warp.registers) + op.offset, addresses, mask);
    return;
  }
  if (!op.hasAddressRow)
    std::fill(addresses, addresses + Lanes, op.offset);
  else if (op.addressBytes == 8)
    for (unsigned lane = 0; lane < Lanes; ++lane)
      addresses[lane] = reinterpret_cast<const uint64_t *>(warp.registers + op.addressRow)[lane] + op.offset;
  else
    for (unsigned lane = 0; lane < Lanes; ++lane)
      addresses[lane] =
          uint32_t(reinterpret_cast<const uint32_t *>(warp.registers + op.addressRow)[lane] + uint32_t(op.offset));
  // Lanes that take no part have the address of one that does.
  if (mask != ~0u) {
    uint64_t first = addresses[__builtin_ctz(mask)];
    for (unsigned lane = 0; lane < Lanes; ++lane)
      addresses[lane] = (mask >> lane & 1) ? addresses[lane] : first;
  }
  Shape shape = op.hasAddressRow ? shapeOf(loops, addresses, mask, op.bytes()) : Shape::Uniform;
  switch (op.space) {
  case Space::Shared:
    accessRegion(warp, place, shared, addresses, mask, shape);
    break;
  case Space::Local:
    accessLocal(warp, place, addresses, mask);
    break;
  case Space::Generic: {
    // Each lane may mean another space.
    for (uint64_t window : {LocalWindow, SharedWindow, uint64_t(0)}) {
      uint32_t here = 0;
      uint64_t offsets[Lanes];
      for (unsigned lane = 0; lane < Lanes; ++lane)
        if ((mask >> lane & 1) && (addresses[lane] & (uint64_t(0xff) << 56)) == window)
          here |= 1u << lane;
      if (!here)
        continue;
      mask &= ~here;
      for (unsigned lane = 0; lane < Lanes; ++lane)
        offsets[lane] = addresses[(here >> lane & 1) ? lane : __builtin_ctz(here)] - window;
      if (window == LocalWindow)
        accessLocal(warp, place, offsets, here);
      else if (window == SharedWindow)
        accessRegion(warp, place, shared, offsets, here, Shape::Mixed);
      else
        accessGlobal(warp, place, offsets, here, Shape::Mixed);
    }
    if (mask)
      fault(FaultKind::OutOfBounds, place, __builtin_ctz(mask),
            accessName(place, addresses[__builtin_ctz(mask)]) + ", which is no address");
    break;
  }
  default:
    accessGlobal(warp, place, addresses, mask, shape);
    break;
  }
}

void BlockRun::countTraffic(const Place &place, const uint64_t *addresses, uint32_t mask) {
  constexpr uint64_t sectorBytes = 32;
  Traffic &traffic = machine.traffic[kernel.name];
  uint64_t sectors[Lanes];
  unsigned count = 0;
  for (unsigned lane = 0; lane < Lanes; ++lane) {
    if (!(mask >> lane & 1))
      continue;
    traffic.bytes += place.op.bytes();
    // At most 16 bytes, which are aligned: in one sector.
    sectors[count++] = addresses[lane] / sectorBytes;
  }
  std::sort(sectors, sectors + count);
  traffic.sectors += std::unique(sectors, sectors + count) - sectors;
}

/// Lanes may access several allocations.
void BlockRun::accessGlobal(Warp &warp, const Place &place, const uint64_t *addresses, uint32_t mask, Shape shape) {
  if (machine.countsTraffic)
    countTraffic(place, addresses, mask);
  unsigned bytes = place.op.bytes();
  Region *&hint = hints[&place.op - kernel.memoryOps.data()];
  while (mask) {
    unsigned first = __builtin_ctz(mask);
    uint64_t address = addresses[first];
    auto inside = [&](const Region &region, uint64_t address) {
      uint64_t offset = address - region.begin;
      return offset < region.size && bytes <= region.size - offset;
    };
    if (shape != Shape::Mixed && hint && inside(*hint, address) &&
        (shape == Shape::Uniform || inside(*hint, addresses[Lanes - 1]))) {
      accessRegion(warp, place, *hint, addresses, mask, shape);
      return;
    }
    if (!hint || !inside(*hint, address))
      hint = machine.memory.find(address, bytes);
    if (!hint) {
      checkAligned(place, addresses, mask & -mask);
      std::string text = accessName(place, address) + ", outside of every allocation";
      if (Region *near = machine.memory.find(address))
        text += ": one of " + number(near->size) + " bytes ends within";
      else if (Region *near = machine.memory.find(address - 1))
        text += ": one of " + number(near->size) + " bytes ends just before";
      else if (Region *near = machine.memory.find(address + bytes))
        text += ": one of " + number(near->size) + " bytes begins just behind";
      fault(FaultKind::OutOfBounds, place, first, text);
    }
    uint32_t here = 0;
    for (unsigned lane = 0; lane < Lanes; ++lane)
      here |= uint32_t(inside(*hint, addresses[lane])) << lane;
    here &= mask;
    if (here == mask) {
      accessRegion(warp, place, *hint, addresses, mask, shape);
      return;
    }
    uint64_t some[Lanes];
    for (unsigned lane = 0; lane < Lanes; ++lane)
      some[lane] = (here >> lane & 1) ? addresses[lane] : address;
    accessRegion(warp, place, *hint, some, here, Shape::Mixed);
    mask &= ~here;
  }
}

void BlockRun::checkAligned(const Place &place, const uint64_t *addresses, uint32_t mask) {
  uint64_t low = 0;
  for (unsigned lane = 0; lane < Lanes; ++lane)
    low |= (mask >> lane & 1) ? addresses[lane] : 0;
  uint64_t bits = place.op.bytes() - 1;
  if ((low & bits) == 0)
    return;
  for (unsigned lane = 0; lane < Lanes; ++lane)
    if ((mask >> lane & 1) && (addresses[lane] & bits))
      fault(FaultKind::Misaligned, place, lane,
            accessName(place, addresses[lane]) + ", which is no multiple of " + number(place.op.bytes()));
}

/// That the bytes belong to a variable, and have a value where it is read.
void BlockRun::checkStates(const Place &place, const uint8_t *states, uint64_t address, unsigned lane) {
  for (unsigned byte = 0; byte < place.op.bytes(); ++byte) {
    if (states[byte] == Outside)
      fault(FaultKind::OutOfBounds, place, lane,
            accessName(place, address) + ", where byte " + number(byte) + " is outside of every variable");
    if (states[byte] == NeverWritten && place.op.action != MemoryOp::Store)
      fault(FaultKind::NeverWritten, place, lane,
            accessName(place, address) + ", where byte " + number(byte) + " was never written");
  }
}

/// One lane after the other, up to the first that races.
void BlockRun::checkRaces(const Place &place, Region &region, const uint64_t *offsets, uint32_t mask) {
  const MemoryOp &op = place.op;
  AccessKind kind = kindOf(op);
  uint64_t mine = keys.current | place.warp.first;
  for (unsigned lane = 0; lane < Lanes; ++lane) {
    if (!(mask >> lane & 1))
      continue;
    uint64_t other = region.shadow.touch(offsets[lane], op.bytes(), mine + lane, kind, keysOf(region));
    if (other)
      fault(FaultKind::Race, place, lane,
            accessName(place, region.begin + offsets[lane]) + (&region == &shared ? " in shared memory" : "") +
                (kind == AccessKind::ReadOnly ? " as constant data, but " : ", a race: ") + culprit(other) +
                " accessed it without a barrier between");
  }
}

static bool allWritten(const uint8_t *states, unsigned bytes) {
  for (unsigned byte = 0; byte < bytes; ++byte)
    if (states[byte] != Written)
      return false;
  return true;
}

/// Lanes that access the same bytes, or bytes side by side.
void BlockRun::checkRun(const Place &place, Region &region, const uint64_t *offsets, unsigned first, unsigned count,
                        bool same) {
  const MemoryOp &op = place.op;
  unsigned bytes = op.bytes();
  const uint8_t *states = region.states.get() + offsets[first];
  bool written = same || count == 1 ? allWritten(states, bytes) : loops.allBytes(states, count * bytes, Written);
  for (unsigned lane = first; !written && lane < first + count; ++lane)
    checkStates(place, region.states.get() + offsets[lane], region.begin + offsets[lane], lane);
  if (region.constant)
    return;
  uint64_t mine = keys.current | (place.warp.first + first);
  if (!same && count > 1 &&
      region.shadow.touchLanes(offsets[first], bytes, count, mine, kindOf(op), keysOf(region), loops))
    return;
  // Two readers stand for all.
  unsigned looked = same && op.action == MemoryOp::Load ? std::min(count, 2u) : count;
  checkRaces(place, region, offsets, uint32_t((uint64_t(1) << looked) - 1) << first);
}

void BlockRun::accessRegion(Warp &warp, const Place &place, Region &region, const uint64_t *addresses, uint32_t mask,
                            Shape shape) {
  const MemoryOp &op = place.op;
  unsigned bytes = op.bytes(), leader = __builtin_ctz(mask);
  alignas(64) uint64_t offsets[Lanes];
  for (unsigned lane = 0; lane < Lanes; ++lane)
    offsets[lane] = addresses[lane] - region.begin;
  // Side by side lanes do not wrap around: the first is checked, too.
  uint64_t greatest = std::max(offsets[0], offsets[Lanes - 1]);
  if (shape == Shape::Mixed) {
    greatest = *std::max_element(offsets, offsets + Lanes);
    checkAligned(place, addresses, mask);
  } else if (addresses[leader] & (bytes - 1)) {
    checkAligned(place, addresses, mask & -mask);
  }
  if (greatest >= region.size || bytes > region.size - greatest)
    for (unsigned lane = 0; lane < Lanes; ++lane)
      if ((mask >> lane & 1) && (offsets[lane] >= region.size || bytes > region.size - offsets[lane]))
        fault(FaultKind::OutOfBounds, place, lane,
              accessName(place, addresses[lane]) + ", outside of the " + number(region.size) +
                  " bytes of shared memory");
  if (region.constant && op.action != MemoryOp::Load)
    fault(FaultKind::Constant, place, leader, accessName(place, addresses[leader]) + ", which is constant");
  if (op.space == Space::Constant && !region.constant)
    fault(FaultKind::Constant, place, leader, accessName(place, addresses[leader]) + ", which is not constant");

  if (shape == Shape::Steps) {
    checkRun(place, region, offsets, 0, Lanes, false);
  } else {
    for (unsigned first = leader; first < Lanes;) {
      if (!(mask >> first & 1)) {
        ++first;
        continue;
      }
      // As many lanes as go on as the first two do.
      unsigned end = first + 1;
      uint64_t step = end < Lanes && (mask >> end & 1) ? offsets[end] - offsets[first] : 1;
      if (step == 0 || step == bytes)
        while (end < Lanes && (mask >> end & 1) && offsets[end] - offsets[end - 1] == step)
          ++end;
      checkRun(place, region, offsets, first, end - first, step == 0);
      first = end;
    }
  }

  uint8_t *data = region.data.get();
  switch (op.action) {
  case MemoryOp::Load:
    loadLanes(op, warp.registers, data, offsets, mask, shape);
    return;
  case MemoryOp::Store:
    storeLanes(op, warp.registers, data, offsets, mask, shape);
    if (shape == Shape::Steps) {
      std::memset(region.states.get() + offsets[0], Written, Lanes * bytes);
      return;
    }
    for (unsigned lane = 0; lane < Lanes; ++lane)
      if (mask >> lane & 1)
        std::memset(region.states.get() + offsets[lane], Written, bytes);
    return;
  case MemoryOp::Atomic:
    atomicLanes(op, warp.registers, data, offsets, mask, machine.seed & 1, &region != &shared);
    return;
  }
}

/// Each lane has a frame of its own.
void BlockRun::accessLocal(Warp &warp, const Place &place, const uint64_t *offsets, uint32_t mask) {
  const MemoryOp &op = place.op;
  uint64_t frame = kernel.localLayout.size();
  unsigned bytes = op.bytes();
  uint64_t places[Lanes];
  checkAligned(place, offsets, mask);
  for (unsigned lane = 0; lane < Lanes; ++lane) {
    places[lane] = lane * frame + offsets[lane];
    if (!(mask >> lane & 1)) {
      places[lane] = 0;
      continue;
    }
    if (offsets[lane] >= frame || bytes > frame - offsets[lane])
      fault(FaultKind::OutOfBounds, place, lane,
            accessName(place, offsets[lane]) + ", outside of the " + number(frame) + " bytes of local memory");
    checkStates(place, warp.localStates.data() + places[lane], offsets[lane], lane);
  }
  if (op.action == MemoryOp::Load) {
    loadLanes(op, warp.registers, warp.local.data(), places, mask);
    return;
  }
  if (op.action == MemoryOp::Atomic)
    fault(FaultKind::OutOfBounds, place, __builtin_ctz(mask), "updates local memory atomically");
  storeLanes(op, warp.registers, warp.local.data(), places, mask);
  for (unsigned lane = 0; lane < Lanes; ++lane)
    if (mask >> lane & 1)
      std::memset(warp.localStates.data() + places[lane], Written, bytes);
}
