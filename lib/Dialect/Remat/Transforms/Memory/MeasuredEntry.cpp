//===- MeasuredEntry.cpp - What was measured of an entry --------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MeasuredEntry.h"

#include "remat/Dialect/Remat/Analysis/ProgramMemory.h"
#include "remat/Support/AttributeNames.h"

using namespace mlir;
using namespace remat;

namespace {
class Reader {
public:
  Reader(func::FuncOp entry, const BufferAliases &aliases)
      : entry(entry), aliases(aliases), times(entry.getBody().front()) {}

  FailureOr<MeasuredEntry> read();

private:
  LogicalResult readLoops();
  LogicalResult readBuffers();
  LogicalResult readBuffer(memref::AllocOp alloc, schedule::ProgramBuffer &buffer);
  /// Count \p number is \p value, each time that it is named.
  bool setCount(int64_t number, Value value);
  InFlightDiagnostic differs() { return entry.emitOpError("was measured with other loops or buffers than it has"); }

  func::FuncOp entry;
  const BufferAliases &aliases;
  BlockTimes times;
  MeasuredEntry result;
  /// The problem with what can be seen of it.
  schedule::ProgramProblem seen;
};
} // namespace

bool Reader::setCount(int64_t number, Value value) {
  // The problem was validated: its numbers are those of counts.
  Value &count = result.counts[number];
  if (!count)
    count = value;
  return count == value;
}

LogicalResult Reader::readLoops() {
  entry.walk([&](ForwardSweepOp forward) { result.loops.push_back(forward); });
  if (result.loops.size() != seen.loops.size())
    return differs();
  for (auto [forward, loop] : llvm::zip_equal(result.loops, seen.loops)) {
    auto chain = SymbolTable::lookupNearestSymbolFrom<ChainOp>(forward, forward.getChainAttr());
    if (!chain || !chain.isFinalized())
      return forward.emitOpError("expects a chain whose workspace is assigned");
    result.chains.push_back(chain);
    loop.forward = times.of(forward);
    loop.isDifferentiated = false;
    if (chain.isDifferentiated())
      for (Operation *backward : forward.getHistory().getUsers()) {
        loop.isDifferentiated = true;
        loop.backward = times.of(backward);
      }
    if (failed(describeSizes(chain, loop)))
      return failure();
    if (!setCount(loop.stages.front().count, forward.getCount()))
      return differs();
  }
  return success();
}

LogicalResult Reader::readBuffer(memref::AllocOp alloc, schedule::ProgramBuffer &buffer) {
  std::optional<BufferSize> size = getBufferSize(alloc);
  if (!size || bool(size->count) != (buffer.count >= 0) || (size->count && !setCount(buffer.count, size->count)))
    return differs();
  buffer.bytes = size->bytes;
  for (Value alias : aliases.resolve(alloc.getResult()))
    for (Operation *user : alias.getUsers())
      if (times.of(user) < buffer.first || times.of(user) > buffer.last)
        return user->emitOpError("uses a buffer that was measured as not in use here");
  return success();
}

LogicalResult Reader::readBuffers() {
  SmallVector<memref::AllocOp> allocs;
  entry.walk([&](memref::AllocOp alloc) { allocs.push_back(alloc); });
  SmallVector<memref::AllocOp> numbered(allocs.size());
  for (memref::AllocOp alloc : allocs) {
    auto number = alloc->getAttrOfType<IntegerAttr>(bufferAttrName);
    if (!number || !number.getValue().ult(allocs.size()) || numbered[number.getInt()])
      return alloc.emitOpError("expects '") << bufferAttrName << "' to be a number of its own below " << allocs.size();
    numbered[number.getInt()] = alloc;
  }
  if (numbered.size() < seen.buffers.size())
    return differs();
  ArrayRef<memref::AllocOp> copies = ArrayRef(numbered).drop_front(seen.buffers.size());
  result.allocations.assign(ArrayRef(numbered).take_front(seen.buffers.size()));
  for (auto [alloc, buffer] : llvm::zip_equal(result.allocations, seen.buffers))
    if (failed(readBuffer(alloc, buffer)))
      return failure();
  seen.parameterBytes = 0;
  for (memref::AllocOp copy : copies) {
    result.parameterCopies.emplace_back(copy, seen.parameterBytes);
    std::optional<int64_t> bytes = getAlignedBytes(copy.getType());
    std::optional<int64_t> end = bytes ? addBytes(seen.parameterBytes, *bytes) : std::nullopt;
    if (!end)
      return differs();
    seen.parameterBytes = *end;
  }
  return success();
}

FailureOr<MeasuredEntry> Reader::read() {
  auto measured = entry->getAttrOfType<ProblemAttr>(problemAttrName);
  if (!measured)
    return entry.emitOpError("expects '") << problemAttrName << "', which remat-plan-schedule sets";
  ArrayRef<int64_t> words = measured.getWords().asArrayRef();
  schedule::Verdict verdict = schedule::ProgramProblem::read(words.data(), words.size(), result.problem);
  if (!verdict.ok())
    return entry.emitOpError("has a 'remat.problem' that cannot be read: ") << verdict.message;
  seen = result.problem;
  result.counts.resize(seen.numCounts);
  if (!entry.getBody().hasOneBlock())
    return differs();
  if (failed(readLoops()) || failed(readBuffers()))
    return failure();
  if (!llvm::equal(seen.write(), words) || llvm::is_contained(result.counts, Value()))
    return differs();
  return std::move(result);
}

FailureOr<MeasuredEntry> MeasuredEntry::read(func::FuncOp entry, const BufferAliases &aliases) {
  return Reader(entry, aliases).read();
}
