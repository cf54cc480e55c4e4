//===- CoreLayout.cpp - Where states and tapes lie -------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/IR/CoreLayout.h"

#include "remat/Dialect/Remat/IR/BufferBytes.h"

using namespace mlir;
using namespace remat;
using schedule::LoopPart;

/// The sizes of values of \p types; what they are in sum was checked.
static SmallVector<int64_t> getSizes(ArrayAttr types) {
  SmallVector<int64_t> sizes;
  for (Type type : types.getAsValueRange<TypeAttr>())
    sizes.push_back(getAlignedBytes(cast<ShapedType>(type)).value_or(0));
  return sizes;
}

/// Where values of \p sizes begin that lie one behind the other.
static SmallVector<int64_t> getOffsets(ArrayRef<int64_t> sizes) {
  SmallVector<int64_t> offsets;
  int64_t end = 0;
  for (int64_t size : sizes) {
    offsets.push_back(end);
    end += size;
  }
  return offsets;
}

CoreLayout::CoreLayout(ChainOp chain, bool hasBackward) {
  SmallVector<int64_t> carrySizes = getSizes(chain.getCarryTypes()), tapeSizes = getSizes(chain.getTapeTypes());
  stateOffsets = getOffsets(carrySizes);
  tapeOffsets = getOffsets(tapeSizes);
  isCarried.assign(carrySizes.size(), false);
  offsetsInState0.assign(carrySizes.size(), 0);
  int64_t recordedBytes = 0;
  for (auto [component, size] : llvm::enumerate(tapeSizes)) {
    std::optional<unsigned> carry = hasBackward ? chain.getTapeCarry(component) : std::nullopt;
    int64_t &end = carry ? carriedBytes : recordedBytes;
    if (carry) {
      isCarried[*carry] = true;
      offsetsInState0[*carry] = end;
    }
    tape.push_back({carry ? LoopPart::CarriedTape : LoopPart::CoreTape, end});
    end += size;
  }
  int64_t ownBytes = 0;
  for (auto [carry, size] : llvm::enumerate(carrySizes)) {
    if (isCarried[carry])
      continue;
    offsetsInState0[carry] = ownBytes;
    ownBytes += size;
  }
}

PartOffset CoreLayout::getCarry(unsigned carry, unsigned state, bool isBackward) const {
  if (state == 1)
    return {isBackward ? LoopPart::CoreState1 : LoopPart::ForwardState1, stateOffsets[carry]};
  if (isCarried[carry])
    return {LoopPart::CarriedTape, offsetsInState0[carry]};
  return {isBackward ? LoopPart::CoreState0 : LoopPart::ForwardState0, offsetsInState0[carry]};
}
