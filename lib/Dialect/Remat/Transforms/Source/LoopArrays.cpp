//===- LoopArrays.cpp - Which arrays a loop walks along ----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoopArrays.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace remat;

RankedTensorType Walk::getElementType() const {
  auto type = cast<RankedTensorType>(array.getType());
  return RankedTensorType::get(type.getShape().drop_front(), type.getElementType());
}

namespace {
/// One element of an array that \p op reads or writes.
struct Access {
  Operation *op;
  Value array;
  /// What is written; null for reads.
  Value written;
  StepIndex index;
};
} // namespace

/// Whether elements of \p type can be those of a recurrence.
static bool isArrayOverTime(Type type) {
  auto array = dyn_cast<RankedTensorType>(type);
  return array && array.getRank() > 0 && array.getElementType().isIntOrFloat() &&
         llvm::all_of(array.getShape().drop_front(),
                      [](int64_t extent) { return !ShapedType::isDynamic(extent) && extent > 0; });
}

/// Whether a slice of an array of \p type is one whole element of it, as a tensor of type \p part.
static bool isWholeElement(OffsetSizeAndStrideOpInterface slice, RankedTensorType type, RankedTensorType part) {
  if (getConstantIntValue(slice.getMixedSizes()[0]) != 1 || !llvm::all_of(slice.getMixedStrides(), isOneInteger))
    return false;
  for (int64_t axis = 1; axis < type.getRank(); ++axis)
    if (getConstantIntValue(slice.getMixedOffsets()[axis]) != 0 ||
        getConstantIntValue(slice.getMixedSizes()[axis]) != type.getDimSize(axis))
      return false;
  ArrayRef<int64_t> element = type.getShape().drop_front();
  SmallVector<int64_t> whole = {1};
  llvm::append_range(whole, element);
  return part.getShape() == element || part.getShape() == ArrayRef(whole);
}

/// The element that \p op reads or writes, if its place grows with the steps.
static std::optional<Access> getAccess(Operation *op, const StepIndices &indices) {
  Access access{op, {}, {}, {}};
  std::optional<StepIndex> index;
  auto getIndex = [&](OpFoldResult place) {
    auto value = dyn_cast<Value>(place);
    return value ? indices.get(value) : std::nullopt;
  };
  if (auto extract = dyn_cast<tensor::ExtractSliceOp>(op)) {
    access.array = extract.getSource();
    if (isArrayOverTime(extract.getSourceType()) && isWholeElement(extract, extract.getSourceType(), extract.getType()))
      index = getIndex(extract.getMixedOffsets()[0]);
  } else if (auto insert = dyn_cast<tensor::InsertSliceOp>(op)) {
    access.array = insert.getDest();
    access.written = insert.getSource();
    if (isArrayOverTime(insert.getDestType()) && isWholeElement(insert, insert.getDestType(), insert.getSourceType()))
      index = getIndex(insert.getMixedOffsets()[0]);
  } else if (auto extract = dyn_cast<tensor::ExtractOp>(op)) {
    access.array = extract.getTensor();
    if (isArrayOverTime(access.array.getType()) && extract.getIndices().size() == 1)
      index = getIndex(extract.getIndices()[0]);
  } else if (auto insert = dyn_cast<tensor::InsertOp>(op)) {
    access.array = insert.getDest();
    access.written = insert.getScalar();
    if (isArrayOverTime(access.array.getType()) && insert.getIndices().size() == 1)
      index = getIndex(insert.getIndices()[0]);
  }
  if (!index || index->isInvariant())
    return std::nullopt;
  access.index = *index;
  return access;
}

/// Whether all elements that \p index names are in \p array; also if that is found out when the program runs: what
/// a loop of unknown length reads is checked as one slice in front of it.
static bool mayBeInside(const StepIndex &index, Value array, std::optional<int64_t> count) {
  int64_t extent = cast<RankedTensorType>(array.getType()).getDimSize(0);
  int64_t last = index.constant + index.factor * (count.value_or(1) - 1);
  if (index.base)
    return true;
  if (std::min(index.constant, last) < 0)
    return false;
  return ShapedType::isDynamic(extent) || std::max(index.constant, last) < extent;
}

/// The stacked array at \p position, if all uses of it are of that kind.
static std::optional<StackedArray> findStacked(CountingLoop &loop, size_t position, ArrayRef<Access> accesses) {
  Operation *write = loop.next[position].getDefiningOp();
  auto find = [&](Operation *op) -> const Access * {
    const Access *found = llvm::find_if(accesses, [&](const Access &access) { return access.op == op; });
    return found == accesses.end() ? nullptr : found;
  };
  const Access *access = write ? find(write) : nullptr;
  Value array = loop.carried[position];
  if (!access || !access->written || access->array != array || !write->hasOneUse() ||
      !mayBeInside(access->index, loop.inits[position], loop.count))
    return std::nullopt;
  StackedArray stacked{position, write, access->written, {loop.inits[position], access->index}, {}};
  StepIndex before = access->index;
  before.constant -= before.factor;
  for (Operation *user : array.getUsers()) {
    if (user == write || isa<tensor::DimOp>(user))
      continue;
    const Access *read = find(user);
    if (!read || read->written)
      return std::nullopt;
    // An element that is not written yet is one of the array in front of the loop.
    if (read->index == access->index)
      continue;
    // In the first turn it is read in front of the loop, where it has to be there even if there is no turn.
    int64_t extent = cast<RankedTensorType>(array.getType()).getDimSize(0);
    if (!(read->index == before) || before.base || before.constant < 0 || ShapedType::isDynamic(extent) ||
        before.constant >= extent)
      return std::nullopt;
    stacked.previous.push_back(user);
  }
  return stacked;
}

LoopArrays::LoopArrays(CountingLoop &loop) {
  SmallVector<Access> accesses;
  for (Operation &op : loop.turn->without_terminator())
    if (std::optional<Access> access = getAccess(&op, loop.indices))
      accesses.push_back(*access);
  for (size_t position = 0; position < loop.carried.size(); ++position)
    if (std::optional<StackedArray> found = findStacked(loop, position, accesses))
      stacked.push_back(std::move(*found));

  // What is written decides, because it could not be read at the number of the step instead.
  auto isBackwards = [](const auto &walk) { return walk.index.factor < 0; };
  auto writes = llvm::map_to_vector(stacked, [](const StackedArray &array) { return array.walk; });
  isReversed =
      writes.empty() ? !accesses.empty() && llvm::all_of(accesses, isBackwards) : llvm::all_of(writes, isBackwards);
  llvm::erase_if(stacked, [&](const StackedArray &array) { return isBackwards(array.walk) != isReversed; });

  for (const Access &access : accesses) {
    Value array = access.array;
    if (access.written || isBackwards(access) != isReversed)
      continue;
    for (auto [position, carried] : llvm::enumerate(loop.carried)) {
      if (carried != access.array)
        continue;
      const StackedArray *written = getStacked(position);
      bool isUnwritten = written && written->walk.index == access.index;
      if (loop.isInvariant(position) || isUnwritten)
        array = loop.inits[position];
    }
    if (loop.op->isAncestor(array.getParentRegion()->getParentOp()) || !mayBeInside(access.index, array, loop.count))
      continue;
    Walk walk{array, access.index};
    const Walk *known = llvm::find(scans, walk);
    reads[access.op] = known - scans.begin();
    if (known == scans.end())
      scans.push_back(walk);
  }
}

const StackedArray *LoopArrays::getStacked(size_t position) const {
  const StackedArray *found =
      llvm::find_if(stacked, [&](const StackedArray &array) { return array.position == position; });
  return found == stacked.end() ? nullptr : found;
}
